"""What the classifier knows of each block: numbers (n, F) and bags of hashed tokens.

All of it is worked out for a whole clip at once. Text clips have the line features alone; an
HTML clip has those of the elements around each block (`dom`) as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clip import Block, Kind
from ..shape import LINK_PROSE, PROSE_WORDS
from .lines import Class, Floats, Hashes, Ints, Lines

# The words by which a line is known: so many at its head, and its last ones.
_HEAD_WORDS, _END_WORDS = 10, 4
# What makes one word another token where it stands first or last in its line, or beside
# another word: odd numbers, so that a product with them is a hash as good as the word's own.
FIRST_WORD, _LAST, _PAIR = (
    np.uint64(0xA24BAED4963EE407),
    np.uint64(0x9FB21C651E98DF25),
    np.uint64(0xD6E8FEB86659FD93),
)
# Shorter words do not say what a text is about.
_LONG_WORD = 4
# Words are counted in so many buckets to see what a clip speaks of.
_TOPIC_BUCKETS = 4096

KINDS = tuple(Kind)
LINE_NAMES = (
    "characters", "word count", "word length",
    "lower case", "upper case", "digits", "spaces", "stops", "commas", "colons", "quotes",
    "brackets", "dashes", "marks", "symbols", "unspaced script",
    "capitals", "begins upper", "begins lower", "begins digit", "begins quote", "begins mark",
    "ends stop", "ends stop and quote", "ends colon", "ends letter", "ends digit",
    "ends duration", "ends bracket", "several sentences", "prose",
    "copies in clip", "blank line before", "blank line after",
    "topic", "topic of words", "place", "lines before", "lines after",
    "lines of clip", "prose of clip", "prose before", "prose after",
    "prose lines of clip", "link share", "links", "images", "level",
    *(f"kind {kind.value}" for kind in KINDS),
)  # fmt: skip

# The features by what they speak of, as an explanation names it: prefixes of their names.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "length": ("characters", "word "),
    "characters": (
        "lower case", "upper case", "digits", "spaces", "stops", "commas", "colons", "quotes",
        "brackets", "dashes", "marks", "symbols", "unspaced", "capitals",
    ),
    "how it begins and ends": ("begins", "ends", "several"),
    "running text": ("prose",),
    "copies": ("copies",),
    "blank lines": ("blank",),
    "topic": ("topic",),
    "place": ("place", "lines"),
    "links": ("link", "images"),
    "form": ("kind", "level"),
    "elements": ("inside", "depth"),
    "containers": ("container ", "in story", "containers to story"),
    "same form": ("same form",),
    "headline": (
        "words of title", "headline", "containers to headline", "after headline", "blocks from",
        "first headings",
    ),
})  # fmt: skip


class Bag(NamedTuple):
    """Hashed tokens and the row that each belongs to."""

    hashes: Hashes
    rows: Ints


def line_features(blocks: Sequence[Block], lines: Lines, blank: NDArray[np.bool_]) -> Floats:
    """The numbers (n, len(LINE_NAMES)) of `blocks` (at least one), whose texts are `lines`;
    `blank` (n,) says whether a blank line stands before each."""
    n = len(blocks)
    counts, words = lines.counts, lines.words
    seen = np.maximum(lines.seen, 1).astype(np.float32)
    scale = lines.lengths / seen
    per_line = np.bincount(words.line, minlength=n).astype(np.float32)
    total = per_line * scale
    letters = np.bincount(words.line, weights=words.length, minlength=n)
    capitals = np.bincount(words.line, weights=words.capital, minlength=n)
    shares = counts[:, _SHARES] / seen[:, None]
    first, last, before_last = lines.first, lines.last[:, 0], lines.last[:, 1]
    stop = last == Class.STOP
    closed = ((last == Class.QUOTE) | (last == Class.BRACKET)) & (before_last == Class.STOP)
    # Simpler than `shape.Shape.prose`: a stop anywhere is enough.
    prose = (total >= PROSE_WORDS) & (counts[:, Class.STOP] > 0)
    links, linked, images, level, kind = _marks(blocks)
    link_share = np.minimum(linked / np.maximum(lines.lengths, 1), 1)
    prose &= link_share < LINK_PROSE
    topic, topic_words = _topic(lines, prose, per_line)
    columns = [
        np.log1p(lines.lengths), np.log1p(total), letters / np.maximum(per_line, 1),
        *shares.T,
        capitals / np.maximum(per_line, 1),
        first == Class.UPPER, first == Class.LOWER, first == Class.DIGIT,
        first == Class.QUOTE, first == Class.MARK,
        stop, closed, last == Class.COLON, (last >= Class.LOWER) & (last <= Class.SIGN),
        last == Class.DIGIT,
        (last == Class.DIGIT) & (before_last == Class.DIGIT) & (lines.last[:, 2] == Class.COLON),
        last == Class.BRACKET, np.log1p(counts[:, Class.STOP]), prose,
        _copies(lines.hashes), blank, np.append(blank[1:], True),
        topic, topic_words,
        *_places(n, prose, total),
        link_share, np.log1p(links), np.log1p(images), level / 6,
    ]  # fmt: skip
    numbers = np.empty((n, len(LINE_NAMES)), np.float32)
    for at, column in enumerate(columns):
        numbers[:, at] = column
    numbers[:, len(columns) :] = kind[:, None] == np.arange(len(KINDS))
    return numbers


_SHARES = (
    Class.LOWER, Class.UPPER, Class.DIGIT, Class.SPACE, Class.STOP, Class.COMMA, Class.COLON,
    Class.QUOTE, Class.BRACKET, Class.DASH, Class.MARK, Class.SYMBOL, Class.SIGN,
)  # fmt: skip


def _marks(blocks: Sequence[Block]) -> tuple[Ints, ...]:
    """What the form of the blocks says: links, characters in links, images, level, kind."""
    order = {kind: at for at, kind in enumerate(KINDS)}
    table = np.array(
        [(len(b.links), b.link_chars, len(b.images), b.level, order[b.kind]) for b in blocks]
    )
    return tuple(table.T)


def _copies(hashes: Hashes) -> Floats:
    """How many other lines of the clip say the same, as a logarithm."""
    _, inverse, number = np.unique(hashes, return_inverse=True, return_counts=True)
    return np.log(number[inverse]).astype(np.float32)


def _topic(lines: Lines, prose: NDArray[np.bool_], per_line: Floats) -> tuple[Floats, Floats]:
    """How far each line speaks of what the running text speaks of: the share of its longer
    words that stand in other lines of prose, and the number of such words as a logarithm."""
    words = lines.words
    n = len(per_line)
    long = np.flatnonzero(words.length >= _LONG_WORD)
    bucket = (words.hashes[long] >> np.uint64(20)).astype(np.int64) % _TOPIC_BUCKETS
    line = words.line[long]
    in_prose = prose[line]
    # a word counts once for a line
    pairs = np.sort(line[in_prose] * _TOPIC_BUCKETS + bucket[in_prose])
    # (`np.unique` hashes, and takes longer the more pairs there are of it)
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    spread = np.bincount(pairs % _TOPIC_BUCKETS, minlength=_TOPIC_BUCKETS)
    shared = (spread[bucket] - in_prose) > 0
    hits = np.bincount(line, weights=shared, minlength=n)
    known = np.bincount(line, minlength=n)
    return (hits / np.maximum(known, 1)).astype(np.float32), np.log1p(known).astype(np.float32)


def _places(n: int, prose: NDArray[np.bool_], total: NDArray[np.float64]) -> list[NDArray[Any]]:
    """Where each line stands among all lines and among the running text."""
    number = np.arange(n)
    weight = np.where(prose, total, 0)
    whole = max(float(weight.sum()), 1.0)
    before = np.cumsum(weight) - weight
    ones = np.ones(n)
    return [
        number / n,
        np.log1p(number),
        np.log1p(n - 1 - number),
        ones * np.log1p(n),
        ones * whole / max(float(total.sum()), 1.0),
        before / whole,
        1 - (before + weight) / whole,
        ones * np.log1p(int(prose.sum())),
    ]


def word_tokens(lines: Lines) -> Bag:
    """The words by which the lines are known, alone, in pairs, and as first and last word."""
    words = lines.words
    near = (words.place < _HEAD_WORDS) | (words.left < _END_WORDS)
    pair = near[:-1] & (words.left[:-1] > 0) if len(near) else near
    first, last = words.place == 0, words.left == 0
    hashes = np.concatenate(
        [
            words.hashes[near],
            words.hashes[:-1][pair] * _PAIR + words.hashes[1:][pair],
            words.hashes[first] * FIRST_WORD,
            words.hashes[last] * _LAST,
        ]
    )
    rows = np.concatenate(
        [words.line[near], words.line[:-1][pair], words.line[first], words.line[last]]
    )
    return Bag(hashes, rows)
