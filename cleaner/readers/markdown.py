"""Markdown as scrapers leave it (html2text, Jina Reader, Firecrawl, Obsidian Web Clipper).

Blocks carry the text that a reader would see; links and images become facts of their block.
Markup that shows nothing (fences, rules, heading marks, link targets) stands in the gaps
between spans.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..clip import Block, Clip, Kind
from .markdown_inline import Inline, render
from .text import Line, wrapped_joins

KIND = "markdown"
_ANY_LINE = re.compile(r"([^\n]*)(?:\n|$)")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_SETEXT = re.compile(r"(=+|-{3,})\s*$")
_RULE = re.compile(r"(?:[*_-][ \t]*){3,}$")
_ITEM = re.compile(r"(?:[*+•-]|\d{1,3}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_FENCE = re.compile(r"(```+|~~~+)")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?$")
_CELL_SPLIT = re.compile(r"(?<!\\)\|")
_FRONT_KEY = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)$")
_JINA = {"title": "title", "url source": "url", "published time": "date"}
_JINA_END = "markdown content:"
# Signs of markdown and what each is worth as evidence for it.
_SIGNS = (
    (re.compile(r"^#{1,6} \S", re.M), 0.25),
    (re.compile(r"\[[^\]\n]*\]\((?:https?:|/|#|mailto:)[^)\n]*\)"), 0.3),
    (re.compile(r"!\[[^\]\n]*\]\([^)\n]+\)"), 0.3),
    (re.compile(r"^(?:```|~~~)", re.M), 0.2),
    (re.compile(r"^\|?.+\|.+\n\|?[ \t]*:?-{2,}.*\|", re.M), 0.25),
    (re.compile(r"(?<!\*)\*\*[^*\n]+\*\*(?!\*)"), 0.15),
    (re.compile(r"!?\[\[[^\]\n]+\]\]"), 0.15),
)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:[A-Za-z][\w -]*:.*\n|[ \t]+.*\n|-.*\n)+---[ \t]*(?:\n|$)")
_JINA_START = re.compile(r"Title: .*\n+URL Source: \S+\n")
# A link whose text runs over several lines (a card) ends within so many lines.
_LINK_LINES = 14


def sniff(head: str) -> float:
    """How sure markdown's own signs make us, from a clip's first characters."""
    if _FRONT_MATTER.match(head) or _JINA_START.match(head):
        return 0.95
    if "<html" in head[:2000].lower():
        return 0.0
    return min(0.9, sum(worth for sign, worth in _SIGNS if sign.search(head)) + 0.1)


def read(source: str, url: str | None = None) -> Clip:
    """The clip in `source`, a markdown text."""
    builder = _Builder(source)
    builder.run()
    facts = builder.facts
    return Clip(KIND, source, tuple(builder.blocks), url or facts.get("url"), facts)


class _Raw(NamedTuple):
    """A source line: its text without the line end, and its offset."""

    text: str
    start: int


class _Builder:
    """Turns lines into blocks, one construct at a time; `at` is the line looked at."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = list(_raw_lines(source))
        self.blocks: list[Block] = []
        self.facts: dict[str, str] = {}
        self.at = 0
        self.blank = True
        self.in_list = False
        self.in_link = _link_spans([line.text for line in self.lines])

    def run(self) -> None:
        self._head()
        # In the order in which one construct may look like another.
        constructs: tuple[Callable[[str], bool], ...] = (
            self._fence,
            self._indented_code,
            self._heading,
            self._rule,
            self._table,
            self._item,
            self._quote,
        )
        while self.at < len(self.lines):
            text = self.lines[self.at].text
            if not text.strip():
                self.blank = True
                self.at += 1
                continue
            if not any(construct(text) for construct in constructs):
                self._paragraph()

    # --- the head of the file

    def _head(self) -> None:
        front = _FRONT_MATTER.match(self.source)
        if front:
            self._facts_until(self.source.count("\n", 0, front.end()))
        elif _JINA_START.match(self.source):
            texts = [line.text.strip().lower() for line in self.lines[:20]]
            if _JINA_END in texts:
                self._facts_until(texts.index(_JINA_END) + 1)

    def _facts_until(self, end: int) -> None:
        """Lines up to `end` are facts: each that says something is a front matter block."""
        key = ""
        while self.at < min(end, len(self.lines)):
            line = self.lines[self.at]
            text = line.text.strip()
            found = _FRONT_KEY.match(text)
            if found and not line.text.startswith((" ", "\t", "-")):
                key = found[1].strip().lower()
                key = _JINA.get(key, key)
                self._fact(key, found[2])
            elif text.startswith("- "):
                self._fact(key, text[2:])
            if text and text != "---":
                self._add(Kind.FRONT_MATTER, text, self._span(line, 0, len(line.text)))
            self.at += 1

    def _fact(self, key: str, value: str) -> None:
        value = value.strip().strip("\"'").strip()
        value = value.removeprefix("[[").removesuffix("]]")
        if key and value and value != "[]":
            self.facts[key] = f"{self.facts[key]}; {value}" if key in self.facts else value

    # --- constructs: each takes its lines and says whether it did

    def _fence(self, text: str) -> bool:
        mark = _FENCE.match(text.lstrip())
        if not mark:
            return False
        first = self.at + 1
        self.at = first
        while self.at < len(self.lines) and not self.lines[self.at].text.lstrip().startswith(mark[1]):
            self.at += 1
        self._code(first, self.at)
        self.at += 1
        return True

    def _indented_code(self, text: str) -> bool:
        if not text.startswith(("    ", "\t")) or not self.blank or self.in_list:
            return False
        if _ITEM.match(text.strip()) or "](" in text:
            return False
        first = self.at
        while self.at < len(self.lines) and self.lines[self.at].text.startswith(("    ", "\t")):
            self.at += 1
        self._code(first, self.at)
        return True

    def _code(self, first: int, end: int) -> None:
        while first < end and not self.lines[first].text.strip():
            first += 1
        while end > first and not self.lines[end - 1].text.strip():
            end -= 1
        if first == end:
            return
        start = self.lines[first].start
        stop = self.lines[end - 1].start + len(self.lines[end - 1].text)
        self._add(Kind.CODE, self.source[start:stop].rstrip(), (start, stop))

    def _heading(self, text: str) -> bool:
        line = self.lines[self.at]
        found = _HEADING.match(text.lstrip())
        if found:
            self._inline(Kind.HEADING, line, found[2], level=len(found[1]))
            self.at += 1
            return True
        under = self.lines[self.at + 1].text if self.at + 1 < len(self.lines) else ""
        if not _SETEXT.match(under) or _RULE.match(text.strip()) or "|" in text or _ITEM.match(text.strip()):
            return False
        self._inline(Kind.HEADING, line, text.strip(), level=1 if under[0] == "=" else 2)
        self.at += 2
        return True

    def _rule(self, text: str) -> bool:
        if not _RULE.match(text.strip()):
            return False
        self.blank = True
        self.in_list = False
        self.at += 1
        return True

    def _table(self, text: str) -> bool:
        under = self.lines[self.at + 1].text.strip() if self.at + 1 < len(self.lines) else ""
        if "|" not in text or not ("|" in under and _TABLE_RULE.match(under)):
            return False
        joint = "\n\n"
        while self.at < len(self.lines) and "|" in self.lines[self.at].text:
            line = self.lines[self.at]
            if not _TABLE_RULE.match(line.text.strip()):
                cells = [render(cell.strip()) for cell in _CELL_SPLIT.split(line.text.strip().strip("|"))]
                self._rendered(Kind.TABLE, line, _join_cells(cells), joint)
                joint = "\n"
            self.at += 1
        return True

    def _item(self, text: str) -> bool:
        stripped = text.lstrip()
        found = _ITEM.match(stripped)
        if not found:
            return False
        joint = "\n" if self.in_list else "\n\n"
        number = found[0].strip() + " " if found[0][0].isdigit() else ""
        item = number + stripped[found.end() :]
        self._inline(Kind.LIST_ITEM, self.lines[self.at], item, joint=joint)
        self.in_list = True
        self.at += 1
        return True

    def _quote(self, text: str) -> bool:
        stripped = text.lstrip()
        found = _QUOTE.match(stripped)
        if not found:
            return False
        joint = "\n\n" if self.blank else "\n"
        self._inline(Kind.QUOTE, self.lines[self.at], stripped[found.end() :], joint=joint)
        self.at += 1
        return True

    def _paragraph(self) -> None:
        """Lines up to the next blank line or construct; wrapped lines become one block."""
        first = self.at
        self.at += 1
        while self.at < len(self.lines) and not _starts_construct(self.lines[self.at].text):
            under = self.lines[self.at + 1].text if self.at + 1 < len(self.lines) else ""
            if _SETEXT.match(under) or ("|" in under and _TABLE_RULE.match(under.strip())):
                break
            self.at += 1
        raws = self.lines[first : self.at]
        joins = wrapped_joins([Line(r.text.strip(), r.start, r.start, False) for r in raws])
        indented = raws[0].text[:1] in " \t"
        in_list = self.in_list and indented
        at = 0
        while at < len(raws):
            start = at
            while at in joins:
                at += 1
            part = raws[start : at + 1]
            text = " ".join(raw.text.strip() for raw in part)
            joint = "\n\n" if self.blank else "\n"
            span = (part[0].start, part[-1].start + len(part[-1].text))
            self._rendered(Kind.PARAGRAPH, part[0], self._linked(text, first + start), joint, span=span)
            at += 1
        self.in_list = in_list

    # --- blocks

    def _inline(
        self, kind: Kind, line: _Raw, text: str, level: int = 0, joint: str = "\n\n"
    ) -> None:
        self._rendered(kind, line, self._linked(text, self.at), joint, level)
        if kind is not Kind.LIST_ITEM:
            self.in_list = False

    def _linked(self, text: str, at: int) -> Inline:
        """`text` rendered; all of it is link text where the line stands inside a card's link."""
        inline = render(text)
        return inline._replace(link_chars=len(inline.text)) if at in self.in_link else inline

    def _rendered(
        self,
        kind: Kind,
        line: _Raw,
        inline: Inline,
        joint: str,
        level: int = 0,
        span: tuple[int, int] | None = None,
    ) -> None:
        span = span or self._span(line, 0, len(line.text))
        if not inline.text:
            for image in inline.images:
                self._add(Kind.IMAGE, image.alt, span, images=(image,))
            return
        self._add(kind, inline.text, span, joint, level, inline.links, inline.images, inline.link_chars)

    def _add(self, kind: Kind, text: str, span: tuple[int, int], joint: str = "\n\n", level: int = 0,
             links: tuple = (), images: tuple = (), link_chars: int = 0) -> None:  # type: ignore[type-arg]
        index = len(self.blocks)
        self.blocks.append(
            Block(index, text, kind, span, joint, level, links, images, min(link_chars, len(text)))
        )
        self.blank = False

    @staticmethod
    def _span(line: _Raw, start: int, end: int) -> tuple[int, int]:
        text = line.text[start:end]
        left = len(text) - len(text.lstrip())
        return line.start + start + left, line.start + start + len(text.rstrip())


def _raw_lines(source: str) -> Iterator[_Raw]:
    for match in _ANY_LINE.finditer(source):
        if match.end() > match.start():
            yield _Raw(match[1].rstrip("\r"), match.start())


def _starts_construct(text: str) -> bool:
    stripped = text.lstrip()
    return (
        not stripped
        or _HEADING.match(stripped) is not None
        or _FENCE.match(stripped) is not None
        or _ITEM.match(stripped) is not None
        or stripped.startswith(">")
        or _RULE.match(stripped) is not None
    )


def _join_cells(cells: Sequence[Inline]) -> Inline:
    return Inline(
        " | ".join(cell.text for cell in cells).strip(" |"),
        tuple(link for cell in cells for link in cell.links),
        tuple(image for cell in cells for image in cell.images),
        sum(cell.link_chars for cell in cells),
    )


def _link_spans(texts: Sequence[str]) -> set[int]:
    """The lines that stand inside a link which opens on one line and ends on a later one."""
    inside: set[int] = set()
    opened: int | None = None
    for at, text in enumerate(texts):
        if opened is not None and "](" in text and text.find("](") < _first(text, "["):
            if at - opened <= _LINK_LINES:
                inside.update(range(opened, at + 1))
            opened = None
        if text.count("[") > text.count("]"):
            opened = at
    return inside


def _first(text: str, what: str) -> int:
    at = text.find(what)
    return at if at >= 0 else len(text)
