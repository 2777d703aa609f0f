"""Captions among the lines of a text clip, by the credits at and under them.

In a text nothing marks a picture. What gives its caption away is the credit: at the line's
end, or alone on the next line. Judged when nothing else leaves any more; a line that is taken
out here has the credit beside it as its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .clip import Block, Clip, Image, Kind
from .context import Context
from .credit_lines import (
    GOES_ON,
    SENTENCE_ENDS,
    CreditLines,
    beginning,
    is_names,
    is_person_of_house,
)
from .credits import (
    CreditLine,
    is_company,
    is_cued,
    is_label,
    is_network,
    is_picture_credit,
    split_caption,
)
from .decide import find_title
from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import Shape, count_words
from .weigh import Heard

CREDIT_BEHIND = "context.credit-behind"
CREDIT_UNDER = "context.credit-under"
CREDIT_OVER = "context.credit-over"
CREDIT_ALONE = "context.credit-alone"
ALTERNATIVE = "context.alternative-text"
CUE = "context.caption-words"
OTHER_STORY = "context.other-story"
NO_CREDIT = "context.no-credit"

_OWN_LEVEL = 2
# A caption has so many words; above the second number it may as well be a paragraph that a
# picture without a caption follows.
_WORDS = (2, 110)
_LONG_WORDS, _CUED_WORDS = 45, 70
# With a smaller chance of being text than these, in the classifier's eyes, a line is a caption
# that little else speaks for; the better its other cue, the higher the chance may be.
_DOUBTED, _APART_CHANCE, _CUED_CHANCE, _SURELY = 0.75, 0.75, 0.97, 0.99
# A caption with names in brackets behind it has so many sentences.
_MOST_SENTENCES = 3
# A story's first line above a credit is its caption below this chance.
_OPENING = 0.9
_NEAR_STORY = 14
_KINDS = frozenset({Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE, Kind.HEADING})
_APART_WORDS, _ALT_WORDS = 5, 3
_STAMP_SHARE = 0.18
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class CaptionLines:
    """The captions and credits among a text's lines. Made once for a clip: what its lines say
    does not change while others leave."""

    def __init__(self, clip: Clip, shapes: Mapping[int, Shape]) -> None:
        self.clip = clip
        self.shapes = shapes
        self._lines = CreditLines(clip)
        self._heard: Heard | None = None
        self._context: Context | None = None

    def leaving(self, context: Context, heard: Heard | None) -> dict[int, Decision]:
        """The decisions about alive lines that are captions or credits."""
        if not context.alive:
            return {}
        self._heard, self._context = heard, context
        first, last = _story(context)
        title = heard.title if heard is not None and heard.knows else None
        if title is None:
            title = find_title(context)
        found: dict[int, Decision] = {}
        for index in context.alive:
            near = first - _NEAR_STORY <= index <= last
            headline = index == title and not self._lines.is_credited(index)
            if index in found or headline or not near:
                continue
            reason = self._reason(index, last) if self._may_be_caption(index) else None
            if reason is not None:
                found[index] = _decision(self.clip.blocks[index], Label.CAPTION, reason, heard)
                beside = self._credits_under(index)
                for other in (each for each in beside if each in context.place):
                    block = self.clip.blocks[other]
                    found[other] = _decision(block, Label.CREDIT, CREDIT_UNDER, heard)
            elif self._is_sure_credit(index):
                block = self.clip.blocks[index]
                found[index] = _decision(block, Label.CREDIT, CREDIT_ALONE, heard)
        return found

    def renamed(
        self, context: Context, decisions: Mapping[int, Decision]
    ) -> Iterator[tuple[int, Decision]]:
        """The lines that left the text under another name and are captions' credits; and
        captions that are another story's, or that nothing but the classifier calls so."""
        if not context.alive:
            return
        first, last = _story(context)
        others = _first_removed(decisions, context.last + 1)
        for index, decision in decisions.items():
            if any(evidence.level >= _OWN_LEVEL for evidence in decision.evidence):
                continue
            if decision.label in (Label.CAPTION, Label.CREDIT):
                if context.last >= 0 and index > others:
                    yield index, _renamed(decision, Label.RELATED, OTHER_STORY)
                elif self._is_guessed(index, decision):
                    yield index, _renamed(decision, Label.OTHER_CHROME, NO_CREDIT)
            elif decision.action is Action.REMOVE and not is_label(decision.block.text):
                weak = first - _NEAR_STORY <= index <= last and _is_weak(decision)
                if weak and self._is_sure_credit(index):
                    yield index, _renamed(decision, Label.CREDIT, CREDIT_ALONE)
                elif self._is_credit_of_caption(index, decisions):
                    yield index, _renamed(decision, Label.CREDIT, CREDIT_UNDER)
                elif weak and self._is_over_credit(index, decisions):
                    yield index, _renamed(decision, Label.CAPTION, CREDIT_UNDER)

    def _is_credit_of_caption(self, index: int, decisions: Mapping[int, Decision]) -> bool:
        """Whether a caption stands over a line, a label between them aside, that credits it."""
        labelled = index > 0 and is_label(self.clip.blocks[index - 1].text)
        above = decisions.get(index - 1 - labelled)
        if above is None or above.label is not Label.CAPTION:
            return False
        return self._is_credit_for(above.block.index, index - labelled)

    def _is_over_credit(self, index: int, decisions: Mapping[int, Decision]) -> bool:
        """Whether a line says something, and a credit under it, which left too, says whose."""
        below, shape = decisions.get(index + 1), self.shapes.get(index)
        if below is None or below.action is not Action.REMOVE or not (shape and shape.sentence):
            return False
        return self._may_be_caption(index) and self._is_sure_credit(index + 1)

    def _is_sure_credit(self, index: int) -> bool:
        # The classifier has been asked already; to read a credit costs more.
        if self._is_text(index):
            return False
        if self._lines.runs_into_story(index):
            return self._lines.credit(index) is not None
        if not (self._lines.may_be_sure(index) or "/" in self._lines.text(index)):
            return False
        line = self._lines.credit(index)
        if line is None or line.of_source or self._is_rights_line(index, line):
            return False
        if line.strength != "sure" and not is_person_of_house(line):
            return False
        # A page's foot says whose it is, and on which networks.
        named = [credit.text for credit in line.credits]
        return not any(map(is_company, named)) and not all(map(is_network, named))

    def _is_rights_line(self, index: int, line: CreditLine) -> bool:
        """Whether a line says since when a text is whose: "Copyright 2019 Harbour Press"."""
        return line.of_rights and _YEAR.search(self._lines.text(index)) is not None

    def _is_text(self, index: int) -> bool:
        """Whether the classifier takes a line for text: it does so with few credits."""
        chance = self._heard.chance(index) if self._heard is not None else None
        return chance is not None and chance >= _DOUBTED

    def _may_be_caption(self, index: int) -> bool:
        block, shape = self.clip.blocks[index], self.shapes[index]
        if block.kind not in _KINDS or not _WORDS[0] <= shape.words <= _WORDS[1]:
            return False
        if block.text[0] in GOES_ON or block.text[0].islower():
            # The rest of a sentence, which a link or a name was cut out of.
            return False
        return shape.folded.count("0") < _STAMP_SHARE * len(block.text)

    def _credits_under(self, index: int) -> Iterator[int]:
        """The lines that hold the credit of a caption."""
        under = self._under(index)
        if self._is_credit_for(index, under):
            yield under
            if is_label(self.clip.blocks[under].text):
                yield under + 1

    def _under(self, index: int) -> int:
        """The line under a line. What has left between them does not part them, as it would not
        when the cleaned text is cleaned again."""
        under = index + 1
        context = self._context
        if context is None or under in context.place or self._lines.credit(under) is not None:
            return under
        at = context.place.get(index, len(context.alive))
        return context.alive[at + 1] if at + 1 < len(context.alive) else under

    def _is_credit_for(self, caption: int, index: int) -> bool:
        """Whether a line is the credit of the caption over it."""
        lines = self._lines
        if (self._is_text(index) and not lines.is_formed(index)) or lines.goes_on(index):
            return False
        line = lines.credit(index)
        if line is None:
            return False
        if line.strength == "sure":
            return True
        if line.strength == "names":
            shape = self.shapes.get(caption)
            slashed = self._lines.text(index).startswith("/")
            return shape is not None and (shape.sentence or (slashed and shape.words > _ALT_WORDS))
        if self._lines.gap(index) > max(1, self._lines.gap(caption)):
            return False
        if line.strength == "agency":
            return True
        # The gaps first: what the whole clip credits is asked for a few clips alone.
        if self._lines.gap(caption) < self._lines.gap(index):
            return False
        return self._lines.knows(line.credits)

    def _may_stand_alone(self, text: str) -> bool:
        """Whether a caption's text is more than a fragment, and not the clip's headline with
        the name of its site behind it."""
        return count_words(text) >= _WORDS[0] and not self._lines.has(text)

    # --- why a line is a caption

    def _reason(self, index: int, last: int) -> str | None:
        picture = self._picture_over(index)
        if picture is not None and _says(self.clip.blocks[index].text, picture):
            return ALTERNATIVE
        reason = self._found_reason(index, last, picture)
        # Asked last: for most lines there is no reason, and to read a credit costs the most.
        own = self._lines.credit(index) if reason is not None else None
        return reason if own is None or own.strength == "name" else None

    def _found_reason(self, index: int, last: int, picture: Image | None) -> str | None:
        block = self.clip.blocks[index]
        chance = self._heard.chance(index) if self._heard is not None else None
        doubted = chance is not None and chance < _DOUBTED
        surely = chance is not None and chance > _SURELY
        if block.kind is Kind.LIST_ITEM and not doubted:
            return None
        if (
            index != last
            and not surely
            and self._has_credit_behind(index, picture is not None, doubted)
        ):
            return CREDIT_BEHIND
        under = self._under(index)
        surely = surely and not (index < last and self._lines.is_set_off(under))
        credited = self._is_credit_for(index, under) and self._fits(index, doubted, surely)
        if credited and not self._is_of_story(index, last, under, chance):
            return CREDIT_UNDER
        if doubted and self._has_credit_over(index):
            return CREDIT_OVER
        cued = block.kind is not Kind.HEADING and self._is_cued(index, chance, picture)
        return CUE if cued else None

    def _has_credit_behind(self, index: int, pictured: bool, doubted: bool) -> bool:
        split = self._lines.split(index)
        if not split.credits or not self._may_stand_alone(split.text):
            return False
        if split.sure or pictured:
            return True
        behind = self._lines.text(index)[len(split.text) :].strip()
        if "|" in behind:
            # "Was it a trick? | Politics | Evening Show": the parts of a title.
            return False
        if doubted and split.text[-1] in SENTENCE_ENDS and _is_short(split.text):
            return True
        return self._lines.knows(split.credits) or (
            split.text[-1] in SENTENCE_ENDS
            and self.shapes[index].words <= _LONG_WORDS
            and is_names(behind)
        )

    def _has_credit_over(self, index: int) -> bool:
        """Whether a credit beyond doubt stands over a line, and over the credit nothing that
        it could be of."""
        if index == 0 or not (self.shapes[index].sentence and self._lines.may_be_sure(index - 1)):
            return False
        line = self._lines.credit(index - 1)
        if line is None or line.strength != "sure" or line.of_source:
            return False
        if not (line.label or is_picture_credit(self._lines.text(index - 1))):
            return False
        above = self.shapes.get(index - 2)
        return above is None or not above.sentence

    def _fits(self, index: int, doubted: bool, surely: bool) -> bool:
        """Whether a line over a credit is its caption, and not a paragraph that a picture
        without a caption follows."""
        block, shape = self.clip.blocks[index], self.shapes[index]
        under = self._under(index)
        line = self._lines.credit(under)
        if block.kind is Kind.HEADING or doubted:
            return doubted
        if self._lines.gap(under) > self._lines.gap(index) + 1:
            return False
        if line is None or line.of_source:
            return False
        if line.strength in ("agency", "names"):
            # Under a paragraph it says who reports.
            return shape.sentence and shape.words <= _LONG_WORDS and not surely
        if surely and self._is_rights_line(under, line):
            # One story of several on a page ends here.
            return False
        return shape.words <= _LONG_WORDS or self._lines.stands_apart(index)

    def _is_of_story(self, index: int, last: int, under: int, chance: float | None) -> bool:
        """Whether the credit under a line is the story's, or of a picture without a caption.

        Under a story's last line it is said where the story was taken from, and whose it is; under
        its first, agencies alone or an office mostly sent the picture that follows.
        """
        line = self._lines.credit(under)
        if line is None or self._context is None:
            return False
        if index == last:
            return line.of_source or line.of_rights or (chance is not None and chance >= _DOUBTED)
        opens = 0 <= self._context.first == index and chance is not None and chance >= _OPENING
        return opens and not any(credit.photographers for credit in line.credits)

    def _is_cued(self, index: int, chance: float | None, picture: Image | None) -> bool:
        """Whether the words of a line or what stands over it show a caption, and the
        classifier is in doubt about it."""
        shape = self.shapes[index]
        if chance is None or chance >= _CUED_CHANCE or shape.words > _CUED_WORDS:
            return False
        if is_cued(self.clip.blocks[index].text):
            return True
        if picture is not None and shape.words > _WORDS[0]:
            return chance < _DOUBTED
        apart = self._lines.stands_apart(index) and shape.sentence and shape.words >= _APART_WORDS
        return apart and chance < _APART_CHANCE

    def _picture_over(self, index: int) -> Image | None:
        """The picture right over a line, or in it, where the clip marks pictures."""
        blocks = self.clip.blocks
        if blocks[index].images:
            return blocks[index].images[0]
        above = blocks[index - 1] if index > 0 else None
        shown = above is not None and above.kind is Kind.IMAGE and above.images
        return above.images[0] if above is not None and shown else None

    def _is_guessed(self, index: int, decision: Decision) -> bool:
        """Whether the classifier alone calls a line a caption, and no credit stands near it."""
        if decision.evidence[0].source != "classifier":
            return False
        block = decision.block
        if self._picture_over(index) is not None:
            return False
        split = split_caption(block.text)
        if split.credits and split.sure:
            return False
        return not self._is_credit_for(index, self._under(index))


def _is_short(text: str) -> bool:
    """Whether a text has no more sentences than captions have."""
    return sum(map(text.count, SENTENCE_ENDS)) <= _MOST_SENTENCES


def _is_weak(decision: Decision) -> bool:
    """Whether no rule of words says what a line is."""
    return all(evidence.source in ("classifier", "form") for evidence in decision.evidence)


def _story(context: Context) -> tuple[int, int]:
    """The first and last line of the story; of a clip in which it cannot be told, of the clip."""
    if context.first < 0:
        return context.alive[0], context.alive[-1]
    return context.first, context.last


def _says(text: str, picture: Image) -> bool:
    """Whether a line says what its picture's alternative text says, in whole or cut short."""
    alt, line = beginning(picture.alt), beginning(text)
    if len(alt) < _ALT_WORDS or len(line) < _ALT_WORDS:
        return False
    return line[: len(alt)] == alt or alt[: len(line)] == line


def _decision(block: Block, label: Label, reason: str, heard: Heard | None) -> Decision:
    also = heard.also(block.index) if heard is not None else ()
    return Decision(block, label, label.action, (Evidence(label, "context", reason), *also))


def _first_removed(decisions: Mapping[int, Decision], start: int) -> int:
    """The first block from `start` on that was chrome: behind it begins what is not the story's.
    A picture, with the words of its frame, may stand under the story's last line."""
    removed = (
        i
        for i, d in decisions.items()
        if i >= start and d.action is Action.REMOVE and d.label is not Label.PLACEHOLDER
    )
    return min(removed, default=start + len(decisions))


def _renamed(decision: Decision, label: Label, reason: str) -> Decision:
    proof = Evidence(label, "context", reason)
    return Decision(decision.block, label, label.action, (proof, *decision.evidence))
