"""What the lines of a text say of credits, and the empty lines between them.

It does not change while other lines leave: each line is read once. Whether what a line says makes
it a caption, or its credit, is for `caption_lines` to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from statistics import median

from .clip import Clip, Kind
from .credits import (
    Credit,
    CreditLine,
    Split,
    credit_line,
    is_label,
    is_picture_credit,
    may_be_sure_credit,
    split_caption,
)
from .shape import words_of

# What stands in front of the rest of a sentence, which a link or a name was cut out of.
GOES_ON = (",", ".", ";", ":", ")")
SENTENCE_ENDS = (".", "!", "?", "。")
# So much of a line is compared with others.
_SAME_CHARS = 600
_CREDIT_LENGTH = 160
_SENTENCE_LENGTH = 60
_SIGNS = re.compile(r"[:：©/|(（]|\bvia\b")
_SET_OFF = ("(", "（", "/")
_NAMED = re.compile(r"[^\W\d_][\w.'’-]*")
# Empty lines over a picture, against those between paragraphs.
_WIDE, _WIDER = 8, 3


class CreditLines:
    """The credits among a text's lines, by the lines' indices."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self._credits: dict[int, CreditLine | None] = {}
        self._splits: dict[int, Split] = {}
        self._may_be_sure: dict[int, bool] = {}
        self._gaps = _gaps(clip)
        self._usual = median(self._gaps) if self._gaps else 0

    def text(self, index: int) -> str:
        """A line."""
        return self.clip.blocks[index].text

    def credit(self, index: int) -> CreditLine | None:
        """What a line credits, if it is nothing but a credit; of a label alone, what the line
        under it says."""
        if index not in self._credits:
            self._credits[index] = self._read_credit(index)
        return self._credits[index]

    def split(self, index: int) -> Split:
        """A line parted from the credit at its end."""
        if index not in self._splits:
            self._splits[index] = split_caption(self.clip.blocks[index].text)
        return self._splits[index]

    def is_credited(self, index: int) -> bool:
        """Whether a line is a sentence with a credit beyond doubt behind it, or is as long as one
        and ends in a credit in brackets."""
        split = self.split(index)
        if not (split.sure and split.credits):
            return False
        set_off = self.text(index)[-1] in ")]" and len(split.text) > _SENTENCE_LENGTH
        return set_off or split.text[-1:] in SENTENCE_ENDS

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

    def may_be_sure(self, index: int) -> bool:
        """Whether a line may credit somebody beyond doubt: cheap, and true of more."""
        if index not in self._may_be_sure:
            self._may_be_sure[index] = may_be_sure_credit(self.clip.blocks[index].text)
        return self._may_be_sure[index]

    def runs_into_story(self, index: int) -> bool:
        """Whether nothing parts a line from the dateline behind it: a dump dropped the break."""
        here = self.clip.blocks[index].span
        after = self.clip.blocks[index + 1] if index + 1 < len(self.clip.blocks) else None
        if here is None or after is None or after.span is None:
            return False
        return here[1] == after.span[0] and after.text.startswith("(")

    def goes_on(self, index: int) -> bool:
        """Whether a line is a piece of a sentence: its rest stands under what was a link."""
        rest = self.text(index + 1) if index + 1 < len(self.clip.blocks) else ""
        return rest[:1] in GOES_ON

    def is_formed(self, index: int) -> bool:
        """Whether a line has the form of a credit, whatever the classifier thinks of it."""
        return is_picture_credit(self.text(index)) or self.is_set_off(index)

    def is_set_off(self, index: int) -> bool:
        """Whether several names stand in brackets or behind a slash: "(Mira Toll/Harbour TV)".
        One word in brackets may be laughter or applause."""
        # The form first: to read a credit costs more.
        line = self.credit(index) if is_names(self.text(index)) else None
        return line is not None and line.strength == "names"

    def knows(self, found: Sequence[Credit]) -> bool:
        """Whether the clip credits the same elsewhere, in words that leave no doubt."""
        return all(folded(credit.text) in self._known for credit in found)

    @cached_property
    def _known(self) -> frozenset[str]:
        """What the lines of the clip credit, and the names that stand alone on several."""
        found: set[str] = set()
        names: Counter[str] = Counter()
        for block in self.clip.blocks:
            if len(block.text) > _CREDIT_LENGTH:
                continue
            apart = self.stands_apart(block.index - 1)
            if not (apart or self.may_be_sure(block.index)):
                continue
            # No other line can credit beyond doubt, or be a name that stands on several.
            if not (_SIGNS.search(block.text) or self._lines[folded(block.text)] > 1):
                continue
            line = self.credit(block.index)
            for credit in line.credits if line is not None else ():
                if line is not None and line.strength == "sure":
                    found.add(folded(credit.text))
                elif line is not None and line.strength == "name":
                    names[folded(credit.text)] += apart
        return frozenset(found | {name for name, count in names.items() if count > 1})

    def has(self, text: str) -> bool:
        """Whether a line says the same, and no more."""
        return self._lines[folded(text)] > 0

    @cached_property
    def _lines(self) -> Counter[str]:
        return Counter(folded(block.text) for block in self.clip.blocks)

    def gap(self, index: int) -> int:
        """How many empty lines stand over a line."""
        return self._gaps[index] if 0 <= index < len(self._gaps) else 0

    def stands_apart(self, index: int) -> bool:
        """Whether far more empty lines stand over a line than between most."""
        return self.gap(index) >= max(_WIDE, _WIDER * self._usual)


def is_person_of_house(line: CreditLine) -> bool:
    """Whether names parted by a slash are a person's and a house's: "Mira Toll/Harbour House".
    Two persons are who wrote it."""
    if line.strength != "names" or len(line.credits) > 1:
        return False
    credit = line.credits[0]
    return "/" in credit.text and len(credit.photographers) == 1


def is_names(text: str) -> bool:
    """Whether several capitalised words, a line's end or all of it, stand in brackets or behind
    a slash."""
    words = _NAMED.findall(text) if text.startswith(_SET_OFF) else []
    return len(words) > 1 and not any(word[0].islower() for word in words)


def folded(text: str) -> str:
    """The words of a line's beginning, as lines are compared."""
    return " ".join(beginning(text))


def beginning(text: str) -> list[str]:
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
