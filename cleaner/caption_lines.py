"""Captions among the lines of a text clip, by the credits at and under them.

In a text nothing marks a picture. What gives its caption away is the credit: at the line's
end, or alone on the next line. Judged when nothing else leaves any more; a line that is taken
out here has the credit beside it as its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from .clip import Block, Clip, Kind
from .context import Context
from .credits import CreditLine, credit_line, split_caption
from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import Shape
from .weigh import Heard

CREDIT_BEHIND = "context.credit-behind"
CREDIT_UNDER = "context.credit-under"
CREDIT_ABOVE = "context.credit-above"
REPEATED = "context.repeated-line"
OTHER_STORY = "context.other-story"

_OWN_LEVEL = 2
# A caption has so many words; above the second number it may as well be a paragraph that a
# picture without a caption follows.
_WORDS = (2, 110)
_LONG_WORDS = 45
# A line that is surely text, in the classifier's eyes.
_SURELY_TEXT = 0.985
_NEAR_STORY = 14
_KINDS = frozenset({Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE, Kind.IMAGE})
_CREDIT_LENGTH = 160
_REPEATED_WORDS = 5
# Empty lines over a picture, against those between paragraphs.
_WIDE, _WIDER = 8, 3


class CaptionLines:
    """The captions and credits among a text's lines. Made once for a clip: what its lines say
    does not change while others leave."""

    def __init__(self, clip: Clip, shapes: Mapping[int, Shape]) -> None:
        self.clip = clip
        self.shapes = shapes
        self._credits: dict[int, CreditLine | None] = {}
        self._gaps = _gaps(clip)
        self._usual = median(self._gaps) if self._gaps else 0

    def leaving(
        self, context: Context, decisions: Mapping[int, Decision], heard: Heard | None
    ) -> dict[int, Decision]:
        """The decisions about alive lines that are captions or credits."""
        if context.first < 0:
            return {}
        found: dict[int, Decision] = {}
        for index in context.alive:
            if index in found or not self._may_be_caption(index):
                continue
            reason = self._reason(index, context, decisions, heard)
            if reason is None:
                continue
            found[index] = _decision(self.clip.blocks[index], Label.CAPTION, reason, heard)
            for other in (index + 1, index - 1):
                if other in context.place and self._is_credit_for(index, other):
                    block = self.clip.blocks[other]
                    found[other] = _decision(block, Label.CREDIT, CREDIT_UNDER, heard)
        for index in context.alive:
            line = None if index in found else self._credit(index)
            if line is not None and line.strength == "sure" and not line.of_source:
                if context.first <= index <= context.last:
                    block = self.clip.blocks[index]
                    found[index] = _decision(block, Label.CREDIT, CREDIT_UNDER, heard)
        return found

    def renamed(
        self, context: Context, decisions: Mapping[int, Decision]
    ) -> Iterator[tuple[int, Decision]]:
        """The lines that left the text under another name and are captions' credits, and
        captions that are another story's."""
        for index, decision in decisions.items():
            if any(evidence.level >= _OWN_LEVEL for evidence in decision.evidence):
                continue
            if decision.label in (Label.CAPTION, Label.CREDIT):
                continue
            if decision.action is not Action.REMOVE:
                continue
            above = decisions.get(index - 1)
            if above is not None and above.label is Label.CAPTION:
                line = self._credit(index)
                if line is not None and self._is_credit_for(index - 1, index):
                    yield index, _renamed(decision, Label.CREDIT, CREDIT_UNDER)

    # --- what a line says

    def _credit(self, index: int) -> CreditLine | None:
        if index not in self._credits:
            line = None
            if 0 <= index < len(self.clip.blocks):
                block = self.clip.blocks[index]
                if len(block.text) <= _CREDIT_LENGTH and block.kind is not Kind.HEADING:
                    line = credit_line(block.text)
            self._credits[index] = line
        return self._credits[index]

    def _may_be_caption(self, index: int) -> bool:
        block, shape = self.clip.blocks[index], self.shapes[index]
        return block.kind in _KINDS and _WORDS[0] <= shape.words <= _WORDS[1]

    def _is_credit_for(self, caption: int, index: int) -> bool:
        """Whether a line is the credit of the caption beside it."""
        line = self._credit(index)
        if line is None or line.of_source and line.strength != "sure":
            return False
        if line.strength in ("sure", "names"):
            return True
        near = self._gap(index) <= max(1, self._gap(caption))
        return near and self._stands_apart(caption) or line.strength == "agency" and near

    def _gap(self, index: int) -> int:
        """How many empty lines stand over a line."""
        return self._gaps[index] if 0 <= index < len(self._gaps) else 0

    def _stands_apart(self, index: int) -> bool:
        """Whether far more empty lines stand over a line than between most."""
        return self._gap(index) >= max(_WIDE, _WIDER * self._usual)

    # --- why a line is a caption

    def _reason(
        self,
        index: int,
        context: Context,
        decisions: Mapping[int, Decision],
        heard: Heard | None,
    ) -> str | None:
        if not context.first - _NEAR_STORY <= index <= context.last:
            return None
        block, shape = self.clip.blocks[index], self.shapes[index]
        split = split_caption(block.text)
        if split.credits and split.sure and split.text and index != context.last:
            return CREDIT_BEHIND
        if self._credit(index) is not None and self._credit(index).strength == "sure":
            return None
        if self._is_credit_for(index, index + 1) and self._fits(index, heard):
            return CREDIT_UNDER
        return None

    def _fits(self, index: int, heard: Heard | None) -> bool:
        """Whether a line over a credit is its caption, and not a paragraph that a picture
        without a caption follows."""
        shape = self.shapes[index]
        if self._gap(index + 1) > self._gap(index) + 1:
            return False
        if not (shape.sentence or shape.words >= _WORDS[0] + 1):
            return False
        return shape.words <= _LONG_WORDS or self._stands_apart(index)


def _gaps(clip: Clip) -> Sequence[int]:
    """The number of empty lines over each block."""
    gaps = []
    end = 0
    for block in clip.blocks:
        start, stop = block.span if block.span is not None else (end, end)
        gaps.append(max(0, clip.source.count("\n", end, start) - 1))
        end = max(end, stop)
    return gaps


def _decision(block: Block, label: Label, reason: str, heard: Heard | None) -> Decision:
    also = heard.also(block.index) if heard is not None else ()
    return Decision(block, label, label.action, (Evidence(label, "context", reason), *also))


def _renamed(decision: Decision, label: Label, reason: str) -> Decision:
    proof = Evidence(label, "context", reason)
    return Decision(decision.block, label, label.action, (proof, *decision.evidence))
