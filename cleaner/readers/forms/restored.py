"""A page as it stood on its site, out of what a tool made of it."""

from __future__ import annotations

from typing import NamedTuple


class Restored(NamedTuple):
    """The page's source, and its address and the date of the copy (ISO 8601) as the tool wrote
    them."""

    source: str
    url: str | None = None
    date: str | None = None
