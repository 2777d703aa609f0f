"""What has to hold for any bytes: articles that keep their promises, or one documented error."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import cleaner
from cleaner.explain import explain
from cleaner.readers import kinds

CORPUS = Path(__file__).resolve().parent / "corpus"
TARGETS = tuple(sorted(folder.name for folder in CORPUS.iterdir()))
# One cleaner for all inputs, as a batch has it.
CLEANER = cleaner.Cleaner()
# What a terminal would obey, or be fooled by.
_OBEYED = frozenset(map(chr, (*range(32), *range(127, 160), *range(0x202A, 0x202F))))


def kind_of(target: str) -> str:
    """The kind that a target's bytes are read as: a reader's, or what they turn out to be."""
    return target if target in kinds() else "auto"


def check(target: str, data: bytes) -> None:
    """Raises where a promise is broken: any other error, or an article that is not whole."""
    try:
        for article in _articles(target, data):
            _check_article(article)
    except cleaner.CleanerError as error:
        said = str(error)
    else:
        return
    assert len(said.splitlines()) == 1, "an error says what is wrong, in one line"


def _articles(target: str, data: bytes) -> Iterator[cleaner.Article]:
    kind = kind_of(target)
    if kind != "auto":
        yield CLEANER.clean(data, kind)
    else:
        yield from CLEANER.clean_archive(cast(BinaryIO, io.BytesIO(data)))


def _check_article(article: cleaner.Article) -> None:
    blocks = article.clip.blocks
    assert [decision.block for decision in article.decisions] == list(blocks)
    assert all(d.evidence for d in article.decisions if d.action is not cleaner.Action.KEEP)
    json.loads(article.to_json().encode())
    article.to_markdown(images=True).encode()
    for line in explain(article):
        assert not _OBEYED & set(line)
