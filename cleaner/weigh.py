"""What the classifier's scores decide, and how they join with what the rules say.

Rules that know a block's words have the last word: they were proved by examples. Rules that go
by the elements around a block, or by its form and place, and hints, count only where the
classifier thinks little of the block; and it takes out by itself what it is sure of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .clip import Block, Clip, Kind
from .decision import Evidence
from .labels import Action, Label
from .shape import Shape
from .thresholds import Thresholds

COPY = "context.copy"
# A clip in which this share of the lines is chrome beyond doubt is a whole page; in others an
# extractor has been there. Between the two lies nothing: extracted clips of the labelled data
# have 0.01 of such lines, dumps of whole pages 0.6 (medians).
_SURE, _PAGE_SHARE = 0.05, 0.3
# With fewer words of text than this the classifier does not know what it looks at.
_FEWEST_WORDS = 30
# A block of so many words that stood in the clip before is a copy for another screen.
_COPY_WORDS = 8
# A line is the headline where the classifier gives it this probability.
_TITLED = 0.3
_READER = (Kind.IMAGE, Kind.FRONT_MATTER)


class Heard:
    """The classifier's evidence on a clip's blocks, and what follows from it."""

    def __init__(
        self,
        clip: Clip,
        shapes: Sequence[Shape],
        evidence: Mapping[int, Evidence],
        thresholds: Thresholds,
    ) -> None:
        self._blocks = clip.blocks
        self._evidence = {i: e for i, e in evidence.items() if clip.blocks[i].kind not in _READER}
        self._thresholds = thresholds
        scores = {i: e.score or 0.0 for i, e in self._evidence.items()}
        self.knows = sum(shapes[i].words for i, s in scores.items() if s >= 0.5) >= _FEWEST_WORDS
        sure = sum(score < _SURE for score in scores.values())
        self.page = sure >= _PAGE_SHARE * max(1, len(scores))
        self._alone = thresholds.page if self.page else thresholds.clean
        self.title = self._title()
        self._copies = self._find_copies(shapes) if self.knows and self.page else frozenset()

    def of(self, index: int) -> Evidence | None:
        """The evidence on a block; None where the classifier has nothing to say."""
        return self._evidence.get(index) if self.knows else None

    def leaves(self, index: int) -> Evidence | None:
        """The evidence that takes a block out which no rule speaks of."""
        heard = self.of(index)
        if heard is None or heard.score is None:
            return None
        if index in self._copies:
            return Evidence(Label.OTHER_CHROME, "context", COPY)
        if heard.score >= self._alone or index == self.title:
            return None
        return heard

    def confirms(self, index: int, said: Evidence) -> bool:
        """Whether what a rule says of a block holds, in the classifier's eyes."""
        heard = self.of(index)
        if heard is None or heard.score is None or said.level > 1:
            return said.strength == "sure"
        if said.strength == "hint":
            limit = self._thresholds.hint if self.page else self._thresholds.clean
        elif said.source in ("element", "form"):
            metadata = said.label.action is Action.METADATA
            limit = self._thresholds.metadata if metadata else self._thresholds.element
        else:
            return True
        return heard.score < limit and (index != self.title or said.label is Label.TITLE)

    def _title(self) -> int | None:
        best = max(self._evidence.items(), key=lambda item: item[1].title, default=None)
        return best[0] if best is not None and best[1].title >= _TITLED else None

    def _find_copies(self, shapes: Sequence[Shape]) -> frozenset[int]:
        seen: set[str] = set()
        copies = set()
        for index, heard in self._evidence.items():
            shape = shapes[index]
            if shape.words < _COPY_WORDS or (heard.score or 0) < self._alone:
                continue
            if shape.folded in seen:
                copies.add(index)
            seen.add(shape.folded)
        return frozenset(copies)


def labelled(block: Block, heard: Evidence) -> Evidence:
    """The classifier's evidence with a label that takes the block out of the text: where it
    thinks that the block may well be text, but not enough so, it names none."""
    if heard.label.action is not Action.KEEP:
        return heard
    return heard._replace(label=Label.OTHER_CHROME)
