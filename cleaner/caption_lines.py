"""Captions among the lines of a text clip, by the credits at and under them.

In a text nothing marks a picture. What gives its caption away is the credit: at the line's
end, or alone on the next line. Judged when nothing else leaves any more; a line that is taken
out here has the credit beside it as its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from statistics import median

from .clip import Block, Clip, Image, Kind
from .context import Context
from .credits import (
    CreditLine,
    Split,
    credit_line,
    is_company,
    is_cued,
    is_label,
    is_network,
    is_picture_credit,
    may_be_sure_credit,
    split_caption,
)
from .decide import find_title
from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import Shape, count_words, words_of
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
_NEAR_STORY = 14
_KINDS = frozenset({Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE, Kind.HEADING})
# So much of a line is compared with others.
_SAME_CHARS = 600
_CREDIT_LENGTH = 160
_SIGNS = re.compile(r"[:：©/|(（]|\bvia\b")
_APART_WORDS, _ALT_WORDS = 5, 3
_SET_OFF, _ENDS = ("(", "（", "/"), ".!?。"
_SENTENCE_ENDS = tuple(_ENDS)
_GOES_ON = (",", ".", ";", ":", ")")
_NAMED = re.compile(r"[^\W\d_][\w.'’-]*")
_STAMP_SHARE = 0.18
# Empty lines over a picture, against those between paragraphs.
_WIDE, _WIDER = 8, 3


class CaptionLines:
    """The captions and credits among a text's lines. Made once for a clip: what its lines say
    does not change while others leave."""

    def __init__(self, clip: Clip, shapes: Mapping[int, Shape]) -> None:
        self.clip = clip
        self.shapes = shapes
        self._credits: dict[int, CreditLine | None] = {}
        self._splits: dict[int, Split] = {}
        self._may_be_sure: dict[int, bool] = {}
        self._gaps = _gaps(clip)
        self._heard: Heard | None = None
        self._context: Context | None = None
        self._usual = median(self._gaps) if self._gaps else 0

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
            if index in found or not near or (index == title and not self._is_credited(index)):
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
                near = first - _NEAR_STORY <= index <= last
                if near and _is_weak(decision) and self._is_sure_credit(index):
                    yield index, _renamed(decision, Label.CREDIT, CREDIT_ALONE)
                elif self._is_credit_of_caption(index, decisions):
                    yield index, _renamed(decision, Label.CREDIT, CREDIT_UNDER)
                elif near and _is_weak(decision) and self._is_over_credit(index, decisions):
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

    # --- what a line says

    def _credit(self, index: int) -> CreditLine | None:
        """What a line credits, if it is nothing but a credit; of a label alone, what the line
        under it says."""
        if index not in self._credits:
            self._credits[index] = self._read_credit(index)
        return self._credits[index]

    def _split(self, index: int) -> Split:
        """A line parted from the credit at its end."""
        if index not in self._splits:
            self._splits[index] = split_caption(self.clip.blocks[index].text)
        return self._splits[index]

    def _is_credited(self, index: int) -> bool:
        """Whether a line is a sentence with a credit beyond doubt behind it: no headline."""
        split = self._split(index)
        return split.sure and bool(split.credits) and split.text[-1:] in _SENTENCE_ENDS

    def _read_credit(self, index: int) -> CreditLine | None:
        if not 0 <= index < len(self.clip.blocks):
            return None
        block = self.clip.blocks[index]
        if len(block.text) > _CREDIT_LENGTH or block.kind is Kind.HEADING:
            return None
        if is_label(block.text) and index + 1 < len(self.clip.blocks):
            below = self.clip.blocks[index + 1].text
            return credit_line(f"{block.text.rstrip(': ')}: {below}")
        return credit_line(block.text)

    def _is_sure_credit(self, index: int) -> bool:
        # The classifier has been asked already; to read a credit costs more.
        if self._is_text(index):
            return False
        if not (self._may_be_sure_credit(index) or "/" in self._text(index)):
            return False
        line = self._credit(index)
        if line is None or line.of_source:
            return False
        if line.strength != "sure" and not _is_person_of_house(line):
            return False
        # A page's foot says whose it is, and on which networks.
        named = [credit.text for credit in line.credits]
        return not any(map(is_company, named)) and not all(map(is_network, named))

    def _may_be_sure_credit(self, index: int) -> bool:
        if index not in self._may_be_sure:
            self._may_be_sure[index] = may_be_sure_credit(self.clip.blocks[index].text)
        return self._may_be_sure[index]

    def _is_text(self, index: int) -> bool:
        """Whether the classifier takes a line for text: it does so with few credits."""
        chance = self._heard.chance(index) if self._heard is not None else None
        return chance is not None and chance >= _DOUBTED

    def _may_be_caption(self, index: int) -> bool:
        block, shape = self.clip.blocks[index], self.shapes[index]
        if block.kind not in _KINDS or not _WORDS[0] <= shape.words <= _WORDS[1]:
            return False
        if block.text[0] in ",.;:)" or block.text[0].islower():
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
        if context is None or under in context.place or self._credit(under) is not None:
            return under
        at = context.place.get(index, len(context.alive))
        return context.alive[at + 1] if at + 1 < len(context.alive) else under

    def _is_credit_for(self, caption: int, index: int) -> bool:
        """Whether a line is the credit of the caption over it."""
        if (self._is_text(index) and not self._is_formed(index)) or self._goes_on(index):
            return False
        line = self._credit(index)
        if line is None:
            return False
        if line.strength == "sure":
            return True
        if line.strength == "names":
            shape = self.shapes.get(caption)
            slashed = self._text(index).startswith("/")
            return shape is not None and (shape.sentence or (slashed and shape.words > _ALT_WORDS))
        if self._gap(index) > max(1, self._gap(caption)):
            return False
        if line.strength == "agency":
            return True
        # The gaps first: what the whole clip credits is asked for a few clips alone.
        if self._gap(caption) < self._gap(index):
            return False
        return all(_folded(credit.text) in self._known for credit in line.credits)

    def _goes_on(self, index: int) -> bool:
        """Whether a line is a piece of a sentence: its rest stands under what was a link."""
        rest = self._text(index + 1) if index + 1 < len(self.clip.blocks) else ""
        return rest[:1] in _GOES_ON

    def _is_formed(self, index: int) -> bool:
        """Whether a line has the form of a credit, whatever the classifier thinks of it."""
        return is_picture_credit(self._text(index)) or self._is_set_off(index)

    def _is_set_off(self, index: int) -> bool:
        """Whether several names stand in brackets or behind a slash: "(Mira Toll/Harbour TV)".
        One word in brackets may be laughter or applause."""
        # The form first: to read a credit costs more.
        line = self._credit(index) if _is_names(self._text(index)) else None
        return line is not None and line.strength == "names"

    def _text(self, index: int) -> str:
        return self.clip.blocks[index].text

    def _is_known(self, split: Split) -> bool:
        """Whether the clip credits the same elsewhere, in words that leave no doubt."""
        return all(_folded(credit.text) in self._known for credit in split.credits)

    @cached_property
    def _known(self) -> frozenset[str]:
        """What the lines of the clip credit, and the names that stand alone on several."""
        found: set[str] = set()
        names: Counter[str] = Counter()
        for block in self.clip.blocks:
            if len(block.text) > _CREDIT_LENGTH:
                continue
            apart = self._stands_apart(block.index - 1)
            if not (apart or self._may_be_sure_credit(block.index)):
                continue
            # No other line can credit beyond doubt, or be a name that stands on several.
            if not (_SIGNS.search(block.text) or self._lines[_folded(block.text)] > 1):
                continue
            line = self._credit(block.index)
            for credit in line.credits if line is not None else ():
                if line is not None and line.strength == "sure":
                    found.add(_folded(credit.text))
                elif line is not None and line.strength == "name":
                    names[_folded(credit.text)] += apart
        return frozenset(found | {name for name, count in names.items() if count > 1})

    @cached_property
    def _lines(self) -> Counter[str]:
        return Counter(_folded(block.text) for block in self.clip.blocks)

    def _may_stand_alone(self, text: str) -> bool:
        """Whether a caption's text is more than a fragment, and not the clip's headline with
        the name of its site behind it."""
        return count_words(text) >= _WORDS[0] and not self._lines[_folded(text)]

    def _gap(self, index: int) -> int:
        """How many empty lines stand over a line."""
        return self._gaps[index] if 0 <= index < len(self._gaps) else 0

    def _stands_apart(self, index: int) -> bool:
        """Whether far more empty lines stand over a line than between most."""
        return self._gap(index) >= max(_WIDE, _WIDER * self._usual)

    # --- why a line is a caption

    def _reason(self, index: int, last: int) -> str | None:
        picture = self._picture_over(index)
        if picture is not None and _says(self.clip.blocks[index].text, picture):
            return ALTERNATIVE
        reason = self._found_reason(index, last, picture)
        # Asked last: for most lines there is no reason, and to read a credit costs the most.
        own = self._credit(index) if reason is not None else None
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
        surely = surely and not (index < last and self._is_set_off(under))
        if self._is_credit_for(index, under) and self._fits(index, doubted, surely):
            line = self._credit(under)
            # Under a story's last line it is said where the story was taken from.
            if line is None or not line.of_source or index != last:
                return CREDIT_UNDER
        if doubted and self._has_credit_over(index):
            return CREDIT_OVER
        cued = block.kind is not Kind.HEADING and self._is_cued(index, chance, picture)
        return CUE if cued else None

    def _has_credit_behind(self, index: int, pictured: bool, doubted: bool) -> bool:
        split = self._split(index)
        if not split.credits or not self._may_stand_alone(split.text):
            return False
        if split.sure or pictured:
            return True
        behind = self._text(index)[len(split.text) :].strip()
        if "|" in behind:
            # "Was it a trick? | Politics | Evening Show": the parts of a title.
            return False
        if doubted and split.text[-1] in _ENDS:
            return True
        return self._is_known(split) or (
            split.text[-1] in _ENDS
            and self.shapes[index].words <= _LONG_WORDS
            and _is_names(behind)
        )

    def _has_credit_over(self, index: int) -> bool:
        """Whether a credit beyond doubt stands over a line, and over the credit nothing that
        it could be of."""
        if index == 0 or not (self.shapes[index].sentence and self._may_be_sure_credit(index - 1)):
            return False
        line = self._credit(index - 1)
        if line is None or line.strength != "sure" or line.of_source:
            return False
        if not (line.label or is_picture_credit(self._text(index - 1))):
            return False
        above = self.shapes.get(index - 2)
        return above is None or not above.sentence

    def _fits(self, index: int, doubted: bool, surely: bool) -> bool:
        """Whether a line over a credit is its caption, and not a paragraph that a picture
        without a caption follows."""
        block, shape = self.clip.blocks[index], self.shapes[index]
        under = self._under(index)
        line = self._credit(under)
        if block.kind is Kind.HEADING or doubted:
            return doubted
        if self._gap(under) > self._gap(index) + 1:
            return False
        if line is None or line.of_source:
            return False
        if line.strength in ("agency", "names"):
            # Under a paragraph it says who reports.
            return shape.sentence and shape.words <= _LONG_WORDS and not surely
        return shape.words <= _LONG_WORDS or self._stands_apart(index)

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
        apart = self._stands_apart(index) and shape.sentence and shape.words >= _APART_WORDS
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


def _is_person_of_house(line: CreditLine) -> bool:
    """Whether names parted by a slash are a person's and a house's: "Mira Toll/Harbour House".
    Two persons are who wrote it."""
    if line.strength != "names" or len(line.credits) > 1:
        return False
    credit = line.credits[0]
    return "/" in credit.text and len(credit.photographers) == 1


def _is_names(text: str) -> bool:
    """Whether several capitalised words, a line's end or all of it, stand in brackets or behind
    a slash."""
    words = _NAMED.findall(text) if text.startswith(_SET_OFF) else []
    return len(words) > 1 and not any(word[0].islower() for word in words)


def _is_weak(decision: Decision) -> bool:
    """Whether no rule of words says what a line is."""
    return all(evidence.source in ("classifier", "form") for evidence in decision.evidence)


def _story(context: Context) -> tuple[int, int]:
    """The first and last line of the story; of a clip in which it cannot be told, of the clip."""
    if context.first < 0:
        return context.alive[0], context.alive[-1]
    return context.first, context.last


def _folded(text: str) -> str:
    return " ".join(_words(text))


def _says(text: str, picture: Image) -> bool:
    """Whether a line says what its picture's alternative text says, in whole or cut short."""
    alt, line = _words(picture.alt), _words(text)
    if len(alt) < _ALT_WORDS or len(line) < _ALT_WORDS:
        return False
    return line[: len(alt)] == alt or alt[: len(line)] == line


def _words(text: str) -> list[str]:
    """Those of its beginning."""
    return words_of(text[:_SAME_CHARS])


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
