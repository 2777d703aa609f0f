"""Learns a network's weights from labelled clips: backward pass, loss, Adam.

Written in numpy like the forward pass: a deep-learning framework would cost whoever trains a
model gigabytes to install, for six layers. The same examples and seed give the same weights on
the same machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..classifier.dom import Tree
from ..classifier.lines import Floats, Ints
from ..classifier.network import (
    DECAYS,
    DILATIONS,
    FAR,
    Inputs,
    Masks,
    Parameters,
    Tokens,
    Trace,
    forward,
    root_scale,
    sigmoid,
    softmax,
)  # fmt: skip

Gradients = dict[str, Floats]
# Shares of what is dropped at random in a training step.
_DROP_TOKENS, _DROP_INPUTS, _DROP_HIDDEN, _DROP_GAIN = 0.3, 0.05, 0.2, 0.1
# This share of the texts is read as if they were in a language that the model has never seen.
# (A page has the names of its elements beside its words.)
_FOREIGN = 0.2
# What the parts of the loss weigh against each other: cross-entropy of the blocks, F1 of the
# clip's words, cross-entropy of the labels of what is no text.
_BLOCKS, _F1, _LABELS = 4.0, 1.0, 0.5
# Adam's decays (Kingma and Ba 2015); the steps over which the rate grows to its full size.
_MOMENTUM, _SPREAD, _EPSILON, _WARM_UP = 0.9, 0.98, 1e-6, 50
# The weights that are handed out are the mean of those of the last steps (Polyak and Juditsky
# 1992), about so many epochs of them: as good as several networks, at the price of one.
_AVERAGED_EPOCHS = 1.5
UNKNOWN = -1


class Example(NamedTuple):
    """A labelled clip with n blocks. `text` (n,) is the share of each block that is main text,
    `weight` (n,) what an error on it costs (0 where nobody knows), summing to 1; `words` (n,)
    counts words for the F1, `gold` the words of the main text; `labels` (n,) are numbers of
    labels, `UNKNOWN` where the block is text or nobody knows what it is."""

    inputs: Inputs
    text: Floats
    weight: Floats
    words: Floats
    gold: float
    labels: Ints


@dataclass(frozen=True)
class Settings:
    """How to train: passes over the examples, clips a step, the greatest learning rate, weight
    decay, hidden units, width of token vectors, and how many networks are trained first, from
    which the one that is handed out learns too (None: as the kind of model asks for)."""

    epochs: int = 10
    batch: int = 8
    rate: float = 2e-3
    decay: float = 1e-3
    hidden: int = 64
    width: int = 16
    teachers: int | None = None
    seed: int = 1


def initial(sizes: dict[str, tuple[int, ...]], rng: np.random.Generator) -> dict[str, Floats]:
    """Weights to begin with: He et al. 2015 for layers, small ones where a layer adds to what
    is there already, zero for biases."""
    scale = {"words": 0.1, "names": 0.1, "dense": 1.0, "whole": 0.3, "out": 0.3}
    weights = {}
    for name, shape in sizes.items():
        if len(shape) == 1:
            weights[name] = np.zeros(shape, np.float32)
            continue
        spread = scale.get(name, 0.5)
        if name not in ("words", "names"):
            spread *= np.sqrt(2 / shape[0])
        weights[name] = (rng.standard_normal(shape) * spread).astype(np.float32)
    return weights


def learn(
    examples: Sequence[Example],
    sizes: dict[str, tuple[int, ...]],
    settings: Settings,
    progress: Callable[[], object] = lambda: None,
) -> dict[str, Floats]:
    """The weights learnt from `examples`; `progress` is called after each epoch."""
    rng = np.random.default_rng(settings.seed)
    weights = initial(sizes, rng)
    adam = _Adam(weights, settings)
    per_epoch = -(-len(examples) // settings.batch)
    averaged = {name: value.copy() for name, value in weights.items()}
    fresh = np.float32(1 / max(1.0, _AVERAGED_EPOCHS * per_epoch))
    for epoch in range(settings.epochs):
        order = rng.permutation(len(examples))
        for step in range(per_epoch):
            chosen = order[step * settings.batch : (step + 1) * settings.batch]
            gradients = {name: np.zeros_like(value) for name, value in weights.items()}
            for number in chosen:
                _learn_one(examples[number], weights, gradients, rng, len(chosen))
            adam.step(
                weights, gradients, (epoch * per_epoch + step) / (settings.epochs * per_epoch)
            )
            for name, value in weights.items():
                averaged[name] += fresh * (value - averaged[name])
        progress()
    return averaged


def _learn_one(
    example: Example, weights: Parameters, into: Gradients, rng: np.random.Generator, batch: int
) -> float:
    """Adds an example's gradients to `into`; returns its loss."""
    inputs = _dropped(example.inputs, rng)
    masks = _masks(len(example.text), weights, rng)
    outputs, trace = forward(weights, inputs, masks)
    loss, slope = _loss(example, outputs)
    backward(weights, inputs, masks, trace, slope / np.float32(batch), into)
    return loss


def _dropped(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """The inputs without some of their tokens, so that no token is relied upon alone."""
    if inputs.names is None and rng.random() < _FOREIGN:
        return inputs._replace(words=Tokens(inputs.words.rows[:0], inputs.words.of[:0]))
    words = _thinned(inputs.words, rng)
    if inputs.names is None:
        return inputs._replace(words=words)
    return inputs._replace(words=words, names=_thinned(inputs.names, rng))


def _thinned(tokens: Tokens, rng: np.random.Generator) -> Tokens:
    kept = rng.random(len(tokens.rows)) >= _DROP_TOKENS
    return Tokens(tokens.rows[kept], tokens.of[kept])


def _masks(size: int, weights: Parameters, rng: np.random.Generator) -> Masks:
    width, hidden = weights["dense"].shape

    def mask(shape: tuple[int, int], share: float) -> Floats:
        return ((rng.random(shape) >= share) / (1 - share)).astype(np.float32)

    joined = (rng.random((1, width)) >= _DROP_INPUTS).astype(np.float32)
    gains = [mask((size, hidden), _DROP_GAIN) for _ in DILATIONS]
    far = {number: mask((size, hidden), _DROP_GAIN) for number in FAR}
    return Masks(joined, mask((size, hidden), _DROP_HIDDEN), gains, far)


def _loss(example: Example, outputs: Floats) -> tuple[float, Floats]:
    """The loss of one clip and its slope by the outputs.

    Beside the cross-entropy of its blocks a clip's loss holds one minus the expected F1 of its
    words (a soft Dice loss), because that is what the choice of blocks is judged by.
    """
    text, weight, words = example.text, example.weight * _BLOCKS, example.words
    p = sigmoid(outputs[:, 0])
    slope = np.zeros_like(outputs)
    sure = np.clip(p, 1e-6, 1 - 1e-6)
    loss = -float((weight * (text * np.log(sure) + (1 - text) * np.log(1 - sure))).sum())
    slope[:, 0] = weight * (p - text)
    if example.gold > 0:
        kept, hit = float((p * words).sum()), float((p * words * text).sum())
        both = kept + example.gold
        loss += _F1 * (1 - 2 * hit / both)
        slope[:, 0] -= _F1 * p * (1 - p) * words * (2 * text * both - 2 * hit) / both**2
    named = np.flatnonzero(example.labels >= 0)
    if len(named):
        shares = softmax(outputs[named, 1:])
        labels = example.labels[named]
        each = _LABELS / len(named)
        loss -= each * float(np.log(shares[np.arange(len(named)), labels] + 1e-9).sum())
        shares[np.arange(len(named)), labels] -= 1
        slope[named, 1:] += each * shares
    return loss, slope


def backward(
    weights: Parameters, inputs: Inputs, masks: Masks, trace: Trace, slope: Floats, into: Gradients
) -> None:
    """Adds the gradients of a forward pass to `into`, by the slope of the loss (n, K)."""
    hidden = len(weights["dense bias"])
    into["out"] += trace.last.T @ slope
    into["out bias"] += slope.sum(axis=0)
    back = slope @ weights["out"].T
    own, state = back[:, :hidden].copy(), back[:, hidden:].copy()
    for number in reversed(range(len(DILATIONS))):
        before, seen = trace.layers[number]
        gain = state * masks.layers[number] * (seen > 0)
        into[f"bias {number}"] += gain.sum(axis=0)
        kernel, kernel_into = weights[f"layer {number}"], into[f"layer {number}"]
        state = state + _convolved_back(before, kernel, DILATIONS[number], gain, kernel_into)
        if number in FAR:
            around, seen = trace.far[number]
            gain = state * masks.far[number] * (seen > 0)
            into[f"far bias {number}"] += gain.sum(axis=0)
            into[f"far {number}"] += around.T @ gain
            state = state + _farther_back(around, gain @ weights[f"far {number}"].T)
    own += state
    shared = state.sum(axis=0)
    into["whole"] += np.outer(trace.whole, shared)
    into["whole bias"] += shared
    pooled = weights["whole"] @ shared
    own += pooled[:hidden] / len(own)
    own[trace.hidden.argmax(axis=0), np.arange(hidden)] += pooled[hidden:]
    own *= masks.hidden * (trace.first > 0)
    into["dense"] += trace.joined.T @ own
    into["dense bias"] += own.sum(axis=0)
    _backward_inputs(inputs, (own @ weights["dense"].T) * masks.joined, into)


def _convolved_back(
    state: Floats, kernel: Floats, dilation: int, slope: Floats, into: Floats
) -> Floats:
    """The slope by the state that a convolution read; its kernel's gradients go to `into`."""
    before, own, after = np.split(kernel, 3)
    into_before, into_own, into_after = np.split(into, 3)
    into_own += state.T @ slope
    out: Floats = slope @ own.T
    if dilation < len(state):
        into_before += state[:-dilation].T @ slope[dilation:]
        into_after += state[dilation:].T @ slope[:-dilation]
        out[:-dilation] += slope[dilation:] @ before.T
        out[dilation:] += slope[:-dilation] @ after.T
    return out


def _farther_back(around: Floats, slope: Floats) -> Floats:
    """The slope by the states (n, H) whose running maxima a layer read, by that of what it read."""
    state, above, below = np.split(around, 3, axis=1)
    own, by_above, by_below = np.split(slope, 3, axis=1)
    back = _maximum_back(state, above, by_above)
    return own + back + _maximum_back(state[::-1], below[::-1], by_below[::-1])[::-1]


def _maximum_back(state: Floats, running: Floats, slope: Floats) -> Floats:
    """The slope by what a running maximum was taken of: a value has all of the stretch in which
    it is the greatest."""
    size = len(state)
    greatest = np.ones(state.shape, bool)
    greatest[1:] = state[1:] > running[:-1]
    # Sums from each block to the last, and where the next stretch begins.
    rest = np.zeros((size + 1, state.shape[1]))
    np.cumsum(slope[::-1], axis=0, out=rest[-2::-1])
    begins = np.where(greatest, np.arange(size)[:, None], size)
    begins = np.concatenate([begins[1:], np.full((1, state.shape[1]), size)])
    following = np.minimum.accumulate(begins[::-1], axis=0)[::-1]
    stretch = rest[:size] - np.take_along_axis(rest, following, axis=0)
    return np.where(greatest, stretch, 0).astype(np.float32)


def _backward_inputs(inputs: Inputs, slope: Floats, into: Gradients) -> None:
    """The gradients of the token tables, by the slope of the joined inputs."""
    width = into["words"].shape[1]
    at = inputs.numbers.shape[1]
    _scatter(into["words"], inputs.words, slope[:, at : at + width])
    if inputs.tree is None or inputs.names is None:
        return
    named = np.zeros((inputs.kinds, width), np.float32)
    for decay in DECAYS:
        at += width
        _along_path_back(slope[:, at : at + width], inputs.tree, decay, named)
    _scatter(into["names"], inputs.names, named)


def _along_path_back(slope: Floats, tree: Tree, decay: float, into: Floats) -> None:
    path = np.zeros((len(tree.parent), slope.shape[1]), np.float32)
    np.add.at(path, tree.of_block, slope)
    for start, end in reversed(tree.levels[1:]):
        np.add.at(path, tree.parent[start:end], np.float32(decay) * path[start:end])
    np.add.at(into, tree.names, path)


def _scatter(table: Floats, tokens: Tokens, slope: Floats) -> None:
    """Adds to a token table's gradients what the rows of a clip ask for."""
    if not len(tokens.rows):
        return
    order = np.argsort(tokens.rows, kind="stable")
    index = tokens.rows[order]
    starts = np.flatnonzero(np.append(True, index[1:] != index[:-1]))
    scaled = slope * root_scale(tokens, len(slope))
    table[index[starts]] += np.add.reduceat(scaled[tokens.of[order]], starts, axis=0)


class _Adam:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), a warm-up and a cosine."""

    def __init__(self, weights: Parameters, settings: Settings) -> None:
        self._settings = settings
        self._mean = {name: np.zeros_like(value) for name, value in weights.items()}
        self._square = {name: np.zeros_like(value) for name, value in weights.items()}
        self._steps = 0

    def step(self, weights: dict[str, Floats], gradients: Gradients, done: float) -> None:
        """Changes `weights` in place; `done` is the share of the training that is over."""
        rate = self._settings.rate * min(1.0, self._steps / _WARM_UP)
        rate *= 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * done))
        self._steps += 1
        for name, value in weights.items():
            slope, mean, square = gradients[name], self._mean[name], self._square[name]
            mean += (1 - _MOMENTUM) * (slope - mean)
            square += (1 - _SPREAD) * (slope * slope - square)
            unbiased = mean / (1 - _MOMENTUM**self._steps)
            spread = np.sqrt(square / (1 - _SPREAD**self._steps)) + _EPSILON
            np.subtract(value, rate * unbiased / spread, out=value)
            if value.ndim > 1:
                np.multiply(value, 1 - rate * self._settings.decay, out=value)
