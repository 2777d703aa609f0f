"""HTML: leaf blocks with what stands around them, from one pass over the tags.

No tree is built. Blocks need only what stands open around them, and a pass over the tags knows
that in half the time, with no depth at which it gives up, and none of the standard's repairs
that make a small page a huge tree. Nothing is dropped unseen: hidden text, `<noscript>`,
templates and the words in drawings become blocks that say so; only scripts and styles hold no
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import TypeAlias

from ..clip import Clip
from . import html_elements as elements
from .html_gather import Gatherer
from .html_tokens import Token, attribute, attributes, parted, permitted, plain, tokens

KIND = "html"
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_TAG = re.compile(
    r"</?(?:p|div|span|a|br|h[1-6]|ul|ol|li|table|tr|td|section|article|figure|img|em|strong|b|i)\b"
    r"[^<>]*>",
    re.I,
)
_SNIFF_CHARS = 8000
_FRAGMENT_TAGS = 2
# Parts the JSON-LD scripts of a page in its facts, as RFC 7464 has it; no page holds it.
_RECORD = "\x1e"
_JSON_LD = "application/ld+json"
# Facts that are not taken from a `<meta>` of that name.
_OWN_FACTS = frozenset({"title", "language", "json_ld"})
# Of `<meta itemprop>`, these alone speak of the page and not of a logo or a comment.
_PAGE_PROPERTIES = frozenset({"datepublished", "datemodified"})


def sniff(head: str) -> float:
    """Sure of a document, fairly sure of a fragment with several tags."""
    if _HTML_START.match(head):
        return 1.0
    tags = len(_TAG.findall(head[:_SNIFF_CHARS]))
    if tags >= _FRAGMENT_TAGS and head.lstrip()[:1] == "<":
        return min(0.85, 0.2 * tags)
    return min(0.6, 0.05 * tags)


def read(source: str, url: str | None = None) -> Clip:
    """The clip in `source`, an HTML document or fragment."""
    builder = Builder(tokens(source))
    builder.build()
    blocks = builder.finish()
    facts = builder.facts
    return Clip(KIND, source, blocks, url or facts.get("url"), facts)


class Builder(Gatherer):
    """Takes the tags of a page in turn, gives blocks and facts."""

    def __init__(self, page: Iterator[Token]) -> None:
        super().__init__()
        self.facts: dict[str, str] = {}
        self._page = page

    def build(self) -> None:
        """Reads the page to its end."""
        handlers = _HANDLERS
        gathered = self._text
        for text, raw, held, name, source in self._page:
            # White space between blocks is most of what a page's source holds.
            if text and (gathered or not text.isspace() or self._pre):
                gathered.append(unescape(text) if "&" in text else text)
            if name:
                known = handlers.get(name)
                if known is not None:
                    known[0](self, known[1], source)
                else:
                    self._take_rare(name, source)
            elif raw:
                self._take_raw(raw.lower(), held)
        if "json_ld" in self.facts:
            self.facts["json_ld"] = self.facts["json_ld"].strip()

    def _take_rare(self, name: str, source: str) -> None:
        """A tag in capitals, or one that HTML does not know."""
        name = name.lower()
        known = _HANDLERS.get(name)
        if known is not None:
            known[0](self, known[1], source)
        elif name[0] == "/":
            self._end_inline(name[1:], source)
        elif source[-1:] != "/":
            self._start_inline(name, source)

    # --- elements that stand open

    def _start_inline(self, tag: str, source: str) -> None:
        self._open.push(tag, source)

    def _start_block(self, tag: str, source: str) -> None:
        opened = self._open
        if opened.may_close(tag):
            self._close_down_to(opened.closed_by(tag))
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"
        opened.push(tag, source)

    def _start_pre(self, tag: str, source: str) -> None:
        self._start_block(tag, source)
        self._pre += 1

    def _start_figure(self, tag: str, source: str) -> None:
        self._start_block(tag, source)
        self._start_figure_images()

    def _start_cell(self, tag: str, source: str) -> None:
        self._close_down_to(self._open.closed_by(tag))
        self._open.push(tag, source)
        self._cells = True
        self._text.append(" | ")

    def _start_link(self, tag: str, source: str) -> None:
        if self._link is not None:
            self._close_link()
            self._close_down_to(self._open.closed_by(tag))
        self._link = (source, len(self._text))
        self._open.push(tag, source)

    def _start_page(self, tag: str, source: str) -> None:
        """`html` and `body` stand open from the start; their tags tell of them."""
        self._break()
        self._open.describe(0 if tag == "html" else 1, source)
        language = attribute(source, "lang") if tag == "html" else None
        if language:
            self.facts.setdefault("language", language)

    def _start_late_image(self, tag: str, source: str) -> None:
        self._open.push(tag, source)
        self._add_image(source)

    def _end_page(self, tag: str, source: str) -> None:
        self._break()

    def _end_inline(self, tag: str, source: str) -> None:
        if self._open.tags[-1] == tag:
            self._open.pop()
        else:
            self._end_far(tag)

    def _end_link(self, tag: str, source: str) -> None:
        if self._link is not None:
            self._close_link()
        self._end_inline(tag, source)

    def _end_block(self, tag: str, source: str) -> None:
        if self._open.tags[-1] != tag:
            self._end_far(tag)
            return
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"
        self._open.pop()

    def _end_far(self, tag: str) -> None:
        """Ends an element in which others stand open, with them where they end with it."""
        at = self._open.ended_by(tag)
        if at is not None:
            self._close_down_to(at)
            return
        if tag in elements.BLOCKS:
            # A stray end tag parts blocks as well: a browser makes an empty element of `</p>`.
            self._break()
        self._open.end_around(tag)

    def _end_held(self, tag: str, source: str) -> None:
        """Ends an element whose end is more than that of a block."""
        self._end_far(tag)

    def _close_down_to(self, depth: int | None) -> None:
        """Closes the elements from the innermost up to the one at `depth`."""
        if depth is None:
            return
        opened = self._open
        while len(opened.tags) > depth:
            tag = opened.tags[-1]
            if tag in elements.BLOCKS:
                self._break()
                if tag == "pre":
                    self._pre -= 1
                elif tag == "figure":
                    self._end_figure()
            opened.pop()

    # --- elements that do not

    def _start_image(self, tag: str, source: str) -> None:
        self._add_image(source)

    def _void(self, tag: str, source: str) -> None:
        """Neither text nor fact."""

    def _line_break(self, tag: str, source: str) -> None:
        before = len(self._blocks)
        self.flush()
        # A second break in a row parts paragraphs.
        self._joint = "\n" if len(self._blocks) > before else "\n\n"

    def _rule(self, tag: str, source: str) -> None:
        self._break()
        self._close_down_to(self._open.closed_by(tag))

    def _meta(self, tag: str, source: str) -> None:
        values = attributes(source)
        name = (plain(values.get("property", "")) or plain(values.get("name", ""))).lower()
        prop = plain(values.get("itemprop", "")).lower()
        if not name and prop in _PAGE_PROPERTIES:
            name = prop
        content = plain(values.get("content", ""))
        if name and content and name not in self.facts and name not in _OWN_FACTS:
            self.facts[name] = content

    def _head_link(self, tag: str, source: str) -> None:
        if "canonical" in source and attribute(source, "rel") == "canonical":
            href = attribute(source, "href")
            if href:
                self.facts.setdefault("url", href)

    def _take_raw(self, tag: str, held: str) -> None:
        """An element that holds no markup. Scripts and styles show nothing."""
        if tag == "script":
            if "ld+json" in held:
                self._json_ld(*parted(held))
        elif tag == "title":
            title = permitted(unescape(parted(held)[1])).strip()
            if self.facts.setdefault("title", title) is not title:
                # Shown nowhere, like the title of a drawing.
                self._draw(title)
        elif tag == "textarea":
            source, content = parted(held)
            self._start_block(tag, source)
            self._text.append(unescape(content))
            self._end_block(tag, "")

    def _json_ld(self, source: str, content: str) -> None:
        if attribute(source, "type").strip().lower() == _JSON_LD:
            self.facts["json_ld"] = self.facts.get("json_ld", "") + _RECORD + permitted(content)

    # --- drawings

    def _drawing(self, tag: str, source: str) -> None:
        """Reads a drawing to its end or to the HTML in it, and a formula's annotation past it."""
        lines: list[list[str]] = [[]]
        name = ""
        depth = 0 if source[-1:] == "/" else 1
        while depth and (token := next(self._page, None)):
            text, raw, held, written, source = token
            lines[-1].append(unescape(text))
            name = (written or "").lower()
            bare = name.lstrip("/")
            if raw:
                shown = raw.lower() in ("title", "textarea")
                lines += [unescape(parted(held)[1] if shown else "")], []
            elif bare == tag:
                depth += -1 if bare != name else source[-1:] != "/"
            elif bare in elements.BREAKOUT or name == f"/{self._open.tags[-1]}":
                break
            elif bare in elements.DRAWN_LINES and bare != name:
                lines.append([])
            lines[-1].append(" ")
            name = ""
        if tag == "svg":
            for line in lines:
                self._draw("".join(line))
        if name:
            self._take_rare(name, source)


_Handler: TypeAlias = Callable[[Builder, str, str], None]


def _handlers() -> dict[str, tuple[_Handler, str]]:
    """By the name of a tag, what takes it and the element's name."""
    by_tag: dict[str, tuple[_Handler, _Handler]] = {
        **dict.fromkeys(elements.INLINE, (Builder._start_inline, Builder._end_inline)),
        **dict.fromkeys(elements.BLOCKS, (Builder._start_block, Builder._end_block)),
        **dict.fromkeys(elements.CELLS, (Builder._start_cell, Builder._end_inline)),
        **dict.fromkeys(elements.VOID, (Builder._void, Builder._void)),
        **dict.fromkeys(elements.FOREIGN, (Builder._drawing, Builder._end_inline)),
        **dict.fromkeys(("html", "body"), (Builder._start_page, Builder._end_page)),
        "head": (Builder._void, Builder._void),
        "pre": (Builder._start_pre, Builder._end_held),
        "figure": (Builder._start_figure, Builder._end_held),
        "a": (Builder._start_link, Builder._end_link),
        "br": (Builder._line_break, Builder._line_break),
        "hr": (Builder._rule, Builder._rule),
        "img": (Builder._start_image, Builder._void),
        "amp-img": (Builder._start_late_image, Builder._end_inline),
        "meta": (Builder._meta, Builder._void),
        "link": (Builder._head_link, Builder._void),
        **dict.fromkeys(("script", "style", "title"), (Builder._void, Builder._void)),
    }
    starts = {tag: (start, tag) for tag, (start, _) in by_tag.items()}
    return starts | {f"/{tag}": (end, tag) for tag, (_, end) in by_tag.items()}


_HANDLERS = _handlers()
