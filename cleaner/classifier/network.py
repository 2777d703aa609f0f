"""The network that scores the blocks of a clip, in plain numpy.

A block's numbers and the sums of its tokens' vectors go through one dense layer; what the clip
is as a whole is added to each block; residual layers of dilated convolutions (as in Yu and
Koltun 2016) let it see the blocks around it, up to 31 on either side, and between them a
running maximum from either end the strongest of all that stand above and below it. All blocks of
a clip are scored at once, and the cost grows with their number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .dom import Tree
from .lines import Floats, Ints

Parameters = Mapping[str, Floats]
# How far a block looks around itself, a layer.
DILATIONS = (1, 2, 4, 8, 16)
# Before these layers a block also sees, however far away, what stands above it and what below: that
# a heading of comments came before, or that the story is still to come.
FAR = (3,)
# What an element's names count for a block that stands so many elements inside of it: the
# power of this share. One view is of the elements close by, one of the whole path.
DECAYS = (0.5, 0.9)
# OpenBLAS shares a product of more multiplications than this among threads (its `gemm.c`), which
# then wait for each other longer than they work: on a busy machine twenty times as long.
_ONE_THREAD = 1 << 18


class Tokens(NamedTuple):
    """Rows of an embedding table, and the row of the clip that each is `of`, in order."""

    rows: Ints
    of: Ints


class Inputs(NamedTuple):
    """What the network reads of a clip with n blocks: `numbers` (n, F), scaled; `words` of
    the blocks; for HTML also the `names` of the elements of `tree`, of which `kinds` differ."""

    numbers: Floats
    words: Tokens
    names: Tokens | None = None
    tree: Tree | None = None
    kinds: int = 0


class Trace(NamedTuple):
    """What the forward pass leaves for the backward pass of a training."""

    joined: Floats
    first: Floats
    hidden: Floats
    whole: Floats
    layers: list[tuple[Floats, Floats]]
    far: dict[int, tuple[Floats, Floats]]
    last: Floats


class Masks(NamedTuple):
    """What a training drops at random: factors for the inputs (1, W), the hidden layer (n, H)
    and the gain (n, H) of each layer and of each of `FAR`."""

    joined: Floats
    hidden: Floats
    layers: list[Floats]
    far: dict[int, Floats]


def forward(
    weights: Parameters, inputs: Inputs, masks: Masks | None = None
) -> tuple[Floats, Trace]:
    """The outputs (n, K), logits, and the trace."""
    parts = [inputs.numbers, embedded(weights["words"], inputs.words, len(inputs.numbers))]
    if inputs.tree is not None and inputs.names is not None:
        named = embedded(weights["names"], inputs.names, inputs.kinds)
        parts.append(along_path(named, inputs.tree))
    joined = np.concatenate(parts, axis=1)
    if masks is not None:
        joined *= masks.joined
    first = product(joined, weights["dense"])
    first += weights["dense bias"]
    hidden = np.maximum(first, 0)
    if masks is not None:
        hidden *= masks.hidden
    whole = np.concatenate([hidden.mean(axis=0), hidden.max(axis=0)])
    state = hidden + (whole @ weights["whole"] + weights["whole bias"])
    layers = []
    far = {}
    for number, dilation in enumerate(DILATIONS):
        if number in FAR:
            around = farther(state)
            seen = product(around, weights[f"far {number}"])
            seen += weights[f"far bias {number}"]
            far[number] = (around, seen)
            gain = np.maximum(seen, 0)
            if masks is not None:
                gain *= masks.far[number]
            state = state + gain
        seen = convolved(state, weights[f"layer {number}"], dilation)
        seen += weights[f"bias {number}"]
        gain = np.maximum(seen, 0)
        if masks is not None:
            gain *= masks.layers[number]
        layers.append((state, seen))
        state = state + gain
    last = np.concatenate([hidden, state], axis=1)
    outputs = product(last, weights["out"])
    outputs += weights["out bias"]
    return outputs, Trace(joined, first, hidden, whole, layers, far, last)


def product(rows: Floats, kernel: Floats) -> Floats:
    """`rows @ kernel`, in pieces small enough for one thread."""
    out = np.empty((len(rows), kernel.shape[1]), np.float32)
    step = max(1, _ONE_THREAD // kernel.size)
    for at in range(0, len(rows), step):
        np.matmul(rows[at : at + step], kernel, out=out[at : at + step])
    return out


def embedded(table: Floats, tokens: Tokens, size: int) -> Floats:
    """For each of `size` rows the sum of its tokens' vectors, over the root of their number."""
    out = np.zeros((size, table.shape[1]), np.float32)
    if len(tokens.rows):
        starts = np.flatnonzero(np.append(True, tokens.of[1:] != tokens.of[:-1]))
        out[tokens.of[starts]] = np.add.reduceat(table[tokens.rows], starts, axis=0)
    return out * root_scale(tokens, size)


def root_scale(tokens: Tokens, size: int) -> Floats:
    """One over the root of each row's number of tokens, (size, 1)."""
    count = np.maximum(np.bincount(tokens.of, minlength=size), 1)
    return (1 / np.sqrt(count)).astype(np.float32)[:, None]


def along_path(named: Floats, tree: Tree) -> Floats:
    """For each block the vectors of the elements around it, from the root to its own, summed
    with a weight that decays from one element to the next: once for each of `DECAYS`, side by
    side."""
    shares = np.repeat(np.array(DECAYS, np.float32), named.shape[1])
    path = np.tile(named[tree.names], len(DECAYS))
    for start, end in tree.levels[1:]:
        path[start:end] += shares * path[tree.parent[start:end]]
    return path[tree.of_block]


def convolved(state: Floats, kernel: Floats, dilation: int) -> Floats:
    """A convolution of width 3 over the blocks; `kernel` (3 H, H) holds the weights for the
    block before, the block itself and the block after, `dilation` blocks apart."""
    before, own, after = np.split(kernel, 3)
    out = product(state, own)
    if dilation < len(state):
        out[dilation:] += product(state[:-dilation], before)
        out[:-dilation] += product(state[dilation:], after)
    return out


def farther(state: Floats) -> Floats:
    """The blocks' states (n, H), and beside each the greatest values that any block from the
    first to it has, and any from it to the last: (n, 3 H)."""
    above = np.maximum.accumulate(state, axis=0)
    below = np.maximum.accumulate(state[::-1], axis=0)[::-1]
    return np.concatenate([state, above, below], axis=1)


def sigmoid(logits: Floats) -> Floats:
    """The logistic function."""
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


def softmax(logits: Floats) -> Floats:
    """Shares that sum to one along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def shapes(
    numbers: int, words: int, names: int, outputs: int, hidden: int, width: int
) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter: `numbers` numeric inputs, `words` and `names` rows of the
    embedding tables (no names: text) of `width` columns, `hidden` units, `outputs` logits."""
    inputs = numbers + width + (len(DECAYS) * width if names else 0)
    found: dict[str, tuple[int, ...]] = {"words": (words, width)}
    if names:
        found["names"] = (names, width)
    found |= {"dense": (inputs, hidden), "dense bias": (hidden,)}
    found |= {"whole": (2 * hidden, hidden), "whole bias": (hidden,)}
    for number in FAR:
        found |= {f"far {number}": (3 * hidden, hidden), f"far bias {number}": (hidden,)}
    for number in range(len(DILATIONS)):
        found |= {f"layer {number}": (3 * hidden, hidden), f"bias {number}": (hidden,)}
    return found | {"out": (2 * hidden, outputs), "out bias": (outputs,)}
