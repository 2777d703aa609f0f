"""A trained model: what its features were scaled by, the tokens that it knows, its weights.

The file is a numpy archive without pickled objects: loading one runs no code of its maker.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clip import Block, Clip, Elements
from ..errors import ModelError
from ..labels import Action, Label
from . import HTML
from .dom import DOM_NAMES, Tree, dom_features, name_tokens, read_tree
from .features import GROUPS, LINE_NAMES, Bag, line_features, word_tokens
from .lines import Floats, Hashes, Lines, read_lines
from .network import Inputs, Tokens, forward, shapes, sigmoid, softmax

FORMAT = 2
# A scaled number beyond this says no more than "very large".
_CLIP = 4.0


class Raw(NamedTuple):
    """What a model reads of a clip, before it is scaled and its tokens are looked up."""

    numbers: Floats
    words: Bag
    lines: Lines
    names: Bag | None = None
    tree: Tree | None = None
    kinds: int = 0


class Scores(NamedTuple):
    """For each block the probability (n,) that it is main text, and for each of the model's
    labels (n, L) the probability that it is this one, given that it is not."""

    text: Floats
    labels: Floats


def read_raw(clip: Clip, blocks: Sequence[Block], blank: NDArray[np.bool_]) -> Raw:
    """The features of these blocks (at least one) of `clip`."""
    lines = read_lines([block.text for block in blocks])
    numbers, words = line_features(blocks, lines, blank), word_tokens(lines)
    if clip.kind != HTML:
        return Raw(numbers, words, lines)
    elements = clip.elements if len(blocks) == len(clip.blocks) else Elements.above(blocks)
    tree, names, flags = read_tree(elements)
    title = clip.facts.get("title", "")
    around = dom_features(blocks, (tree, flags), numbers, lines.words, title)
    joined = np.concatenate([numbers, around], axis=1)
    return Raw(joined, words, lines, name_tokens(names), tree, len(names))


def number_names(kind: str) -> tuple[str, ...]:
    """The names of the numeric features of clips of this kind."""
    return LINE_NAMES + DOM_NAMES if kind == HTML else LINE_NAMES


@dataclass(frozen=True)
class Model:
    """A trained network with all that it needs to read a clip. `kind` is "html" or "text"
    (markdown too); `labels` are those that its outputs after the first stand for."""

    kind: str
    labels: tuple[Label, ...]
    mean: Floats
    scale: Floats
    words: Hashes
    names: Hashes
    weights: dict[str, Floats]

    def inputs(self, raw: Raw) -> Inputs:
        """What the network reads: scaled numbers, rows of known tokens."""
        numbers = np.clip((raw.numbers - self.mean) * self.scale, -_CLIP, _CLIP)
        words = self._known_words.tokens(raw.words)
        if raw.names is None:
            return Inputs(numbers, words)
        names = self._known_names.tokens(raw.names)
        return Inputs(numbers, words, names, raw.tree, raw.kinds)

    @functools.cached_property
    def _known_words(self) -> Vocabulary:
        return Vocabulary(self.words)

    @functools.cached_property
    def _known_names(self) -> Vocabulary:
        return Vocabulary(self.names)

    def score(self, inputs: Inputs) -> Scores:
        """The scores of the blocks."""
        outputs, _ = forward(self.weights, inputs)
        return Scores(sigmoid(outputs[:, 0]), softmax(outputs[:, 1:]))

    def weigh(self, inputs: Inputs) -> tuple[tuple[str, ...], Floats]:
        """What each group of features weighed: their names, and (n, groups) by how much a
        block's logit is higher than if the clip said nothing about the group (each number
        its mean, no token known). Occlusion, as Zeiler and Fergus 2014 do with images."""
        whole = forward(self.weights, inputs)[0][:, 0]
        names, weighed = [], []
        for group, without in _occluded(inputs, number_names(self.kind)):
            names.append(group)
            weighed.append(whole - forward(self.weights, without)[0][:, 0])
        return tuple(names), np.stack(weighed, axis=1)

    def save(self, path: Path) -> None:
        """Writes the model; weights as 16-bit floats."""
        head = {"format": FORMAT, "kind": self.kind, "labels": [x.value for x in self.labels]}
        head |= {"features": list(number_names(self.kind))}
        arrays: dict[str, Any] = {
            f"weights/{name}": value.astype(np.float16) for name, value in self.weights.items()
        }
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            np.savez_compressed(
                file, head=np.array(json.dumps(head)), mean=self.mean, scale=self.scale,
                words=self.words, names=self.names, **arrays,
            )  # fmt: skip
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Model:
        """Reads a model. Raises `ModelError` where the file is none, or of another release."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            head = json.loads(str(arrays.pop("head")))
            return cls._of(head, arrays, path)
        except ModelError:
            raise
        except Exception as error:  # what zipfile, zlib and numpy raise for a broken file
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ModelError(f"{path}: no model that can be read ({reason})") from error

    @classmethod
    def _of(cls, head: dict[str, Any], arrays: dict[str, NDArray[Any]], path: Path) -> Model:
        kind = head["kind"]
        if head["format"] != FORMAT or tuple(head["features"]) != number_names(kind):
            raise ModelError(f"{path}: made for another release of cleaner: train it again")
        weights = {
            name.removeprefix("weights/"): value.astype(np.float32)
            for name, value in arrays.items()
            if name.startswith("weights/")
        }
        labels = tuple(Label(value) for value in head["labels"])
        model = cls(
            kind, labels, arrays["mean"], arrays["scale"], arrays["words"], arrays["names"], weights
        )
        model._check(path)
        return model

    def _check(self, path: Path) -> None:
        hidden, width = len(self.weights["dense bias"]), self.weights["words"].shape[1]
        wanted = shapes(
            len(self.mean), len(self.words), len(self.names), 1 + len(self.labels), hidden, width
        )
        found = {name: value.shape for name, value in self.weights.items()}
        numbers = (len(number_names(self.kind)),)
        fits = found == wanted and self.mean.shape == self.scale.shape == numbers
        hashed = self.words.dtype == self.names.dtype == np.uint64
        named = (len(self.names) > 0) == (self.kind == HTML)
        names_title = Label.TITLE in self.labels
        leaves = any(label.action is Action.REMOVE for label in self.labels)
        if not (fits and hashed and named and names_title and leaves):
            raise ModelError(f"{path}: its parts do not fit each other")
        if not all(
            np.isfinite(value).all() for value in (self.mean, self.scale, *self.weights.values())
        ):
            raise ModelError(f"{path}: holds weights that are no numbers")


class Vocabulary:
    """Finds the rows of known tokens: one look-up and one comparison each. Where two tokens
    fall into one bucket, the later one alone is known."""

    _BITS = 18
    # Knuth's multiplicative hashing; the hash of a short word has no high bits of its own.
    _MIX = np.uint64(0x9E3779B97F4A7C15)
    _SHIFT = np.uint64(64 - _BITS)

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        self._rows = np.zeros(1 << self._BITS, np.int32)
        self._rows[self._bucket(hashes)] = np.arange(len(hashes))

    def _bucket(self, hashes: Hashes) -> Hashes:
        buckets: Hashes = (hashes * self._MIX) >> self._SHIFT
        return buckets

    def tokens(self, bag: Bag) -> Tokens:
        """Those tokens of a bag that are known, as rows of the table, in order of the blocks."""
        at = self._rows[self._bucket(bag.hashes)]
        found = self._hashes[at] == bag.hashes
        index, row = at[found], bag.rows[found]
        order = np.argsort(row, kind="stable")
        return Tokens(index[order], row[order])


def _occluded(inputs: Inputs, names: Sequence[str]) -> list[tuple[str, Inputs]]:
    """The inputs without one group of features, for each group."""
    nothing = Tokens(np.zeros(0, np.int64), np.zeros(0, np.int64))
    found = [("words", inputs._replace(words=nothing))]
    if inputs.names is not None:
        found.append(("class names", inputs._replace(names=nothing)))
    for group, members in GROUPS.items():
        columns = [at for at, name in enumerate(names) if name.startswith(members)]
        if columns:
            numbers = inputs.numbers.copy()
            numbers[:, columns] = 0
            found.append((group, inputs._replace(numbers=numbers)))
    return found
