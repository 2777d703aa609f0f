"""Plain text: a block is a line, a hard-wrapped paragraph, or a sentence of a one-line clip.

Spans are offsets into the source; what stands between two spans is white space alone (and
byte order marks, which nobody sees), so that blocks and gaps join to the source again,
character for character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..clip import Block, Clip, Kind
from .glued import story_start

KIND = "text"
BYTE_ORDER_MARK = "\ufeff"
# All that `str.strip` takes off, and the byte order mark: files that were put together have it
# at the start of any line.
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + BYTE_ORDER_MARK
_BULLET = re.compile(r"(?:[•‣◦▪●■·*+–—-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_FIRST_WORD = re.compile(r"\S+")
# Wrapped mail and text browsers break lines at 60 to 100 columns; a clip with a longer line
# that has spaces is not wrapped.
_NARROWEST, _WIDEST = 40, 105
# Of the long lines that have a line under them, so many must be full for a clip to be wrapped.
_FULL = 0.7
# A clip of so few lines and so many characters a line came as one long line.
_ONE_LINE_CHARS, _ONE_LINE_LINES = 500, 2
# Where one sentence ends and the next begins, with the white space between them: there may be
# none after a sign of Chinese or Japanese.
_SENTENCE = re.compile(
    r"""(?:(?<=[^\s.][.!?…])|(?<=[.!?…]["'”’»)]))\s+(?=["'“‘«¿¡(]*[A-ZÀ-ÞА-Я0-9])"""
    r"""|(?<=[。！？])(?![。！？…」』）”’〉》】])[\s\ufeff]*"""
)
# What stands before a full stop that does not end a sentence: an abbreviation, an initial.
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Rev|Hon|No|Nr|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Co|Inc|Ltd|Corp|bzw|ca|etc"
    r"|Mme|Mlle|Sra?|Hr|Fr|z\.B|u\.a|d\.h|e\.g|i\.e)"
    r"|\b(?:[A-Za-z]\.)+[A-Za-z]|\b\d{1,2})\.$"
)
_LONGEST_ABBREVIATION = 12


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
    lines = _lines(source)
    few = len(lines) <= _ONE_LINE_LINES and any(len(line.text) > _ONE_LINE_CHARS for line in lines)
    lines = [part for line in lines for part in _apart(line)]
    blocks = _sentences(lines) if few else _paragraphs(lines, wrapped_joins(lines))
    return Clip(KIND, source, tuple(blocks), url)


def _lines(source: str) -> list[Line]:
    # `strip()` is much faster than `strip(_BLANKS)`, and few clips need the latter.
    blanks = _BLANKS if BYTE_ORDER_MARK in source else None
    lines: list[Line] = []
    at, blank = 0, False
    for raw in source.splitlines(keepends=True):
        text = raw.strip(blanks)
        if text:
            start = at + raw.index(text[0])
            lines.append(Line(text, start, start + len(text), blank))
        blank = not text
        at += len(raw)
    return lines


def _apart(line: Line) -> Iterator[Line]:
    """A line, or a credit and the story that was run into it: a paragraph of its own."""
    cut = story_start(line.text)
    if cut is None:
        yield line
        return
    story = line.text[cut:].lstrip()
    yield line._replace(text=line.text[:cut], end=line.start + cut)
    yield Line(story, line.end - len(story), line.end, blank_before=True)


def wrapped_joins(lines: Sequence[Line]) -> set[int]:
    """The indices of lines that go on in the next line because the text is hard-wrapped.

    A wrapped line is one that the next line's first word would not have fitted on. Such
    pairs occur by chance; a clip counts as wrapped only where nearly all long lines that
    have a line under them are of the kind.
    """
    width = _width(lines)
    if width < _NARROWEST:
        return set()
    joins, pairs = set(), 0
    for at, (line, after) in enumerate(pairwise(lines)):
        if after.blank_before or len(line.text) < width / 2 or _BULLET.match(after.text):
            continue
        pairs += 1
        word = _FIRST_WORD.match(after.text)
        if word and len(line.text) + 1 + len(word[0]) > width:
            joins.add(at)
    in_a_row = any(at + 1 in joins for at in joins)
    return joins if in_a_row and len(joins) >= _FULL * pairs else set()


def _width(lines: Sequence[Line]) -> int:
    """The length of the longest line that has spaces; 0 where one is longer than any that a
    program wraps: of most clips that is one of the first lines."""
    width = 0
    for line in lines:
        length = line.end - line.start
        if length > width and " " in line.text:
            if length > _WIDEST:
                return 0
            width = length
    return width


def _paragraphs(lines: Sequence[Line], joins: set[int]) -> Iterator[Block]:
    index, at = 0, 0
    while at < len(lines):
        text, start, end, blank_before = lines[at]
        if at in joins:
            first = at
            while at in joins:
                at += 1
            end = lines[at].end
            text = " ".join(line.text for line in lines[first : at + 1])
        kind = Kind.LIST_ITEM if _BULLET.match(text) else Kind.PARAGRAPH
        joint = "\n\n" if index == 0 or blank_before else "\n"
        yield Block(index, text, kind, (start, end), joint)
        index += 1
        at += 1


def _sentences(lines: Sequence[Line]) -> Iterator[Block]:
    index = 0
    for line in lines:
        before = None
        for start, end in _sentence_spans(line.text):
            joint = "\n\n" if before is None else " " if before < start else ""
            span = (line.start + start, line.start + end)
            yield Block(index, line.text[start:end], Kind.PARAGRAPH, span, joint)
            index, before = index + 1, end


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _SENTENCE.finditer(text):
        first = max(start, gap.start() - _LONGEST_ABBREVIATION)
        if _ABBREVIATION.search(text, first, gap.start()):
            continue
        yield start, gap.start()
        start = gap.end()
    if start < len(text):
        yield start, len(text)
