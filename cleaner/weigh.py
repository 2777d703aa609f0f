"""What the classifier's scores decide, and how they join with what the rules say.

Rules that know a block's words have the last word: they were proved by examples. Rules that go
by the elements around a block, or by its form and place, and hints, count only where the
classifier thinks little of the block; and it takes out by itself what it is sure of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .classifier import HTML, LIKELY, Verdict
from .clip import Block, Clip
from .decision import READER, Decision, Evidence
from .labels import Action, Label
from .text_title import likeliest
from .thresholds import Thresholds

COPY = "context.copy"
# A text clip in which this share of the lines is chrome beyond doubt is a whole page, and so is
# one with many such lines that are a smaller share; in others an extractor has been there. Between
# the two lies little: extracted clips of the labelled data have 0.01 of such lines, dumps of whole
# pages 0.6 (medians).
_SURE, _PAGE_SHARE = 0.05, 0.3
_MANY_SURE, _LARGE_PAGE_SHARE = 30, 0.15
# With fewer words of text than this the classifier does not know what it looks at.
_FEWEST_WORDS = 30
# A block of so many words that stood in the clip before is a copy for another screen.
_COPY_WORDS = 8
# A line is the headline where the classifier gives it this probability.
_TITLED = 0.3
# A block with less than the first chance of being text, and of being metadata than the second,
# is chrome whatever the rules say. In a clip of many blocks they are not asked: they would name
# it better, but they cost more than all else.
_SETTLED, _NO_METADATA, _MANY_BLOCKS = 0.02, 0.1, 100
# So short a line of these labels may stand over a list of what goes with it.
_LABEL_WORDS = 7
_LEADING = (Label.RELATED, Label.COMMENTS, Label.ADVERTISEMENT, Label.NEWSLETTER)
# A line of fewer words is short.
_CLEAN_WORDS = 8


class Heard:
    """The classifier's verdict on the `alive` blocks of a clip, and what follows from it."""

    def __init__(
        self, clip: Clip, alive: Sequence[int], verdict: Verdict, thresholds: Thresholds
    ) -> None:
        self._verdict = verdict
        self._thresholds = thresholds
        self._place = {
            index: at for at, index in enumerate(alive) if clip.blocks[index].kind not in READER
        }
        text = verdict.text
        kept = [at for at in self._place.values() if text[at] >= LIKELY]
        self.knows = sum(verdict.words[at] for at in kept) >= _FEWEST_WORDS
        sure = sum(text[at] < _SURE for at in self._place.values())
        lines = max(1, len(self._place))
        # Of many lines of chrome the classifier sees more than of a few: it may be believed more.
        self._large = sure >= max(_MANY_SURE, _LARGE_PAGE_SHARE * lines)
        self._page = clip.kind == HTML or self._large or sure >= _PAGE_SHARE * lines
        self.title = self.title_among(self._place)
        self._copies: frozenset[int] = frozenset()
        # The blocks that leave though no rule speaks of them.
        self.leaving: frozenset[int] = frozenset()
        if self.knows:
            self._find_leaving(clip, self._limits(clip.kind))

    def also(self, index: int) -> tuple[Evidence, ...]:
        """The evidence on a block, to stand beside what others say of it; empty where the
        classifier has nothing to say."""
        at = self._place.get(index)
        return (self._verdict.evidence(at),) if at is not None and self.knows else ()

    def chance(self, index: int) -> float | None:
        """The probability that a block is text, None where the classifier does not know."""
        at = self._place.get(index)
        return self._verdict.text[at] if at is not None and self.knows else None

    def settled(self, clip: Clip) -> dict[int, Decision]:
        """The decisions about blocks that are chrome beyond doubt: on whole pages most."""
        if not (self.knows and self._page) or len(self._place) < _MANY_BLOCKS:
            return {}
        verdict = self._verdict
        return {
            index: self.decision(clip.blocks[index])
            for index in self.leaving
            if verdict.text[self._place[index]] < _SETTLED
            and verdict.metadata[self._place[index]] < _NO_METADATA
            and verdict.title[self._place[index]] < _TITLED
            and verdict.labels[self._place[index]].action is Action.REMOVE
            and not self._may_lead(self._place[index])
        }

    def _may_lead(self, at: int) -> bool:
        """Whether a block may be a label over others, which the rules then follow."""
        verdict = self._verdict
        return verdict.words[at] < _LABEL_WORDS and verdict.labels[at] in _LEADING

    def decision(self, block: Block) -> Decision:
        """The decision that takes out a block of `leaving`. Where the classifier thinks that
        it may well be text, but not enough so, it has no name for it."""
        at = self._place[block.index]
        own = self._verdict.evidence(at)
        if at in self._copies:
            copy = Evidence(Label.OTHER_CHROME, "context", COPY)
            return Decision(block, copy.label, copy.label.action, (copy, own))
        if own.label.action is Action.KEEP:
            own = own._replace(label=Label.OTHER_CHROME)
        return Decision(block, own.label, own.label.action, (own,))

    def confirms(self, index: int, said: Evidence) -> bool:
        """Whether what a rule says of a block holds, in the classifier's eyes. A site's rules
        and a user's own are not its to judge."""
        at = self._place.get(index)
        if at is None or not self.knows or said.level > 1:
            return said.strength == "sure"
        if said.strength == "hint":
            limit = self._thresholds.hint if self._page else self._thresholds.clean
        elif said.source in ("element", "form"):
            if said.label.action is Action.METADATA:
                # What stands over a caption is its title, however much it looks like a heading.
                doubted = self._verdict.text[at] < self._thresholds.metadata
                return doubted or said.source == "form"
            limit = self._thresholds.element
        else:
            return True
        return self._verdict.text[at] < limit and index != self.title

    def title_among(self, indices: Iterable[int]) -> int | None:
        """The block of these that is likeliest the headline, if any is likely enough."""
        title, place = self._verdict.title, self._place
        known = (index for index in indices if index in place)
        best = max(known, key=lambda index: title[place[index]], default=None)
        return best if best is not None and title[place[best]] >= _TITLED else None

    def headlines(self, clip: Clip) -> list[int]:
        """The lines of a text that may be its headline, the likeliest first; none where the
        classifier does not know."""
        if not self.knows:
            return []
        places, verdict = list(self._place.items()), self._verdict
        blocks = [clip.blocks[index] for index, _ in places]
        title, text, words = (
            [values[at] for _, at in places]
            for values in (verdict.title, verdict.text, verdict.words)
        )
        labels = [verdict.labels[at] for _, at in places]
        return [places[at][0] for at in likeliest(blocks, title, text, words, labels)]

    def _limits(self, kind: str) -> Sequence[float]:
        """The probability below which each block leaves that no rule speaks of, by its place."""
        whole = self._verdict.text
        if kind == HTML:
            return [self._thresholds.html] * len(whole)
        if self._page:
            return [self._thresholds.large if self._large else self._thresholds.page] * len(whole)
        return self._clean_limits()

    def _clean_limits(self) -> list[float]:
        """The same in a clip that is clean already. A short line within the running text is a
        subheading as often as chrome, and the rules know which; what an extractor leaves of the
        page stands above it and below."""
        text, words, limit = self._verdict.text, self._verdict.words, self._thresholds.clean
        long = [at for at, count in enumerate(words) if count >= _CLEAN_WORDS]
        running = [at for at in long if text[at] >= LIKELY]
        first, last = (running[0], running[-1]) if running else (-1, len(text))
        return [
            limit if count >= _CLEAN_WORDS or not first < at < last else 0.0
            for at, count in enumerate(words)
        ]

    def _find_leaving(self, clip: Clip, limits: Sequence[float]) -> None:
        text = self._verdict.text
        if self._page:
            self._copies = self._find_copies(clip, limits)
        self.leaving = frozenset(
            index
            for index, at in self._place.items()
            if (text[at] < limits[at] or at in self._copies) and index != self.title
        )

    def _find_copies(self, clip: Clip, limits: Sequence[float]) -> frozenset[int]:
        """The places of blocks whose text stands in the clip before, of those that would stay."""
        verdict = self._verdict
        seen: set[str] = set()
        copies = set()
        for index, at in self._place.items():
            if verdict.words[at] >= _COPY_WORDS and verdict.text[at] >= limits[at]:
                text = clip.blocks[index].text
                if text in seen:
                    copies.add(at)
                seen.add(text)
        return frozenset(copies)
