"""What a form gives: a page as it was saved, not yet read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """A page out of a saved form.

    `source` is bytes in the encoding `charset`, where the form names one, or text. `kind` is
    the reader's, "auto" where only the page itself can tell. `facts` are what the form says of
    the page, as a clip's facts are. `date`, `status` and `notes` are those of `Origin`.
    `form` replaces the form's own name, where one module reads several.
    """

    source: str | bytes
    kind: str = "auto"
    charset: str | None = None
    url: str | None = None
    date: str | None = None
    status: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    form: str | None = None


@dataclass(frozen=True)
class Lost:
    """What a form could not read: a line that names it."""

    problem: str
