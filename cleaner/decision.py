"""What speaks for a label, and what was decided: the ledger's two record types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from .clip import Block, Kind
from .labels import Action, Label

Strength = Literal["sure", "hint"]


class Part(NamedTuple):
    """A named piece of a block's text that a rule pointed out: a credit, a duration, a place."""

    name: str
    start: int
    end: int


class Evidence(NamedTuple):
    """One reason to give a block a label.

    `source` says which judge speaks: `reader`, `rule` (words), `element` (a rule of HTML
    elements and their names), `form` (a rule of form and place alone), `context`,
    `classifier`, later `profile`; `id` which of its reasons; `span` the characters of the
    block that it rests on. `level` orders judges of one kind: 0 shared, 1 language, 2 site,
    3 the user's own.

    The classifier's evidence has a `score`, the probability that the block is main text, 0
    to 1; `weights` are the groups of features that spoke most, in log-odds, where they were
    asked for.
    """

    label: Label
    source: str
    id: str
    strength: Strength = "sure"
    span: tuple[int, int] | None = None
    parts: tuple[Part, ...] = ()
    level: int = 0
    language: str | None = None
    score: float | None = None
    weights: tuple[tuple[str, float], ...] = ()


# The reader knows by itself what blocks of these kinds are: the classifier is not asked.
READER: Mapping[Kind, Evidence] = MappingProxyType(
    {
        Kind.IMAGE: Evidence(Label.IMAGE, "reader", "reader.image"),
        Kind.FRONT_MATTER: Evidence(Label.FRONT_MATTER, "reader", "reader.front-matter"),
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one block, and why. `evidence` is empty only where nothing spoke
    against keeping the block."""

    block: Block
    label: Label
    action: Action
    evidence: tuple[Evidence, ...] = ()
