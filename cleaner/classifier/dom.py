"""What an HTML page says of a block by the elements around it: their tags, class names and
flags, how much text and how many links they hold, and how often the page repeats the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clip import Block, Inside, Node
from .features import FIRST_WORD, LINE_NAMES, Bag
from .lines import Floats, Ints, read_lines

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


def read_tree(blocks: Sequence[Block]) -> tuple[Tree, list[str], Ints]:
    """The tree above `blocks`, the different element names in it (`tag class class id`), and
    the flags (m,) of its elements."""
    by_depth: list[list[tuple[Node | None, int]]] = [[(None, -1)]]
    place: dict[int, tuple[int, int]] = {id(None): (0, 0)}
    for block in blocks:
        _enter(block.node, by_depth, place)
    starts = np.cumsum([0, *map(len, by_depth)])
    names: dict[str, int] = {"": 0}
    rows, parents, flags = [], [], []
    for depth, level in enumerate(by_depth):
        above = int(starts[max(0, depth - 1)])
        for node, parent in level:
            text = "" if node is None else f"{node.tag} {node.names}"
            rows.append(names.setdefault(text, len(names)))
            parents.append(above + max(parent, 0))
            flags.append(0 if node is None else node.inside)
    of_block = [starts[depth] + at for depth, at in (place[id(b.node)] for b in blocks)]
    levels = tuple((int(starts[d]), int(starts[d + 1])) for d in range(len(by_depth)))
    tree = Tree(np.array(rows), np.array(parents), levels, np.array(of_block))
    return tree, list(names), np.array(flags)


def _enter(
    node: Node | None,
    by_depth: list[list[tuple[Node | None, int]]],
    place: dict[int, tuple[int, int]],
) -> None:
    chain = []
    while id(node) not in place:
        chain.append(node)
        node = node.parent if node is not None else None
    depth, at = place[id(node)]
    for new in reversed(chain):
        depth += 1
        if depth == len(by_depth):
            by_depth.append([])
        by_depth[depth].append((new, at))
        at = len(by_depth[depth]) - 1
        place[id(new)] = (depth, at)


def name_tokens(names: Sequence[str]) -> Bag:
    """The tokens of element names: the tag as a first word, the parts of class names and ids
    (`c-newsletterBox` is `c`, `newsletter`, `box`)."""
    words = read_lines(names, camel=True).words
    hashes = np.where(words.place == 0, words.hashes * FIRST_WORD, words.hashes)
    return Bag(hashes, words.line)


def dom_features(
    blocks: Sequence[Block], tree: Tree, flags: Ints, numbers: Floats, title: str
) -> Floats:
    """The numbers (n, len(DOM_NAMES)) of `blocks`; `numbers` are their line features."""
    n = len(blocks)
    words = np.expm1(numbers[:, LINE_NAMES.index("word count")])
    prose = numbers[:, LINE_NAMES.index("prose")] * words
    linked = numbers[:, LINE_NAMES.index("link share")] * words
    held = _held(tree, np.stack([words, linked, prose, np.ones(n)], axis=1))
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
    columns += _same_form(tree, words, linked, prose)
    story = _main_element(held, whole)
    columns += [_inside(tree, story), _steps_to(tree, story, up)]
    share, headline, first_level = _headline(blocks, title)
    element = int(tree.of_block[headline]) if headline >= 0 else 0
    behind = np.arange(n) - headline if headline >= 0 else np.zeros(n)
    columns += [
        share, np.full(n, headline >= 0), _steps_to(tree, element, up), behind > 0,
        np.log1p(np.abs(behind)), np.log1p(np.cumsum(first_level)),
    ]  # fmt: skip
    out = np.empty((n, len(DOM_NAMES)), np.float32)
    for number, column in enumerate(columns):
        out[:, number] = column
    return out


def _held(tree: Tree, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each element the sums (m, k) of what the blocks inside of it have, `own` (n, k)."""
    size, width = len(tree.parent), own.shape[1]
    held = np.stack(
        [np.bincount(tree.of_block, own[:, k], size) for k in range(width)], axis=1
    )
    for start, end in reversed(tree.levels[1:]):
        above, below = tree.parent[start:end], held[start:end]
        low = int(above.min())
        for k in range(width):
            gained = np.bincount(above - low, below[:, k])
            held[low : low + len(gained), k] += gained
    return held


def _larger(tree: Tree, count: NDArray[np.float64]) -> Ints:
    """For each element the nearest one around it that holds more blocks (the root: itself)."""
    up = tree.parent.copy()
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


def _headline(blocks: Sequence[Block], title: str) -> tuple[Floats, int, NDArray[np.bool_]]:
    """The share of each block's words that the page's title has; the block that is the
    headline by it, or by its level, -1 where there is none; which blocks are first headings."""
    n = len(blocks)
    words = read_lines([title or " ", *(b.text[:200] for b in blocks)]).words
    of_title = np.unique(words.hashes[words.line == 0])
    other = words.line > 0
    row = words.line[other] - 1
    said = np.isin(words.hashes[other], of_title)
    hits, count = np.bincount(row, said, n), np.bincount(row, minlength=n)
    share = hits / np.maximum(count, 1)
    level = np.array([b.level for b in blocks])
    says = (share >= _SAYS) & (hits >= _SAYS_WORDS)
    for found in (says & (level == 1), says & (level > 0), level == 1, says):
        if found.any():
            return share.astype(np.float32), int(found.argmax()), level == 1
    return share.astype(np.float32), -1, level == 1
