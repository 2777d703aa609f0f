"""Labelled clips to examples that a network learns from: labels of blocks, weights, features."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..classifier import HTML
from ..classifier.lines import Floats, Ints
from ..classifier.model import Raw, read_raw
from ..clip import Block, Clip
from ..decision import READER
from ..engine import Cleaner
from ..labels import Action, Label
from ..render import blank_before
from .align import TEXT, coverage, words
from .data import Row
from .learning import UNKNOWN

# What a block may be, in the order of the network's outputs; whatever text is kept is a
# paragraph here. The reader knows images and front matter by itself.
LABELS: tuple[Label, ...] = (
    Label.PARAGRAPH,
    Label.TITLE,
    *(
        label
        for label in Label
        if label.action is not Action.KEEP
        and label not in (Label.IMAGE, Label.FRONT_MATTER, Label.HEADLINE)
    ),
)
_NUMBERS: dict[Label, int] = {label: number for number, label in enumerate(LABELS)}
_GOLD_LABELS = {"title": Label.TITLE, "caption": Label.CAPTION, "credit": Label.CREDIT}
# A block is a gold caption, credit or title where so many of their words agree (F1).
_SAME = 0.8
# A line counts by the root of its words, up to this number: many short lines of chrome are as
# much of an eyesore as one long one.
_MOST_WORDS = 100
# Noise between the first and the last line of a text is what a reader sees first, and counts so
# much more. On pages, where elements tell most of it, that was measured to gain nothing.
_INSIDE_TEXT, _INSIDE_PAGE = 2.0, 1.0


class Labelled(NamedTuple):
    """A clip's blocks as features and gold: see `learning.Example` for the columns."""

    row: Row
    raw: Raw
    text: Floats
    weight: Floats
    words: Floats
    gold: float
    labels: Ints


def labelled(row: Row, clip: Clip, teacher: Cleaner) -> Labelled | None:
    """The blocks of `clip`, which was read from `row`, with their labels; None for a clip that
    has no blocks or no gold text, and for one that the classifier would not be asked about.
    `teacher`, rules alone, names what is no text."""
    blocks = clip.blocks
    blank = blank_before(blocks)
    if not blocks or not words(row.gold) or blank is None:
        return None
    share, known = _lines_share(row, blocks) if row.labels else _aligned(row, blocks)
    size = np.array([len(words(block.text)) for block in blocks], np.float32)
    known &= (size > 0) & np.array([block.kind not in READER for block in blocks])
    text = np.where(known, share, 0).astype(np.float32)
    size *= known
    gold = float((text * size).sum()) if row.labels else float(len(words(row.gold)))
    factor = _INSIDE_PAGE if clip.kind == HTML else _INSIDE_TEXT
    return Labelled(
        row=row,
        raw=read_raw(clip, blocks, np.array(blank)),
        text=text,
        weight=weights(text, size, factor),
        words=size,
        gold=gold,
        labels=_labels(row, clip, text, teacher),
    )


def weights(text: Floats, size: Floats, inside_factor: float) -> Floats:
    """What an error on each block costs; zero where `size`, its words, is. Noise inside of the
    text counts `inside_factor` times as much."""
    weight = np.sqrt(np.minimum(size, _MOST_WORDS))
    body = np.flatnonzero(text >= TEXT)
    if len(body):
        inside = np.zeros(len(text), bool)
        inside[body[0] : body[-1]] = True
        weight *= np.where(inside & (text < TEXT), inside_factor, 1)
    return (weight / max(float(weight.sum()), 1e-6)).astype(np.float32)


def _aligned(row: Row, blocks: Sequence[Block]) -> tuple[Floats, NDArray[np.bool_]]:
    share = np.array(coverage([block.text for block in blocks], row.gold), np.float32)
    return np.maximum(share, 0), share >= 0


def _lines_share(row: Row, blocks: Sequence[Block]) -> tuple[Floats, NDArray[np.bool_]]:
    """The share of each block's characters in body lines, and whether it is known: titles are
    left out of the measures, and nobody knows about ambiguous lines."""
    share = np.zeros(len(blocks), np.float32)
    known = np.ones(len(blocks), bool)
    for at, block in enumerate(blocks):
        counts = line_labels(row, block)
        total = sum(counts.values())
        share[at] = counts["body"] / total if total else 0
        most = counts.most_common(1)
        known[at] = bool(most) and most[0][0] not in ("title", "ambiguous")
    return share, known


def line_labels(row: Row, block: Block) -> Counter[str]:
    """How many characters of a block lie in lines of each label."""
    counts: Counter[str] = Counter()
    if block.span is None:
        return counts
    start, end = block.span
    at = max(0, bisect_right(row.starts, start) - 1)
    while at < len(row.starts) and row.starts[at] < end:
        line_end = row.starts[at] + len(row.lines[at])
        shared = min(end, line_end) - max(start, row.starts[at])
        if shared > 0:
            counts[row.labels[at]] += shared
        at += 1
    return counts


def _labels(row: Row, clip: Clip, text: Floats, teacher: Cleaner) -> Ints:
    found = np.full(len(clip.blocks), UNKNOWN)
    decisions = teacher.judge(clip).decisions
    gold = _gold_labels(row, clip.blocks)
    for at, decision in enumerate(decisions):
        given = gold[at]
        if given is not None:
            found[at] = _NUMBERS[given]
        elif text[at] >= TEXT:
            found[at] = _NUMBERS[Label.PARAGRAPH]
        else:
            # Of what stays by the rules nobody has said what it is.
            left = decision.action is not Action.KEEP
            found[at] = _NUMBERS.get(decision.label, UNKNOWN) if left else UNKNOWN
    return found


def _gold_labels(row: Row, blocks: Sequence[Block]) -> list[Label | None]:
    """The labels that the gold itself gives."""
    if row.labels:
        most = [line_labels(row, block).most_common(1) for block in blocks]
        return [_GOLD_LABELS.get(each[0][0]) if each else None for each in most]
    known = [(Label.CAPTION, _bags(row.captions)), (Label.CREDIT, _bags(row.credits))]
    known.append((Label.TITLE, _bags([row.title])))
    return [_gold_label(Counter(words(block.text)), known) for block in blocks]


def _bags(texts: Sequence[str]) -> list[Counter[str]]:
    return [bag for bag in (Counter(words(text)) for text in texts) if bag]


def _gold_label(
    block: Counter[str], known: Sequence[tuple[Label, list[Counter[str]]]]
) -> Label | None:
    for label, bags in known:
        for bag in bags:
            same = 2 * (block & bag).total()
            if same >= _SAME * (block.total() + bag.total()) and same:
                return label
    return None
