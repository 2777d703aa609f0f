"""The byline of a text clip: names that stand under its headline, where no rule knows the words.

Dumps have it in many forms: "Von Henrike Stolp, Redakteurin", a name over the date, a line "By"
and the name below. A name alone is no byline: a menu has lines of the same form. It is one where
a date stands beside it, or a word that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from .authors import looks_like_name
from .clip import Block, Kind
from .credits import is_picture_credit
from .decision import Evidence, Part
from .labels import Label

BYLINE = "context.byline"
# So far below the headline it is looked for, in lines and in paragraphs of so many words.
_LINES, _TOP, _PARAGRAPHS, _PROSE_WORDS = 30, 200, 3, 20
_LONGEST, _DATE_CHARS, _REST = 160, 80, 80
_OTHER_KINDS = (Kind.TABLE, Kind.CODE, Kind.HEADING, Kind.QUOTE)
# ... and so far above and below the beginning of the story.
_ABOVE, _INTO = 12, 8
# Names have so many lines between them and the date at most.
_BESIDE = 2
_MARKS = re.compile(r"^[\s*•+#>-]+")
_BY = (
    r"(?:by|words by|written by|von|text von|par|por|di|door|av|af|oleh|autor|autora|author|"
    r"(?:ein(?:e)?\s)?(?:kommentar|analyse|interview|kolumne|gastbeitrag|bericht|reportage)\svon)"
)
_BEFORE = re.compile(_BY + r"\s?:?\s+", re.I)
_ALONE = re.compile(_BY + r"\s?:?|[^.!?]{0,30}:", re.I)
# What ends the names of a byline.
_END = re.compile(r"\d|\s[-–—·•|:]\s|[|•·;(]|\s(?:published|posted|updated)\b", re.I)
_PARTING = re.compile(r"\s*(?:,|/|&|\s(?:and|und|et|y|og|och|en|e)\s)\s*")
_ROLE = re.compile(
    r"(?:\s+(?:(?:online-)?redakteur(?:in)?|journalist(?:in)?|(?:staff\s)?(?:writer|reporter)|editor|"
    r"correspondent|the associated press|tips meg))+\s*$",
    re.I,
)
# Behind a name it is the paper's: "Mira Toll, Harbour Press".
_HOUSE = re.compile(
    r"(?:press|times|post|tribune|herald|journal|gazette|star|sun|record|chronicle|courier|register"
    r"|today|radio|television|tv|network|dispatch|globe|observer|bulletin|staff|zeitung|anzeiger)$",
    re.I,
)
_DATED = re.compile(r"\b\d{4}\b|\d{1,2}[:.h]\d{2}|\bago\b|\bpublished\b", re.I)


def said(blocks: Sequence[Block], words: Mapping[int, float]) -> dict[int, Evidence]:
    """The evidence on those of a text's lines, down to its third paragraph, that name the authors
    behind a word such as "by". The first line is its headline, whatever it says."""
    lines = list(_short(blocks, range(1, min(len(blocks), _TOP)), words))
    return _evidence({at: part for at in lines if (part := _names(blocks[at], behind_by=True))})


def named(
    blocks: Sequence[Block], title: int, body: int, words: Mapping[int, float]
) -> dict[int, Evidence]:
    """As `said`, of the lines under the headline, the block at `title`, and around the beginning
    of the story, the block at `body`; where none says so, of lines that are names alone beside a
    date."""
    under = range(title + 1, min(title + 1 + _LINES, len(blocks)))
    around = range(max(title + 1, body - _ABOVE), min(body + _INTO, len(blocks)))
    window = sorted({*_short(blocks, under, words), *_short(blocks, around, words)})
    parts = {at: part for at in window if (part := _names(blocks[at], behind_by=True))}
    return _evidence(parts or _dated(blocks, window))


def _evidence(parts: Mapping[int, Part]) -> dict[int, Evidence]:
    return {at: Evidence(Label.BYLINE, "context", BYLINE, parts=(p,)) for at, p in parts.items()}


def _short(blocks: Sequence[Block], lines: range, words: Mapping[int, float]) -> Iterator[int]:
    """The short ones of these lines, down to the third paragraph."""
    paragraphs = 0
    for at in lines:
        if words.get(blocks[at].index, 0) >= _PROSE_WORDS:
            paragraphs += 1
            if paragraphs == _PARAGRAPHS:
                return
        elif len(blocks[at].text) <= _LONGEST and blocks[at].kind not in _OTHER_KINDS:
            yield at


def _dated(blocks: Sequence[Block], window: Sequence[int]) -> dict[int, Part]:
    """The first lines that are names alone, one under the other, beside a date or under a line
    that says whose names follow."""
    group: dict[int, Part] = {}
    proved = False
    for at in window:
        if group and at > max(group) + _BESIDE:
            if proved:
                return group
            group, proved = {}, False
        part = _names(blocks[at], behind_by=False)
        if part is not None:
            group[at] = part
            beside = blocks[max(0, at - _BESIDE) : at + _BESIDE + 1]
            dated = any(_DATED.search(block.text, 0, _DATE_CHARS) for block in beside)
            proved = proved or dated or _is_label(blocks[at - 1].text)
    return group if proved else {}


def _is_label(text: str) -> bool:
    return _ALONE.fullmatch(_MARKS.sub("", text)) is not None


def _names(block: Block, behind_by: bool) -> Part | None:
    """The names that a line begins with; `behind_by`: behind a word for "by"."""
    text = block.text
    marks = _MARKS.match(text)
    start = marks.end() if marks else 0
    by = _BEFORE.match(text, start)
    if behind_by != (by is not None):
        return None
    start = by.end() if by else start
    end = _END.search(text, start)
    head = text[start : end.start() if end else len(text)]
    if by is None and end is None and _PARTING.search(head) is None and not looks_like_name(head):
        return None
    if by is None and is_picture_credit(text):
        return None
    last = at = 0
    for parting in [*_PARTING.finditer(head), None]:
        name = _ROLE.sub("", head[at : parting.start() if parting else len(head)])
        if not looks_like_name(name.strip()) or (last and _HOUSE.search(name.strip())):
            break
        last = at + len(name.rstrip())
        at = parting.end() if parting else len(head)
    rest = text[start + last :]
    if not last or len(rest) > _REST or rest.endswith("."):
        return None
    return Part("name", start, start + last)
