"""WARC, WET and other files of many saved pages: where a batch meets their readers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..limits import Limits
from ..readers.forms import Found, unfold
from ..readers.forms.budget import Budget
from ..readers.forms.document import Lost

SUFFIXES = (".warc", ".wet", ".enex")
# What scraping services answer; most JSON is something else, so that no folder is searched for it.
NAMED_SUFFIXES = (".json",)


def pages(path: Path, limits: Limits) -> Iterator[tuple[Found | Lost, int]]:
    """The pages of the archive and a line on each that is lost, lazily, each with how many bytes
    of the file are read. Raises `OSError` and what the reader raises: a `CleanerError`."""
    with path.open("rb") as stream:
        for each in unfold(stream, Budget(limits), path.suffix.lower()):
            yield each, stream.tell()
