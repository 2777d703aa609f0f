"""Markdown as scrapers leave it (html2text, Jina Reader, Firecrawl, Obsidian Web Clipper).

Blocks carry the text that a reader would see; links and images become facts of their block.
Markup that shows nothing (fences, rules, heading marks, link targets, comments) stands in the
gaps between spans.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..clip import Block, Clip, Image, Kind, Link
from .markdown_inline import Inline, fold_label, render
from .markdown_lines import (
    DEFINITION,
    FENCE,
    FOOTNOTE,
    FRONT_KEY,
    FRONT_RULE,
    HEADING,
    ITEM,
    QUOTE,
    RULE,
    SETEXT,
    TABLE_RULE,
    Raw,
    cells,
    find_definitions,
    front_lines,
    is_table,
    join_cells,
    link_lines,
    split_lines,
    starts_construct,
    unclosed,
    wrapped,
)
from .text import BYTE_ORDER_MARK

KIND = "markdown"
_JINA = {"title": "title", "url source": "url", "published time": "date"}
_JINA_END = "markdown content:"
_JINA_START = re.compile(r"Title: .*\n\s*URL Source: \S+\s")
# Signs of markdown and what each is worth as evidence for it.
_SIGNS = (
    (re.compile(r"^#{1,6} \S", re.M), 0.25),
    (re.compile(r"\[[^\[\]\n]*\]\((?:https?:|/|#|mailto:)[^()\n]*[()]"), 0.3),
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]+[()]"), 0.3),
    (re.compile(r"^(?:```|~~~)", re.M), 0.2),
    (re.compile(r"\|[^|\n]*\n\|?[ \t]*:?-{2,}[^|\n]*\|"), 0.25),
    (re.compile(r"(?<!\*)\*\*[^*\n]+\*\*(?!\*)"), 0.15),
    (re.compile(r"!?\[\[[^\[\]\n]+\]\]"), 0.15),
)


def sniff(head: str) -> float:
    """How sure markdown's own signs make us, from a clip's first characters."""
    head = head.lstrip(BYTE_ORDER_MARK)
    if front_lines(split_lines(head, 0) if head.startswith("---") else []) or _JINA_START.match(
        head
    ):
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


class _Builder:
    """Turns lines into blocks, one construct at a time; `at` is the line looked at."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = split_lines(source, len(source) - len(source.lstrip(BYTE_ORDER_MARK)))
        self.definitions = find_definitions(source)
        self.last_comment = source.rfind("-->")
        self.blocks: list[Block] = []
        self.facts: dict[str, str] = {}
        self.at = 0
        self.blank = True
        self.in_list = False
        self.links = link_lines(self.lines)

    def run(self) -> None:
        self._head()
        constructs: dict[str, list[Callable[[str], bool]]] = {}
        while self.at < len(self.lines):
            text = self.lines[self.at].text
            if not text:
                self.blank = True
                self.at += 1
                continue
            if text[0] not in constructs:
                constructs[text[0]] = self._constructs(text[0])
            if not any(construct(text) for construct in constructs[text[0]]):
                self._paragraph()

    def _constructs(self, first: str) -> list[Callable[[str], bool]]:
        """What a line may be that begins with `first`, in the order in which one construct may
        look like another; where it is indented, anything."""
        anything = first.isspace()
        begins = (
            (self._fence, first in "`~"),
            (self._comment, first == "<"),
            (self._indented_code, False),
            (self._definition, first == "["),
            (self._heading, True),
            (self._rule, first in "*_-"),
            (self._table, True),
            (self._item, first in "*+•-" or first.isdecimal()),
            (self._quote, first == ">"),
        )
        return [construct for construct, may in begins if may or anything]

    def _text(self, at: int) -> str:
        return self.lines[at].text if at < len(self.lines) else ""

    # --- the head of the file

    def _head(self) -> None:
        if end := front_lines(self.lines):
            self._facts_until(end)
        elif _JINA_START.match(self.source, self.lines[0].start if self.lines else 0):
            texts = [line.text.strip().lower() for line in self.lines[:20]]
            if _JINA_END in texts:
                self._facts_until(texts.index(_JINA_END) + 1)

    def _facts_until(self, end: int) -> None:
        """Lines up to `end` are facts: each that says something is a front matter block."""
        key = ""
        for line in self.lines[:end]:
            text = line.text.strip()
            found = FRONT_KEY.match(line.text)
            if found:
                key = found[1].strip().lower()
                key = _JINA.get(key, key)
                self._fact(key, found[2] or "")
            elif text.startswith("- "):
                self._fact(key, text[2:])
            if text and text != FRONT_RULE:
                self._add(Kind.FRONT_MATTER, Inline(text), line.span)
        self.at = end

    def _fact(self, key: str, value: str) -> None:
        value = value.strip().strip("\"'").strip()
        value = value.removeprefix("[[").removesuffix("]]")
        if key and value and value != "[]":
            self.facts[key] = f"{self.facts[key]}; {value}" if key in self.facts else value

    # --- constructs: each takes its lines and says whether it did

    def _fence(self, text: str) -> bool:
        found = FENCE.match(text.lstrip())
        if not found:
            return False
        mark = found[0]
        first = self.at = self.at + 1
        while self.at < len(self.lines):
            inner = self._text(self.at).strip()
            if inner.startswith(mark) and not inner.strip(mark[0]):
                break
            self.at += 1
        self._code(first, self.at)
        self.at += 1
        return True

    def _comment(self, text: str) -> bool:
        """A comment over several lines; one within a line is the line's own affair."""
        start = self.lines[self.at].start
        if not text.lstrip().startswith("<!--") or "-->" in text or start > self.last_comment:
            return False
        end = self.source.find("-->", start) + len("-->")
        while self.at + 1 < len(self.lines) and self.lines[self.at + 1].start < end:
            self.at += 1
        line = self.lines[self.at]
        self.lines[self.at] = Raw(line.text[end - line.start :], end)
        return True

    def _indented_code(self, text: str) -> bool:
        if not text.startswith(("    ", "\t")) or not self.blank or self.in_list:
            return False
        if ITEM.match(text.strip()) or "](" in text:
            return False
        first = self.at
        while self._text(self.at).startswith(("    ", "\t")):
            self.at += 1
        self._code(first, self.at)
        return True

    def _code(self, first: int, end: int) -> None:
        while first < end and not self._text(first):
            first += 1
        while end > first and not self._text(end - 1):
            end -= 1
        if first < end:
            span = self.lines[first].start, self.lines[end - 1].span[1]
            self._add(Kind.CODE, Inline(self.source[slice(*span)]), span)

    def _definition(self, text: str) -> bool:
        """The address of a label shows nothing; of a footnote, the note is seen."""
        if not text.lstrip().startswith("["):
            return False
        line = self.lines[self.at]
        found = DEFINITION.match(text)
        if found and fold_label(found[1]) in self.definitions:
            self.at += 1
            return True
        note = FOOTNOTE.match(text)
        if not note:
            return False
        self._add(Kind.PARAGRAPH, self._linked(note[2], self.at), line.span)
        # What is indented under a note is part of it, no code.
        self.in_list = True
        self.at += 1
        return True

    def _heading(self, text: str) -> bool:
        line, stripped = self.lines[self.at], text.lstrip()
        found = HEADING.match(stripped)
        if found:
            title, level = unclosed(found[2] or ""), len(found[1])
        else:
            under = self._text(self.at + 1)
            other = stripped.startswith("|") or RULE.match(stripped) or ITEM.match(stripped)
            if other or not SETEXT.match(under):
                return False
            title, level = stripped, 1 if under[0] == "=" else 2
        self._add(Kind.HEADING, self._linked(title, self.at), line.span, level=level)
        self.in_list = False
        self.at += 1 if found else 2
        return True

    def _rule(self, text: str) -> bool:
        if not RULE.match(text.lstrip()):
            return False
        self.blank = True
        self.in_list = False
        self.at += 1
        return True

    def _table(self, text: str) -> bool:
        if not is_table(text, self._text(self.at + 1)):
            return False
        joint, rule = "\n\n", self.at + 1
        while "|" in self._text(self.at):
            line = self.lines[self.at]
            if self.at != rule and not TABLE_RULE.match(line.text.lstrip()):
                row = [render(cell, self.definitions) for cell in cells(line.text)]
                self._add(Kind.TABLE, join_cells(row), line.span, joint)
                joint = "\n"
            self.at += 1
        return True

    def _item(self, text: str) -> bool:
        stripped = text.lstrip()
        found = ITEM.match(stripped)
        if not found:
            return False
        first, self.at = self.at, self._item_end(self.at)
        lines = self.lines[first : self.at]
        parts = [stripped[found.end() :], *(line.text.strip() for line in lines[1:])]
        inline = self._linked(" ".join(parts), first)
        if found[0][0].isdigit() and (inline.text or not inline.images):
            inline = inline._replace(text=f"{found[0].strip()} {inline.text}".strip())
        joint = "\n" if self.in_list else "\n\n"
        self._add(Kind.LIST_ITEM, inline, (lines[0].span[0], lines[-1].span[1]), joint)
        self.in_list = True
        return True

    def _item_end(self, first: int) -> int:
        """The line after an item's last: it goes on in lines that are indented under it, and
        in lines that were wrapped, as html2text wraps them."""
        end = first + 1
        while (
            end < len(self.lines)
            and not starts_construct(self._text(end))
            and not self._breaks(self.lines[end - 1])
        ):
            end += 1
        joins = wrapped(self.lines[first:end])
        at = first + 1
        indent = self.lines[first].indent
        while at < end and (self.lines[at].indent > indent or at - 1 - first in joins):
            at += 1
        return at

    def _breaks(self, line: Raw) -> bool:
        """Whether a line ends with a line break that is meant: two spaces or a backslash."""
        return line.text.endswith("\\") or self.source.startswith("  ", line.span[1])

    def _quote(self, text: str) -> bool:
        stripped = text.lstrip()
        found = QUOTE.match(stripped)
        if not found:
            return False
        joint = "\n\n" if self.blank else "\n"
        inline = self._linked(stripped[found.end() :], self.at)
        self._add(Kind.QUOTE, inline, self.lines[self.at].span, joint)
        self.in_list = False
        self.at += 1
        return True

    def _paragraph(self) -> None:
        """Lines up to the next blank line or construct; wrapped lines become one block."""
        first = self.at
        self.at += 1
        while not starts_construct(self._text(self.at)):
            under = self._text(self.at + 1)
            if SETEXT.match(under) or is_table(self._text(self.at), under):
                break
            self.at += 1
        joins = wrapped(self.lines[first : self.at])
        self.in_list = self.in_list and self.lines[first].indent > 0
        at = first
        while at < self.at:
            start = at
            while at - first in joins:
                at += 1
            part = self.lines[start : at + 1]
            inline = self._linked(" ".join(line.text.strip() for line in part), start)
            joint = "\n\n" if self.blank else "\n"
            self._add(Kind.PARAGRAPH, inline, (part[0].span[0], part[-1].span[1]), joint)
            at += 1

    # --- blocks

    def _linked(self, text: str, at: int) -> Inline:
        """`text` rendered; all of it is link text where the line stands inside a card's link."""
        inline = render(text, self.definitions, at in self.links.edges)
        if at in self.links.inside:
            return inline._replace(link_chars=len(inline.text))
        return inline

    def _add(
        self,
        kind: Kind,
        inline: Inline,
        span: tuple[int, int],
        joint: str = "\n\n",
        level: int = 0,
    ) -> None:
        """Adds the block that shows `inline`; where that is images alone, one for each."""
        text, links, images, link_chars = inline
        if text:
            link_chars = min(link_chars, len(text))
            shown = [Block(0, text, kind, span, joint, level, links, images, link_chars)]
        elif len(links) == len(images):
            pairs = zip(images, links, strict=True)
            shown = [_image(image, span, (link,)) for image, link in pairs]
        else:
            shown = [_image(image, span, links) for image in images]
        self.blank = self.blank and not shown
        self.blocks += (
            block._replace(index=at) for at, block in enumerate(shown, len(self.blocks))
        )


def _image(image: Image, span: tuple[int, int], links: tuple[Link, ...]) -> Block:
    return Block(0, image.alt, Kind.IMAGE, span, links=links, images=(image,))
