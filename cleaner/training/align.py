"""Which blocks of a page are its main text, by a gold text: labels without labelling.

The words of the blocks are matched with those of the gold text in runs, and of all runs the
chain is taken that covers most words while it goes forward in both (a weighted longest
increasing subsequence, with a Fenwick tree of prefix maxima). What is left over but stands in
the gold text is a copy of body text out of its place: nobody can say whether it should stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

_WORD = re.compile(r"\w+")
# Words in a row that must agree for a run; a shorter block must be a gold line of its own.
_SEED = 3
# A phrase that stands more often in the gold text than this says nothing about the place.
_MOST_PLACES = 24
# A line that equals a gold line is likelier meant than the same words inside of another.
_WHOLE_LINE_BONUS = 0.5
# Words that a copy of body text must have to be called one.
_COPY_WORDS = 5
# A block that the chain passed by counts only where one run holds so much of it.
_MOST_OF_BLOCK = 0.8
AMBIGUOUS = -1.0
# A block is text where the gold covers so much of it.
TEXT = 0.5


class _Run(NamedTuple):
    """Words of block `block` from `offset` on that equal the gold words from `place` on."""

    block: int
    offset: int
    place: int
    length: int
    worth: float


def words(text: str) -> list[str]:
    """The lower-cased words of a text, as the measures count them."""
    return _WORD.findall(text.lower())


def coverage(texts: Sequence[str], gold: str) -> list[float]:
    """For each block's text the share of its words, 0 to 1, that the gold text covers, in
    order; `AMBIGUOUS` for a copy of gold text out of its place, 0 for a text without words."""
    blocks = [words(text) for text in texts]
    target = _Target(gold)
    runs = [run for index, block in enumerate(blocks) for run in target.runs(index, block)]
    covered = [0] * len(blocks)
    taken = [False] * (len(target.words) + 1)
    for run in _best_chain(runs, len(target.words)):
        covered[run.block] += run.length
        taken[run.place : run.place + run.length] = [True] * run.length
    shares = []
    longest = _longest_runs(runs)
    for index, block in enumerate(blocks):
        share = covered[index] / len(block) if block else 0.0
        stray = longest.get(index)
        if not covered[index] and stray is not None and stray.length >= _COPY_WORDS:
            share = _stray_share(stray, len(block), taken)
        shares.append(min(1.0, share))
    return shares


def _longest_runs(runs: Sequence[_Run]) -> dict[int, _Run]:
    longest: dict[int, _Run] = {}
    for run in runs:
        if run.block not in longest or run.length > longest[run.block].length:
            longest[run.block] = run
    return longest


def _stray_share(run: _Run, size: int, taken: Sequence[bool]) -> float:
    """What a block is worth that the chain passed by: a page may give its parts in another
    order than the gold text does."""
    if run.length < _MOST_OF_BLOCK * size:
        return 0.0
    elsewhere = sum(taken[run.place : run.place + run.length])
    return AMBIGUOUS if elsewhere > run.length / 2 else run.length / size


class _Target:
    """The gold text, indexed by word sequences and by whole lines."""

    def __init__(self, gold: str) -> None:
        self.words: list[str] = []
        self._lines: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for line in gold.split("\n"):
            found = words(line)
            if found:
                self._lines[tuple(found)].append(len(self.words))
                self.words += found
        self._seeds: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place in range(len(self.words) - _SEED + 1):
            self._seeds[tuple(self.words[place : place + _SEED])].append(place)

    def runs(self, index: int, block: Sequence[str]) -> list[_Run]:
        """The runs of words that block `index` shares with the gold text."""
        size = len(block)
        whole = self._lines.get(tuple(block), ())[:_MOST_PLACES] if block else ()
        found = [_Run(index, 0, place, size, size + _WHOLE_LINE_BONUS) for place in whole]
        if whole and size > _SEED:
            return found
        offset = 0
        while offset <= size - _SEED:
            places = self._seeds.get(tuple(block[offset : offset + _SEED]), ())
            if not places or len(places) > _MOST_PLACES:
                offset += 1
                continue
            here = [self._extended(index, block, offset, place) for place in places]
            found += here
            offset += max(run.length for run in here)
        return found

    def _extended(self, index: int, block: Sequence[str], offset: int, place: int) -> _Run:
        length = _SEED
        most = min(len(block) - offset, len(self.words) - place)
        while length < most and block[offset + length] == self.words[place + length]:
            length += 1
        return _Run(index, offset, place, length, float(length))


def _best_chain(runs: Sequence[_Run], size: int) -> list[_Run]:
    """The runs, forward in blocks and in gold, that are worth most together."""
    ordered = sorted(runs, key=lambda run: (run.block, run.offset, -run.place))
    tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 2)
    before: list[int] = []
    best, best_at = 0.0, -1
    # Runs from one place of a block exclude each other: they are entered together.
    for _, together in groupby(ordered, key=lambda run: (run.block, run.offset)):
        pending: list[tuple[int, int, float]] = []
        for run in together:
            total, previous = _prefix_best(tree, run.place)
            total += run.worth
            number = len(before)
            before.append(previous)
            pending.append((run.place + run.length, number, total))
            if total > best:
                best, best_at = total, number
        for place, number, total in pending:
            _enter(tree, place, total, number)
    chain = []
    while best_at >= 0:
        chain.append(ordered[best_at])
        best_at = before[best_at]
    return chain[::-1]


def _prefix_best(tree: Sequence[tuple[float, int]], place: int) -> tuple[float, int]:
    best = (0.0, -1)
    at = place + 1
    while at > 0:
        if tree[at][0] > best[0]:
            best = tree[at]
        at &= at - 1
    return best


def _enter(tree: list[tuple[float, int]], place: int, total: float, number: int) -> None:
    at = place + 1
    while at < len(tree):
        if total > tree[at][0]:
            tree[at] = (total, number)
        at += at & -at
