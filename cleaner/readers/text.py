"""Plain text: a block is a line, a hard-wrapped paragraph, or a sentence of a one-line clip.

Spans are offsets into the source; what stands between two spans is white space alone, so
that blocks and gaps join to the source again, character for character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..clip import Block, Clip, Kind

KIND = "text"
_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BULLET = re.compile(r"(?:[•‣◦▪●■·*+–—-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_FIRST_WORD = re.compile(r"\S+")
# Wrapped mail and text browsers break lines at 60 to 100 columns; a clip with a longer line
# that has spaces is not wrapped.
_NARROWEST, _WIDEST = 40, 105
# A clip of so few lines and so many characters a line came as one long line.
_ONE_LINE_CHARS, _ONE_LINE_LINES = 500, 2
# The end of a sentence, unless an abbreviation or an initial stands before it.
_SENTENCE = re.compile(
    r"""(?:(?<=[^\s.][.!?…])|(?<=[.!?…]["'”’»)]))\s+(?=["'“‘«¿¡(]*[A-ZÀ-ÞА-Я0-9])|(?<=[。！？])(?![」』）])"""
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Rev|Hon|No|Nr|vs|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec|Co|Inc|Ltd|Corp|bzw|ca|etc|Mme|Mlle|Sra?|Hr|Fr|z\.B|u\.a|d\.h|e\.g|i\.e)"
    r"|\b(?:[A-Za-z]\.)+[A-Za-z]|\b\d{1,2})\.$"
)


class Line(NamedTuple):
    """A line that holds something: its text, its span, and whether blank lines precede it."""

    text: str
    start: int
    end: int
    blank_before: bool


def sniff(head: str) -> float:
    """Anything can be text; other readers have to be surer than this."""
    return 0.3


def read(source: str, url: str | None = None) -> Clip:
    """The clip in `source`, a plain text."""
    lines = list(_lines(source))
    if len(lines) <= _ONE_LINE_LINES and any(len(line.text) > _ONE_LINE_CHARS for line in lines):
        blocks = _sentences(lines)
    else:
        blocks = _paragraphs(lines, wrapped_joins(lines))
    return Clip(KIND, source, tuple(blocks), url)


def _lines(source: str) -> Iterator[Line]:
    end = 0
    for match in _LINE.finditer(source):
        raw = match[0]
        text = raw.strip()
        if text:
            start = match.start() + len(raw) - len(raw.lstrip())
            breaks = source.count("\n", end, start) or source.count("\r", end, start)
            yield Line(text, start, start + len(text), breaks > 1)
            end = start + len(text)


def wrapped_joins(lines: Sequence[Line]) -> set[int]:
    """The indices of lines that go on in the next line because the text is hard-wrapped.

    A wrapped line is one that the next line's first word would not have fitted on. Such
    pairs occur by chance; a clip counts as wrapped only where nearly all long lines that
    have a line under them are of the kind.
    """
    width = max((len(line.text) for line in lines if " " in line.text), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return set()
    joins, pairs = set(), 0
    for at, (line, after) in enumerate(zip(lines, lines[1:], strict=False)):
        if after.blank_before or len(line.text) < width / 2 or _BULLET.match(after.text):
            continue
        pairs += 1
        word = _FIRST_WORD.match(after.text)
        if word and len(line.text) + 1 + len(word[0]) > width:
            joins.add(at)
    in_a_row = any(at + 1 in joins for at in joins)
    return joins if in_a_row and len(joins) >= 0.7 * pairs else set()


def _paragraphs(lines: Sequence[Line], joins: set[int]) -> Iterator[Block]:
    index, at = 0, 0
    while at < len(lines):
        first = at
        while at in joins:
            at += 1
        parts = lines[first : at + 1]
        text = " ".join(line.text for line in parts)
        kind = Kind.LIST_ITEM if _BULLET.match(text) else Kind.PARAGRAPH
        joint = "\n\n" if index == 0 or parts[0].blank_before else "\n"
        yield Block(index, text, kind, (parts[0].start, parts[-1].end), joint)
        index += 1
        at += 1


def _sentences(lines: Sequence[Line]) -> Iterator[Block]:
    index = 0
    for line in lines:
        joint = "\n\n"
        for start, end in _sentence_spans(line.text):
            span = (line.start + start, line.start + end)
            yield Block(index, line.text[start:end], Kind.PARAGRAPH, span, joint)
            index, joint = index + 1, " "


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _SENTENCE.finditer(text):
        if _ABBREVIATION.search(text, max(start, gap.start() - 12), gap.start()):
            continue
        yield start, gap.start()
        start = gap.end()
    if start < len(text):
        yield start, len(text)
