"""A corpus as large as one likes: the pages of ../shared/data, repeated with changed words.

In each repetition about a tenth of the words of a page's text are others of the same page, so that
no two documents are the same and none is stranger than those that it was made of.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from cleaner.training.data import read_rows

from .files import PAGES

# Files of the corpus: engines give each of their tasks files of its own.
SHARDS = 4
_SHARE = 0.1
_OUTSIDE = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>|<[^>]*>)", re.S | re.I)
_WORD = re.compile(r"[^\W\d_]{4,}")


def changed(page: str, seed: int) -> str:
    """The page with a tenth of the words outside of its tags exchanged."""
    draw = random.Random(seed)
    parts = _OUTSIDE.split(page)
    words = [word for text in parts[::2] for word in _WORD.findall(text)] or ["word"]

    def other(found: re.Match[str]) -> str:
        return draw.choice(words) if draw.random() < _SHARE else found[0]

    parts[::2] = [_WORD.sub(other, text) for text in parts[::2]]
    return "".join(parts)


def rows(count: int) -> Iterator[dict[str, str]]:
    """`count` documents with id, url and html."""
    pages = [(row.source, row.url or "") for row in read_rows(PAGES)]
    # Any first part of the corpus has pages of all sets.
    random.Random(0).shuffle(pages)
    for number in range(count):
        page, url = pages[number % len(pages)]
        if number >= len(pages):
            page = changed(page, number)
        yield {"id": f"{number:06d}", "url": url, "html": page}


def corpus(folder: Path, count: int) -> list[Path]:
    """The files of the corpus, written where they are not there yet: JSON lines, packed."""
    place = folder / f"pages-{count}"
    paths = [place / f"{shard}.jsonl.gz" for shard in range(SHARDS)]
    if not (place / "bytes").exists():
        place.mkdir(parents=True, exist_ok=True)
        each, source, size = -(-count // SHARDS), rows(count), 0
        for path in paths:
            with gzip.open(path, "wb", 1) as file:
                for _, row in zip(range(each), source, strict=False):
                    size += file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        (place / "bytes").write_text(str(size))
    return paths


def unpacked_bytes(paths: list[Path]) -> int:
    """How large the corpus is, unpacked."""
    return int((paths[0].parent / "bytes").read_text())


def documents(paths: list[Path]) -> Iterator[dict[str, str]]:
    """The documents of the corpus."""
    for path in paths:
        with gzip.open(path, "rb") as file:
            yield from map(json.loads, file)
