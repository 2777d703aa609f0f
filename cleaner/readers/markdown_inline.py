"""Inline markdown to the text a reader sees, with its links and images as facts.

One pass from left to right. A mark that opens something is put out as written and remembered;
what closes it blanks it. So whatever nothing closes stays as written, and no text, however
odd, is read twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.entities import html5
from types import MappingProxyType
from typing import NamedTuple

from ..clip import Image, Link

# Most lines have none of these and are text as they stand.
_SPECIAL = re.compile(r"[\\`*_~=!\[\]<&]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_RUN = re.compile(r"(.)\1*")
_TICKS = re.compile(r"`+")
_BLANKS = re.compile(r"[ \t]*")
# No part of these patterns reads on over the character that would begin the next match: else
# a clip of nothing but beginnings takes time with the square of its length.
_TARGET = re.compile(
    r"\( ?(?:<(?P<angled>[^<>\n]*)>"
    r"|(?P<plain>[^()\\\s]*(?:(?:\\[()]|\\(?![()])|\([^()\s]*\))[^()\\\s]*)*))"
    r"(?:\s+(?:\"(?:[^\"\n]|\"(?!\s*\))){0,400}\"|'[^']*'))?\s*\)"
)
# What is surely an address although it has spaces.
_SPACED_TARGET = re.compile(r"\( ?((?:[a-zA-Z][\w+.-]{1,20}:[^\s()]|/)[^()\n]*)\)")
_EMBED = re.compile(r"!\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_WIKI = re.compile(r"\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]+))?\]\](?!\()")
_FOOTNOTE = re.compile(r"\[(\^[^\[\]\s]{1,40})\]")
_LABEL = re.compile(r"\[([^\[\]\n]{0,300})\]")
_LABEL_CHARS = 300
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_TAG = re.compile(
    r"</?(br|b|i|em|strong|sup|sub|span|u|s|del|ins|small|big|mark|kbd|code|abbr|cite|wbr|a|p|div"
    r"|section|article|center|font|figure|figcaption|details|summary|h[1-6]|ul|ol|li|blockquote"
    r"|table|thead|tbody|tr|td|th|hr)\b[^<>\n]*>",
    re.I,
)
_APART = frozenset("br p div section li tr td th hr".split())
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# `~~` and `==` are marks, longer and shorter runs are not.
_PAIR = 2
# Runs of `*` and `_` are of one mark, of two, or of more.
_MANY = 3


class Inline(NamedTuple):
    """Rendered inline markdown. `link_chars` counts the characters of `text` in links."""

    text: str
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    link_chars: int = 0


# The addresses that a clip defines for the labels of its links (`[label]: address`).
Definitions = Mapping[str, str]
_NO_DEFINITIONS: Definitions = MappingProxyType({})


def render(text: str, definitions: Definitions = _NO_DEFINITIONS, in_link: bool = False) -> Inline:
    """The text that a reader sees of a line of markdown, and the links and images in it.

    `definitions` has the addresses by folded label (see `fold_label`); `in_link` says that
    the line stands inside a link that begins or ends on another line.
    """
    text = text.strip()
    if not _SPECIAL.search(text):
        return Inline(text)
    return _Scanner(text, definitions, in_link).run()


def fold_label(label: str) -> str:
    """A link's label as it is compared with others."""
    return " ".join(label.split()).casefold()


class _Bracket(NamedTuple):
    """A `[` or `![` that nothing has closed yet, and what had been found when it came."""

    piece: int
    at: int
    image: bool
    last: str
    links: int
    images: int
    link_chars: int


class _Double(NamedTuple):
    """A run of `**`: whether it touches anything, and whether nothing stands before it."""

    piece: int
    beside: bool
    begins: bool


@dataclass
class _Mark:
    """A run of emphasis marks that nothing has closed yet."""

    piece: int
    count: int


class _Scanner:
    """Reads a line once. `pieces` join to the text; `last` is the last character shown."""

    def __init__(self, text: str, definitions: Definitions, in_link: bool) -> None:
        self.text = text
        self.definitions = definitions
        self.in_link = in_link
        self.pieces: list[str] = []
        self.last = ""
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.link_chars = 0
        self.brackets: list[_Bracket] = []
        # Marks by their character and number, so that each finds its like at the top.
        self.marks: dict[tuple[str, int], list[_Mark]] = {}
        self.doubles: list[_Double] = []
        self.ticks: dict[int, list[int]] | None = None
        self.comments_end = True

    def run(self) -> Inline:
        text, at = self.text, 0
        while special := _SPECIAL.search(text, at):
            start = special.start()
            self._show(text[at:start])
            at = _READ[special[0]](self, start)
        self._show(text[at:])
        self._drop_stray()
        shown = "".join(self.pieces).strip()
        return Inline(shown, tuple(self.links), tuple(self.images), self.link_chars)

    def _show(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.last = text[-1]

    def _skip(self, at: int) -> int:
        """Where to go on after something that shows nothing: past the white space behind it,
        if there is some before it."""
        if self.last and not self.last.isspace():
            return at
        return self._end(_BLANKS, at)

    def _end(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at

    # --- each of these reads what begins at `at` and gives where to go on

    def escape(self, at: int) -> int:
        after = self.text[at + 1 : at + 2]
        if after in _PUNCTUATION:
            self._show(after)
            return at + 2
        # At the end of a line it stands for a line break.
        self._show("\\" if after else "")
        return at + 1

    def code(self, at: int) -> int:
        start = self._end(_TICKS, at)
        if self.ticks is None:
            self.ticks = {}
            for run in reversed(list(_TICKS.finditer(self.text, at))):
                self.ticks.setdefault(run.end() - run.start(), []).append(run.start())
        closing = self.ticks.get(start - at, [])
        while closing and closing[-1] < start:
            closing.pop()
        if not closing:
            self._show(self.text[at:start])
            return start
        self._show(self.text[start : closing[-1]].strip())
        return closing[-1] + start - at

    def entity(self, at: int) -> int:
        found = _ENTITY.match(self.text, at)
        known = found and (found[0][1] == "#" or found[0][1:] in html5)
        self._show(html.unescape(found[0]) if found and known else "&")
        return found.end() if found and known else at + 1

    def angle(self, at: int) -> int:
        if found := _AUTOLINK.match(self.text, at):
            self._show(found[1])
            return found.end()
        if self.comments_end and self.text.startswith("<!--", at):
            end = self.text.find("-->", at + 2)
            if end >= 0:
                return self._skip(end + 3)
            self.comments_end = False
        if found := _TAG.match(self.text, at):
            if found[1].lower() in _APART and self.last and not self.last.isspace():
                self._show(" ")
            return self._skip(found.end())
        self._show("<")
        return at + 1

    # --- links and images

    def exclamation(self, at: int) -> int:
        if self.text.startswith("[", at + 1):
            if found := _EMBED.match(self.text, at):
                self.images.append(Image(found[1], found[2] or ""))
                return self._skip(found.end())
            return self._open(at, "![")
        self._show("!")
        return at + 1

    def open_bracket(self, at: int) -> int:
        if found := _WIKI.match(self.text, at):
            self._show(found[2] or found[1])
            return found.end()
        found = _FOOTNOTE.match(self.text, at)
        if found and (found[1][1:].isdigit() or fold_label(found[1]) in self.definitions):
            return found.end()
        return self._open(at, "[")

    def _open(self, at: int, mark: str) -> int:
        at += len(mark)
        found = len(self.links), len(self.images), self.link_chars
        self.brackets.append(_Bracket(len(self.pieces), at, mark == "![", self.last, *found))
        self.pieces.append(mark)
        return at

    def close_bracket(self, at: int) -> int:
        opened = self.brackets.pop() if self.brackets else None
        found = self._target(opened, at)
        if found is None:
            self._show("]")
            return at + 1
        href, end = found
        if opened is None:
            return self._skip(end)
        return self._image(opened, href, end) if opened.image else self._link(opened, href, end)

    def _target(self, opened: _Bracket | None, at: int) -> tuple[str, int] | None:
        """Where the link or image leads whose bracket closes at `at`, and where it ends; None
        where it is none."""
        if target := _TARGET.match(self.text, at + 1):
            edge = self.in_link or not self.last or target.end() == len(self.text)
            if opened is None and not edge:
                return None
            return target["angled"] or target["plain"] or "", target.end()
        if spaced := _SPACED_TARGET.match(self.text, at + 1):
            return spaced[1], spaced.end()
        if opened is None or not self.definitions:
            return None
        inner = self.text[opened.at : min(at, opened.at + _LABEL_CHARS + 1)]
        if label := _LABEL.match(self.text, at + 1):
            href = self.definitions.get(fold_label(label[1] or inner))
            if href is not None:
                return href, label.end()
        href = self.definitions.get(fold_label(inner))
        return None if href is None else (href, at + 1)

    def _image(self, opened: _Bracket, src: str, end: int) -> int:
        self._forget_marks(opened.piece)
        alt = "".join(self.pieces[opened.piece + 1 :]).strip()
        del self.pieces[opened.piece :]
        self.last, self.link_chars = opened.last, opened.link_chars
        self.images.append(Image(src, alt))
        return self._skip(end)

    def _link(self, opened: _Bracket, href: str, end: int) -> int:
        pieces, first = self.pieces, opened.piece + 1
        pieces[opened.piece] = ""
        if first < len(pieces) and (not opened.last or opened.last.isspace()):
            pieces[first] = pieces[first].lstrip()
        if pieces[-1][-1:].isspace():
            pieces[-1] = pieces[-1].rstrip() + " "
        # Of links inside one another the innermost counts, as in HTML.
        if len(self.links) == opened.links:
            text = "".join(pieces[first:]).strip()
            if text or len(self.images) > opened.images:
                self.links.append(Link(text, href))
                self.link_chars += len(text)
        return self._skip(end)

    # --- emphasis

    def stress(self, at: int) -> int:
        end = self._end(_RUN, at)
        char, count = self.text[at], end - at
        piece = len(self.pieces)
        self.pieces.append(self.text[at:end])
        if char in "~=" and count != _PAIR:
            self.last = char
            return end
        before, after = self.text[at - 1 : at] or " ", self.text[end : end + 1] or " "
        # One star, and marks that are also signs of their own, are none inside a word.
        strict = char in "_=" or count == 1
        opens = not after.isspace() and not (strict and (_in_word(before) or after in ")],;:"))
        closes = not before.isspace() and not (strict and (_in_word(after) or before in "(["))
        if closes:
            count = self._close(char, count)
            self.pieces[piece] = char * count
        if count and opens:
            self._push(char, _Mark(piece, count))
        if char == "*" and count >= _PAIR and before != "(":
            beside = not (before.isspace() and after.isspace())
            self.doubles.append(_Double(piece, beside, not self.last))
        if count and not opens:
            self.last = char
        return end

    def _push(self, char: str, mark: _Mark) -> None:
        self.marks.setdefault((char, min(mark.count, _MANY)), []).append(mark)

    def _close(self, char: str, count: int) -> int:
        """Closes what a run of `count` marks closes, and gives how many of them are left."""
        while count:
            sizes = (
                (count, _MANY) if count < _MANY else (2, _MANY) if count % 2 == 0 else (1, 2, _MANY)
            )
            stacks = [stack for size in sizes if (stack := self.marks.get((char, size)))]
            if not stacks:
                break
            mark = max(stacks, key=lambda stack: stack[-1].piece).pop()
            # Marks that opened since then stay as they are written.
            self._forget_marks(mark.piece)
            used = min(mark.count, count)
            count -= used
            mark.count -= used
            self.pieces[mark.piece] = char * mark.count
            if mark.count:
                self._push(char, mark)
        return count

    def _forget_marks(self, piece: int) -> None:
        """Forgets the open marks that stand behind a piece."""
        for stack in self.marks.values():
            while stack and stack[-1].piece > piece:
                stack.pop()

    def _drop_stray(self) -> None:
        """Drops marks that are not shown though nothing in this line closes them."""
        stray = [run for run in self.doubles if self._is_double(run.piece)]
        if stray and self._are_marks(stray):
            for run in stray:
                self.pieces[run.piece] = ""
        if self.in_link and self.brackets:
            self.pieces[self.brackets[0].piece] = ""

    def _is_double(self, piece: int) -> bool:
        """Whether a piece still is `**` (or several): an image may have taken it away."""
        stars = self.pieces[piece] if piece < len(self.pieces) else ""
        return stars.startswith("**") and not stars.strip("*") and len(stars) % _PAIR == 0

    def _are_marks(self, stray: list[_Double]) -> bool:
        """Whether `**` that nothing closes are marks; `5 ** 2` and `f(*args, **kwargs)` have
        none."""
        first, last = stray[0], stray[-1]
        if last is not first or len(self.pieces[first.piece]) > _PAIR:
            # Converters put a space before the end of a mark: `**Note: **this`.
            return any(run.beside for run in stray)
        ends = not "".join(self.pieces[last.piece + 1 :]).strip("_* ")
        # The other half is on another line.
        return (first.beside or ends) if first.begins else (last.beside and ends)


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_READ: Mapping[str, Callable[[_Scanner, int], int]] = MappingProxyType(
    {
        "\\": _Scanner.escape,
        "`": _Scanner.code,
        "*": _Scanner.stress,
        "_": _Scanner.stress,
        "~": _Scanner.stress,
        "=": _Scanner.stress,
        "!": _Scanner.exclamation,
        "[": _Scanner.open_bracket,
        "]": _Scanner.close_bracket,
        "<": _Scanner.angle,
        "&": _Scanner.entity,
    }
)
