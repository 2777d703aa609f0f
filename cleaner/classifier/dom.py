"""What an HTML page says of a block by the elements around it: their tags, class names and
flags, how much text and how many links they hold, and how often the page repeats the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clip import Block, Elements, Inside
from .features import FIRST_WORD, LINE_NAMES, Bag
from .lines import Floats, Ints, Words, read_lines

_FLAGS = tuple(Inside.names().items())
# So many containers around a block are looked at, each larger than the one before.
_CONTAINERS = 4
# The story's container holds more than this share of the page's running text.
_MOST_PROSE = 0.5
# A path up to what two blocks have in common is followed so far.
_MOST_STEPS = 8
# A block says the page's title where it has this share, and so many, of its words in it.
_SAYS, _SAYS_WORDS = 0.7, 3
_PER_CONTAINER = ("words", "link share", "prose of page", "prose share", "blocks")
DOM_NAMES = (
    *(f"inside {name}" for name, _ in _FLAGS),
    "depth",
    *(f"container {k} {what}" for k in range(_CONTAINERS) for what in _PER_CONTAINER),
    "same form blocks", "same form words", "same form prose", "same form link share",
    "in story container", "containers to story", "words of title",
    "headline known", "containers to headline", "after headline", "blocks from headline",
    "first headings before",
)  # fmt: skip


class Tree(NamedTuple):
    """The elements of a page above its blocks. `names` (m,) is the row of each element's
    names in the bag, `parent` (m,) its parent's number (0, the root, is its own), `levels`
    the slices of elements at one depth, root first; `of_block` (n,) the element of a block."""

    names: Ints
    parent: Ints
    levels: tuple[tuple[int, int], ...]
    of_block: Ints


def read_tree(elements: Elements) -> tuple[Tree, list[str], Ints]:
    """The tree of a clip's elements, the different names in it (`tag class class id`), and the
    flags (m,) of its elements."""
    # The first row is the root of all, for blocks without elements around them.
    depths, flags, kinds = [0], [0], [0]
    names: dict[tuple[str, str], int] = {("", ""): 0}
    for (tag, classes, inside, _), above in zip(elements.nodes, elements.parents, strict=True):
        depths.append(depths[above + 1] + 1)
        flags.append(inside)
        kinds.append(names.setdefault((tag, classes), len(names)))
    parents, of_block = np.array([-1, *elements.parents]) + 1, np.array(elements.of_block) + 1
    return (
        _by_depth(np.array(depths), parents, np.array(kinds), of_block),
        [f"{tag} {classes}" for tag, classes in names],
        np.array(flags)[np.argsort(depths, kind="stable")],
    )


def _by_depth(depths: Ints, parents: Ints, kinds: Ints, of_block: Ints) -> Tree:
    """The tree with its elements in the order of their depth."""
    order = np.argsort(depths, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ends = np.cumsum(np.bincount(depths)).tolist()
    levels = tuple(zip([0, *ends[:-1]], ends, strict=True))
    return Tree(kinds[order], place[parents[order]], levels, place[of_block])


def name_tokens(names: Sequence[str]) -> Bag:
    """The tokens of element names: the tag as a first word, the parts of class names and ids
    (`c-newsletterBox` is `c`, `newsletter`, `box`)."""
    words = read_lines(names, camel=True).words
    hashes = np.where(words.place == 0, words.hashes * FIRST_WORD, words.hashes)
    return Bag(hashes, words.line)


def dom_features(
    blocks: Sequence[Block], around: tuple[Tree, Ints], numbers: Floats, words: Words, title: str
) -> Floats:
    """The numbers (n, len(DOM_NAMES)) of `blocks`, of which `around` is the tree above them and
    its elements' flags, `numbers` their line features, `words` their words, and `title` what
    the page calls itself."""
    tree, flags = around
    n = len(blocks)
    size = np.expm1(numbers[:, LINE_NAMES.index("word count")])
    prose = numbers[:, LINE_NAMES.index("prose")] * size
    linked = numbers[:, LINE_NAMES.index("link share")] * size
    held = _held(tree, np.stack([size, linked, prose, np.ones(n)], axis=1))
    up = _larger(tree, held[:, 3])
    whole = max(float(held[0, 2]), 1.0)
    inside = flags[tree.of_block][:, None] & np.array([bit for _, bit in _FLAGS]) > 0
    depth = np.repeat(np.arange(len(tree.levels)), [b - a for a, b in tree.levels])
    columns: list[NDArray[np.generic]] = [*inside.T, np.log1p(depth[tree.of_block])]
    at = tree.of_block
    for _ in range(_CONTAINERS):
        w, link, run, count = held[at].T
        some = np.maximum(w, 1)
        columns += [np.log1p(w), link / some, run / whole, run / some, np.log1p(count)]
        at = up[at]
    columns += _same_form(tree, size, linked, prose)
    story = _main_element(held, whole)
    columns += [_inside(tree, story), _steps_to(tree, story, up)]
    level = np.round(numbers[:, LINE_NAMES.index("level")] * 6)
    share, headline = _headline(level, words, title)
    element = int(tree.of_block[headline]) if headline >= 0 else 0
    behind = np.arange(n) - headline if headline >= 0 else np.zeros(n)
    columns += [
        share, np.full(n, headline >= 0), _steps_to(tree, element, up), behind > 0,
        np.log1p(np.abs(behind)), np.log1p(np.cumsum(level == 1)),
    ]  # fmt: skip
    out = np.empty((n, len(DOM_NAMES)), np.float32)
    for number, column in enumerate(columns):
        out[:, number] = column
    return out


def _held(tree: Tree, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each element the sums (m, k) of what the blocks inside of it have, `own` (n, k)."""
    size, width = len(tree.parent), own.shape[1]
    held = np.empty((size, width))
    for k in range(width):
        held[:, k] = np.bincount(tree.of_block, own[:, k], size)
    for start, end in reversed(tree.levels[1:]):
        above, below = tree.parent[start:end], held[start:end]
        low = int(above.min())
        for k in range(width):
            gained = np.bincount(above - low, below[:, k])
            held[low : low + len(gained), k] += gained
    return held


def _larger(tree: Tree, count: NDArray[np.float64]) -> Ints:
    """For each element the nearest one around it that holds more blocks (the root: itself)."""
    up: Ints = tree.parent.copy()
    for start, end in tree.levels[1:]:
        parent = tree.parent[start:end]
        up[start:end] = np.where(count[parent] > count[start:end], parent, up[parent])
    return up


def _same_form(
    tree: Tree, words: Floats, linked: Floats, prose: Floats
) -> list[NDArray[np.generic]]:
    """The blocks whose element and parent bear the same names: how many, and what they are."""
    own = tree.names[tree.of_block]
    form = own * (int(tree.names.max()) + 1) + tree.names[tree.parent[tree.of_block]]
    _, group = np.unique(form, return_inverse=True)
    count = np.bincount(group)
    total = np.maximum(np.bincount(group, words), 1)
    return [
        np.log1p(count[group]),
        np.log1p(total / count)[group],
        (np.bincount(group, prose > 0) / count)[group],
        (np.bincount(group, linked) / total)[group],
    ]


def _main_element(held: NDArray[np.float64], whole: float) -> int:
    """The smallest element with most of the page's prose, else the root."""
    main = np.flatnonzero(held[:, 2] > _MOST_PROSE * whole)
    return int(main[-1]) if len(main) else 0


def _inside(tree: Tree, element: int) -> NDArray[np.bool_]:
    """Whether each block stands in `element`."""
    inside = np.zeros(len(tree.parent), bool)
    inside[element] = True
    for start, end in tree.levels[1:]:
        inside[start:end] |= inside[tree.parent[start:end]]
    return inside[tree.of_block]


def _steps_to(tree: Tree, element: int, up: Ints) -> NDArray[np.generic]:
    """How many containers up from each block the first one stands that holds `element`."""
    holds = np.zeros(len(tree.parent), bool)
    while not holds[element]:
        holds[element] = True
        element = int(tree.parent[element])
    steps = np.zeros(len(tree.of_block))
    at = tree.of_block
    for _ in range(_MOST_STEPS):
        steps += ~holds[at]
        at = np.where(holds[at], at, up[at])
    return steps


def _headline(level: Floats, words: Words, title: str) -> tuple[Floats, int]:
    """The share of each block's words that the page's title has, and the block that is the
    headline by it, or by its level (n,): -1 where there is none."""
    n = len(level)
    of_title = np.unique(read_lines([title or " "]).words.hashes)
    said = np.isin(words.hashes, of_title)
    hits, count = np.bincount(words.line, said, n), np.bincount(words.line, minlength=n)
    share = (hits / np.maximum(count, 1)).astype(np.float32)
    says = (share >= _SAYS) & (hits >= _SAYS_WORDS)
    for found in (says & (level == 1), says & (level > 0), level == 1, says):
        if found.any():
            return share, int(found.argmax())
    return share, -1
