"""A page's text as scrapers leave it: every block on its own line, chrome and all.

    python -m tests.text_dump lines|indented page.html > page.txt

`lines` is how BeautifulSoup's `get_text("\\n", strip=True)` reads: one line for each block and
each cell, nothing between them. `indented` is how inscriptis reads: blank lines around paragraphs,
bullets and indentation for lists, a row of a table on one line. Hidden elements are in both, as
neither tool looks at styles.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import lxml.html
from lxml.etree import _Element

Style = Literal["lines", "indented"]
STYLES: tuple[Style, ...] = ("lines", "indented")

_SILENT = frozenset("script style template svg iframe textarea".split())
_BLOCKS = frozenset(
    "address article aside blockquote body button caption dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav noscript ol "
    "option p pre section select summary table tbody tfoot thead tr ul "
    "amp-sidebar amp-user-notification amp-consent".split()
)
_SPACED = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure form".split())
_CELLS = frozenset({"td", "th"})
# Parts the cells of a row until white space has been folded.
_CELL_END = "\ue000"
_SPACE = re.compile(r"\s+")


class _Lines:
    """Lines as they are put together from inline text."""

    def __init__(self, style: Style) -> None:
        self.indented = style == "indented"
        self.done: list[str] = []
        self.depth = 0
        self._inline: list[str] = []
        self._bullet = ""

    def add(self, text: str | None) -> None:
        """Adds inline text to the line."""
        self._inline.append(text or "")

    def end(self, gap: bool = False) -> None:
        """Ends the line, and leaves one empty after it where `gap` asks for it."""
        text = _SPACE.sub(" ", "".join(self._inline)).strip()
        self._inline.clear()
        if text:
            self._put(text.strip(f"{_CELL_END} ").replace(f" {_CELL_END} ", "  "))
        if gap and self.indented and self.done and self.done[-1]:
            self.done.append("")

    def bullet(self) -> None:
        """Puts a bullet before the next line."""
        self._bullet = "* "

    def verbatim(self, text: str) -> None:
        """Adds lines as they are, without empty ones."""
        for line in text.split("\n"):
            if line.strip():
                self._put(line.rstrip())

    def _put(self, text: str) -> None:
        head = "  " * self.depth + self._bullet if self.indented else ""
        self._bullet = ""
        self.done.append(head + text)


def dump(html: str, style: Style) -> str:
    """The text of a page in one of the styles, with a line break at its end."""
    lines = _Lines(style)
    for body in lxml.html.document_fromstring(html).iter("body"):
        _walk(body, lines)
    lines.end()
    return "\n".join(lines.done).strip("\n") + "\n"


def _walk(element: _Element, lines: _Lines) -> None:
    tag = str(element.tag)  # a comment's is a function, which is the name of no tag
    if isinstance(element, lxml.html.HtmlComment) or tag in _SILENT:
        return
    if tag == "br":
        lines.end()
    elif tag == "pre":
        lines.end(gap=True)
        lines.verbatim("".join(map(str, element.itertext())))
        lines.end(gap=True)
    elif tag in _CELLS:
        _cell(element, lines)
    else:
        _inside(element, tag, lines)


def _inside(element: _Element, tag: str, lines: _Lines) -> None:
    block, nested = tag in _BLOCKS, tag in ("ul", "ol", "blockquote", "dd")
    if block:
        lines.end(gap=tag in _SPACED)
    if tag == "li":
        lines.bullet()
    lines.depth += nested
    _children(element, lines)
    if block:
        lines.end()
    lines.depth -= nested
    if block:
        lines.end(gap=tag in _SPACED)


def _cell(element: _Element, lines: _Lines) -> None:
    """A cell ends the line, or stands beside the next one in the same row."""
    row = element.getparent()
    layout = row is not None and any(inner.tag in _BLOCKS for inner in row.iterdescendants())
    if layout or not lines.indented:
        lines.end()
        _children(element, lines)
        lines.end()
    else:
        _children(element, lines)
        lines.add(f" {_CELL_END} ")


def _children(element: _Element, lines: _Lines) -> None:
    lines.add(element.text)
    for child in element:
        _walk(child, lines)
        lines.add(child.tail)


def main(arguments: Sequence[str]) -> None:
    """The command."""
    if len(arguments) != 2 or arguments[0] not in STYLES:
        sys.exit(__doc__)
    style: Style = "lines" if arguments[0] == "lines" else "indented"
    sys.stdout.write(dump(Path(arguments[1]).read_text(encoding="utf-8"), style))


if __name__ == "__main__":
    main(sys.argv[1:])
