"""WARC, WET and other files of many saved pages: the one place where a batch meets their readers.

What it needs of `cleaner.readers.forms` is `unfold(stream, budget, suffix)`, which yields pages
lazily, with memory that stays flat, and a `Lost` for each that cannot be read; and the `Budget`
of one file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import InputError

SUFFIXES = (".warc", ".wet", ".enex")
_FORMS = "cleaner.readers.forms"


@dataclass(frozen=True)
class Record:
    """A page in an archive, not yet cleaned; or, with `problem`, a line on one that is lost."""

    source: str | bytes
    url: str | None = None
    kind: str = "auto"
    problem: str | None = None


def reader() -> ModuleType | None:
    """What reads archives; None where this release reads none."""
    forms = import_module(_FORMS) if find_spec(_FORMS) else None
    return forms if forms is not None and hasattr(forms, "unfold") else None


def records(path: Path) -> Iterator[Record]:
    """The pages of the archive. Raises `InputError` where this release reads none, and what
    the reader raises: a `CleanerError`."""
    forms = reader()
    if forms is None:
        raise InputError("this release reads no archives")
    budget = import_module(f"{_FORMS}.budget").Budget()
    with path.open("rb") as stream:
        for each in forms.unfold(stream, budget, path.suffix.lower()):
            yield _record(each)


def _record(each: Any) -> Record:
    problem = getattr(each, "problem", None)
    if problem is not None:
        return Record("", problem=problem)
    page = each.document
    source = page.source
    if isinstance(source, bytes) and page.charset:
        # Where there is no encoding of that name, the page's own bytes tell.
        with contextlib.suppress(LookupError):
            source = source.decode(page.charset, "replace")
    return Record(source, page.url, page.kind)
