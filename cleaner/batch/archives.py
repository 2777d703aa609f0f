"""WARC, WET and other archives of many pages: the one place where a batch meets their readers.

What it needs of `cleaner.readers.forms` is one function, `records(path)`, which yields, lazily
and with memory that stays flat, objects that have `id`, `source` and `url`, and raises a
`CleanerError` where the archive breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from ..errors import InputError

SUFFIXES = (".warc", ".wet")
_FORMS = "cleaner.readers.forms"


class Record(Protocol):
    """A page in an archive, not yet cleaned."""

    @property
    def id(self) -> str | None:
        """What the archive calls it; None: its number is its name."""

    @property
    def source(self) -> str | bytes:
        """The page."""

    @property
    def url(self) -> str | None:
        """Where it came from."""


class _Reader(Protocol):
    def __call__(self, path: Path) -> Iterator[Record]: ...


def reader() -> _Reader | None:
    """What reads archives; None where this release reads none."""
    found = find_spec(_FORMS) and getattr(import_module(_FORMS), "records", None)
    return cast(_Reader, found) if found else None


def records(path: Path) -> Iterator[Record]:
    """The pages of the archive. Raises `InputError` where this release reads none."""
    read = reader()
    if read is None:
        raise InputError(f"{path}: this release reads no archives")
    return read(path)
