"""Made-up clips: what real ones are too few to teach.

A clean article with chrome set into it, at places between its paragraphs, is a clip whose every
label is known. The chrome comes from the rules' own examples and from what stood inside of other
sites' articles. An abridged article is short. An excerpt of a dump is a clip as people copy it.
A fragment of a page, cut out around its text as an extractor or a feed has it, teaches that there
may be no page around a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..clip import Block, Clip, Node
from ..labels import Action
from ..rules import load_packs
from ..rules.loader import with_examples
from .align import TEXT, coverage, words
from .data import Row, joined
from .look_alikes import look_alikes

# A clean article has so many lines of text at the least; so many lines are set into it at most.
_LEAST_LINES, _MOST_SET_IN = 8, 6
# An excerpt has so many lines on either side of one of the text.
_EXCERPT_LINES = (2, 20)
# A short clip has so many lines of an article, and so many of chrome at most.
_SHORT_LINES, _SHORT_CHROME = (2, 8), 3
# Chrome inside of articles has so many words.
_CHROME_WORDS = (2, 60)
# How often a made-up clip has what only some have.
_SHARE = 0.5


def rule_phrases() -> list[str]:
    """The lines of chrome that the rules' own examples are made of."""
    found: set[str] = set()
    for rule in with_examples(load_packs()):
        if rule.label.action is Action.KEEP:
            continue
        for example in rule.fires:
            if example.kind == "text":
                found.update(
                    line.strip()
                    for line in example.text.split("\n")
                    if line.strip() and "{" not in line
                )
    return sorted(found)


def inside_noise(row: Row) -> list[str]:
    """The chrome that stands between the first and the last line of a row's text."""
    body = [at for at, label in enumerate(row.labels) if label == "body"]
    if not body:
        return []
    return [
        row.lines[at]
        for at in range(body[0], body[-1])
        if row.labels[at] in ("noise", "caption")
        and _CHROME_WORDS[0] <= len(words(row.lines[at])) <= _CHROME_WORDS[1]
    ]


def set_in(rows: Sequence[Row], count: int, seed: int, folds: int) -> Iterator[Row]:
    """`count` made-up clips: the text of labelled articles, with lines of chrome set into it.
    Chrome of other articles comes from sites of the article's own fold: a model that must not
    have seen these sites does not see their chrome in the text of others."""
    rng = np.random.default_rng(seed)
    rows = [row for row in rows if row.kind == "text"]
    articles = [row for row in rows if _is_clean(row)]
    phrases = rule_phrases()
    written = [row for row in rows if row.type == "article"]
    noise: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in written:
        noise[row.fold(max(1, folds))] += [(row.site, line) for line in inside_noise(row)]
    for number in rng.integers(max(1, len(articles)), size=count if articles else 0):
        row = articles[number]
        yield _set_into(row, phrases, noise[row.fold(max(1, folds))], rng)


def abridged(rows: Sequence[Row], count: int, seed: int) -> Iterator[Row]:
    """`count` made-up clips: the first lines of an article's text and its last ones, as short
    pieces are, half of them with a few lines of the rules' chrome. In whole articles the last
    lines stand far from the first, and often chrome follows them."""
    rng = np.random.default_rng(seed)
    phrases = rule_phrases()
    articles = [row for row in rows if row.kind == "text" and _is_clean(row)]
    for number in rng.integers(max(1, len(articles)), size=count if articles else 0):
        row = articles[number]
        text = [at for at, label in enumerate(row.labels) if label == "body"]
        size = int(rng.integers(*_SHORT_LINES))
        head = int(rng.integers(size + 1))
        picked = [*text[:head], *text[len(text) - size + head :]]
        if rng.random() < _SHARE and "title" in row.labels:
            picked.insert(0, row.labels.index("title"))
        chosen = [(row.lines[at], row.labels[at]) for at in picked]
        if rng.random() < _SHARE:
            for _ in range(int(rng.integers(1, _SHORT_CHROME + 1))):
                line = phrases[int(rng.integers(len(phrases)))]
                chosen.insert(_place_inside(chosen, rng), (line, "noise"))
        yield _made_of(row, chosen, rng)


def excerpts(rows: Sequence[Row], count: int, seed: int) -> Iterator[Row]:
    """`count` made-up clips: some lines of a dump, as people copy them, with what stands around
    them on the page."""
    rng = np.random.default_rng(seed)
    long = [row for row in rows if row.labels.count("body") >= _LEAST_LINES]
    for number in rng.integers(max(1, len(long)), size=count if long else 0):
        row = long[number]
        body = [at for at, label in enumerate(row.labels) if label == "body"]
        middle = body[int(rng.integers(len(body)))]
        before, after = rng.integers(*_EXCERPT_LINES, size=2)
        yield _cut_out(row, max(0, middle - int(before)), middle + int(after) + 1)


def _cut_out(row: Row, start: int, end: int) -> Row:
    lines, labels = row.lines[start:end], row.labels[start:end]
    first = row.starts[start]
    source = row.source[first : row.starts[start + len(lines) - 1] + len(lines[-1])]
    starts = tuple(at - first for at in row.starts[start:end])
    gold = "\n".join(line for line, label in zip(lines, labels, strict=True) if label == "body")
    return replace(row, source=source, lines=lines, starts=starts, labels=labels, gold=gold)


def _is_clean(row: Row) -> bool:
    return row.type == "article" and row.labels.count("body") >= _LEAST_LINES


def _set_into(
    row: Row, phrases: Sequence[str], noise: Sequence[tuple[str, str]], rng: np.random.Generator
) -> Row:
    # Half of the clips keep the page around their text.
    whole = rng.random() < _SHARE
    chosen = [
        (line, label)
        for line, label in zip(row.lines, row.labels, strict=True)
        if whole or label in ("body", "title")
    ]
    if rng.random() < _SHARE:
        at = _place_inside(chosen, rng)
        chosen[at:at] = [(line, "body") for line in look_alikes(row.lines, rng)]
    for _ in range(int(rng.integers(1, _MOST_SET_IN + 1))):
        site, line = noise[int(rng.integers(len(noise)))] if noise else (row.site, "")
        if rng.random() < _SHARE or site == row.site:
            line = phrases[int(rng.integers(len(phrases)))]
        chosen.insert(_place_inside(chosen, rng), (line, "noise"))
    return _made_of(row, chosen, rng)


def _made_of(row: Row, chosen: Sequence[tuple[str, str]], rng: np.random.Generator) -> Row:
    """A clip of these lines with their labels, all parted by an empty line or none."""
    lines = tuple(line for line, _ in chosen)
    source, starts = joined(lines, [0, *[int(rng.random() < _SHARE)] * (len(lines) - 1)])
    gold = "\n".join(line for line, label in chosen if label == "body")
    labels = tuple(label for _, label in chosen)
    return replace(row, source=source, lines=lines, starts=tuple(starts), labels=labels, gold=gold)


def _place_inside(chosen: Sequence[tuple[str, str]], rng: np.random.Generator) -> int:
    """A place behind the first line of the text, at most right behind its last."""
    body = [at for at, (_, label) in enumerate(chosen) if label == "body"]
    return int(rng.integers(body[0] + 1, body[-1] + 2))


def fragment(clip: Clip, gold: str, bare: bool) -> Clip | None:
    """The part of a page from the first to the last block of its text, without the elements
    around all of them, as extractors and feeds hand it on; `bare`: without class names too."""
    shares = coverage([block.text for block in clip.blocks], gold)
    body = [at for at, share in enumerate(shares) if share >= TEXT]
    if len(body) < _LEAST_LINES:
        return None
    blocks = clip.blocks[body[0] : body[-1] + 1]
    top = _common([clip.blocks[at] for at in body])
    made: dict[int, Node | None] = {}
    cut = [
        block._replace(index=at, node=_cut(block.node, top, bare, made))
        for at, block in enumerate(blocks)
    ]
    return replace(clip, blocks=tuple(cut))


def _common(blocks: Sequence[Block]) -> frozenset[int]:
    """The elements (by `id`) that stand around all of these blocks."""
    paths = [{id(n) for n in b.node.ancestors()} if b.node else set() for b in blocks]
    return frozenset(set.intersection(*paths))


def _cut(
    node: Node | None, top: frozenset[int], bare: bool, made: dict[int, Node | None]
) -> Node | None:
    if node is None or id(node) in top:
        return None
    if id(node) not in made:
        parent = _cut(node.parent, top, bare, made)
        made[id(node)] = node._replace(parent=parent, names="" if bare else node.names)
    return made[id(node)]
