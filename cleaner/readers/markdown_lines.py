"""What a line of markdown is by itself or with the line under it, and what runs over many
lines: front matter, the addresses of labels, links that end further down.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .markdown_inline import Definitions, Inline, fold_label
from .text import Line, wrapped_joins

HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*)|$)")
SETEXT = re.compile(r"(=+|-{3,})$")
RULE = re.compile(r"(?:[*_-][ \t]*){3,}$")
ITEM = re.compile(r"(?:[*+•-]|\d{1,3}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
QUOTE = re.compile(r"(?:>[ \t]?)+")
FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")
TABLE_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?$")
# As GFM also allows, with one dash to a column: so little is a rule only under a row with as
# many cells.
_THIN_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_CELL_SPLIT = re.compile(r"(?<!\\)\|")
FRONT_RULE = "---"
FRONT_KEY = re.compile(r"([^\W\d][\w .-]{0,40}):(?:[ \t]+(.*)|$)")
# What else may stand in front matter: list items, values that go on, comments.
_FRONT_LINE = re.compile(r"[ \t#-]|$")
DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)([^\[\]\n]{1,300})\]:[ \t]*(?:<([^<>\n]*)>|(\S+))"
    r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t\r]*$",
    re.M,
)
FOOTNOTE = re.compile(r"^ {0,3}\[(\^[^\[\]\s]{1,40})\]:[ \t]*(.*)", re.M)
# A definition's address; `[Anna]: Yes.` is an interview unless some link has the label.
_ADDRESS = re.compile(r"^[#?]|/|^\w+:|\w\.\w")
_BRACKETS = re.compile(r"\\.|\[|\]\(?")
_USED_LABEL = re.compile(r"\]\[([^\[\]\n]{1,300})\]")
# The lines inside a link that ends within so many lines (a card) are all link text.
_LINK_LINES = 14


class Raw(NamedTuple):
    """A source line: its text without white space at the end, and its offset."""

    text: str
    start: int

    @property
    def indent(self) -> int:
        """How far the line is indented."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def span(self) -> tuple[int, int]:
        """The place in the source of what the line shows."""
        return self.start + self.indent, self.start + len(self.text)


def split_lines(source: str, start: int) -> list[Raw]:
    """The lines of a source from `start` on."""
    lines = []
    for raw in source[start:].splitlines(keepends=True):
        lines.append(Raw(raw.rstrip(), start))
        start += len(raw)
    return lines


def wrapped(lines: Sequence[Raw]) -> set[int]:
    """The indices of lines that were wrapped and go on in the next (see `wrapped_joins`)."""
    if len(lines) == 1:
        return set()
    return wrapped_joins([Line(line.text.strip(), *line.span, False) for line in lines])


def front_lines(lines: Sequence[Raw]) -> int:
    """How many of the first lines are front matter, its two rules among them."""
    first = [line.text for line in lines[:2]]
    if first[:1] != [FRONT_RULE] or not FRONT_KEY.match(first[-1]):
        return 0
    for at, (text, _) in enumerate(lines[1:], 1):
        if text == FRONT_RULE:
            return at + 1
        if not (FRONT_KEY.match(text) or _FRONT_LINE.match(text)):
            return 0
    return 0


def find_definitions(source: str) -> Definitions:
    """The addresses of labels, and the labels of footnotes, which have none."""
    if "]:" not in source:
        return {}
    used = {fold_label(label) for label in _USED_LABEL.findall(source)}
    found: dict[str, str] = {}
    for label, angled, plain in DEFINITION.findall(source):
        name, address = fold_label(label), angled or plain
        if name and (_ADDRESS.search(address) or name in used):
            found.setdefault(name, address)
    notes = {fold_label(label): "" for label, _ in FOOTNOTE.findall(source)}
    return found | notes


def starts_construct(text: str) -> bool:
    """Whether a line ends the paragraph above it: it is blank, or begins something else."""
    stripped = text.lstrip()
    # No mark is a letter, and most lines begin with one.
    return not stripped[:1].isalpha() and (
        not stripped
        or HEADING.match(stripped) is not None
        or FENCE.match(stripped) is not None
        or ITEM.match(stripped) is not None
        or stripped.startswith((">", "<!--"))
        or RULE.match(stripped) is not None
        or (stripped[0] == "[" and (DEFINITION.match(text) or FOOTNOTE.match(text)) is not None)
    )


def unclosed(title: str) -> str:
    """A heading's text without the `#` that may close it; that of `C#` belongs to it."""
    opened = title.rstrip("#")
    return title if opened and opened[-1] not in " \t" else opened


def is_table(head: str, under: str) -> bool:
    """Whether a line is the first of a table, by the line under it."""
    under = under.strip()
    if "|" not in head or "|" not in under:
        return False
    if TABLE_RULE.match(under):
        return True
    thin = _THIN_RULE.match(under) and not ITEM.match(head.lstrip())
    return bool(thin) and len(cells(head)) == len(cells(under))


def cells(row: str) -> list[str]:
    """The markup of each cell of a table's row."""
    row = row.strip().removeprefix("|")
    return _CELL_SPLIT.split(row[:-1] if row.endswith("|") and row[-2:] != "\\|" else row)


def join_cells(cells: Sequence[Inline]) -> Inline:
    """A row's cells as one text."""
    return Inline(
        " | ".join(cell.text for cell in cells).strip(" |"),
        tuple(link for cell in cells for link in cell.links),
        tuple(image for cell in cells for image in cell.images),
        sum(cell.link_chars for cell in cells),
    )


class LinkLines(NamedTuple):
    """The lines that are inside a link of several lines, and those that such a link begins or
    ends on, however far it goes."""

    inside: frozenset[int]
    edges: frozenset[int]


def link_lines(lines: Sequence[Raw]) -> LinkLines:
    """The lines of the links that open on one line and end on a later one."""
    inside: set[int] = set()
    edges: set[int] = set()
    opened: int | None = None
    for at, (text, _) in enumerate(lines):
        if "[" not in text and "]" not in text:
            continue
        closes, opens = _unpaired(text)
        if closes and opened is not None:
            edges |= {opened, at}
            if at - opened <= _LINK_LINES:
                inside.update(range(opened, at + 1))
            opened = None
        if opens:
            opened = at
    return LinkLines(frozenset(inside), frozenset(edges))


def _unpaired(text: str) -> tuple[bool, bool]:
    """Whether a line has the end of a link that it does not begin, and whether it has the
    beginning of one that it does not end."""
    depth, closes = 0, False
    for found in _BRACKETS.finditer(text):
        if found[0] == "[":
            depth += 1
        elif depth and found[0][0] == "]":
            depth -= 1
        elif found[0] == "](":
            closes = True
    return closes, depth > 0
