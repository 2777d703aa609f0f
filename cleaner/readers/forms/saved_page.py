"""Pages that browsers saved "complete": Chrome, Edge and Internet Explorer say where from."""

from __future__ import annotations

import re

from .restored import Restored

FORM = "saved page"
# The number counts the characters of the address.
_COMMENT = re.compile(r"<!--\s*saved from url=\((\d{4})\)\s*(\S{1,4096}?)\s*-->", re.I)
_SEARCHED = 4096


def restored(source: str) -> Restored | None:
    """The page with its address, where a browser's comment at its head gives it."""
    found = _COMMENT.search(source, 0, _SEARCHED)
    if found is None:
        return None
    return Restored(source, found[2] if "://" in found[2] else None)
