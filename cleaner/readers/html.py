"""HTML: leaf blocks with what stands around them, from one pass over the tags.

No tree is built. Blocks need only what stands open around them, and a pass over the tags knows
that in half the time, with no depth at which it gives up, and none of the standard's repairs
that make a small page a huge tree. Nothing is dropped unseen: hidden text, `<noscript>`,
templates and the words in drawings become blocks that say so; only scripts and styles hold no
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple, TypeAlias

from ..clip import Block, Clip, Image, Inside, Kind, Link, Node
from . import html_elements as elements
from .html_open import OpenElements
from .html_tokens import Token, attribute, attributes, parted, plain, tokens

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
_SPACES = re.compile(r"[\t\n\r\f\v][ \t\n\r\f\v]*| [ \t\n\r\f\v]+")
# Characters that XML does not allow.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Parts the JSON-LD scripts of a page in its facts, as RFC 7464 has it; no page holds it.
_RECORD = "\x1e"
_JSON_LD = "application/ld+json"
# Facts that are not taken from a `<meta>` of that name.
_OWN_FACTS = frozenset({"title", "language", "json_ld"})
# Of `<meta itemprop>`, these alone speak of the page and not of a logo or a comment.
_PAGE_PROPERTIES = frozenset({"datepublished", "datemodified"})
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")
_PIXEL = frozenset({"0", "1", "0px", "1px"})
# An image in these is an icon or a repetition: it does not stand alone.
_UNSEEN = Inside.HIDDEN | Inside.NOSCRIPT | Inside.BUTTON
# A link to these shows the image itself, larger; another link is a teaser or an icon.
_SHOWS_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#]|$)|^(?:#|javascript:|$)", re.I)


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
    facts = builder.facts
    return Clip(KIND, source, builder.finish(), url or facts.get("url"), facts)


class _Placed(NamedTuple):
    """An image of a figure, and where it stood: before the block of index `place`."""

    place: int
    image: Image
    node: Node | None
    alone: bool


@dataclass
class _Figure:
    """An open `<figure>`: its images, and the indices of the blocks that are its caption."""

    images: list[_Placed] = field(default_factory=list)
    captions: list[int] = field(default_factory=list)


class Builder:
    """Takes the tokens of a page, gives blocks and facts."""

    def __init__(self, page: Iterator[Token]) -> None:
        self.facts: dict[str, str] = {}
        self._page = page
        self._blocks: list[Block] = []
        self._open = OpenElements()
        self._figures: list[_Figure] = []
        self._pre = 0
        # the block that is being gathered
        self._text: list[str] = []
        self._cells = False
        self._links: list[Link] = []
        # the attributes of the open link, and where its text begins
        self._link: tuple[str, int] | None = None
        self._link_chars = 0
        self._joint = "\n\n"
        self._last_list: Node | None = None
        # images since the last block: those that become blocks of their own if no text joins
        # them, and those that wait for the next block
        self._standing: list[Image] = []
        self._images: list[Image] = []
        # lines of drawings, and images of figures without a caption
        self._drawn: list[str] = []
        self._placed: list[_Placed] = []

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

    def finish(self) -> tuple[Block, ...]:
        """The blocks, once the document has ended."""
        self.flush()
        while self._figures:
            self._end_figure()
        self._standing, self._images = self._images, []
        self._append_images()
        for name in ("title", "json_ld"):
            if name in self.facts:
                self.facts[name] = self.facts[name].strip()
        return tuple(_merged(self._blocks, self._placed))

    # --- elements that stand open

    def _start_inline(self, tag: str, source: str) -> None:
        self._open.push(tag, source)

    def _start_block(self, tag: str, source: str) -> None:
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"
        opened = self._open
        if opened.may_close(tag):
            self._close_down_to(opened.closed_by(tag))
        opened.push(tag, source)

    def _start_pre(self, tag: str, source: str) -> None:
        self._start_block(tag, source)
        self._pre += 1

    def _start_figure(self, tag: str, source: str) -> None:
        self._start_block(tag, source)
        self._figures.append(_Figure())

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
        self._image(tag, source)

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
        # A stray end tag parts blocks as well: a browser makes an empty element of `</p>`.
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"
        if self._open.tags[-1] == tag:
            self._open.pop()
        else:
            self._end_far(tag)

    def _end_far(self, tag: str) -> None:
        """Ends an element in which others stand open, with them where they end with it."""
        at = self._open.ended_by(tag)
        if at is not None:
            self._close_down_to(at)
        else:
            self._open.end_around(tag)

    def _end_held(self, tag: str, source: str) -> None:
        """Ends an element whose end is more than that of a block."""
        self._break()
        self._close_down_to(self._open.ended_by(tag))

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

    def _break(self) -> None:
        """Parts what was gathered from what comes."""
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"

    # --- elements that do not

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
            title = unescape(parted(held)[1])
            if self.facts.setdefault("title", title) is not title:
                # Shown nowhere, like the title of a drawing.
                self._draw("svg", [title])
        elif tag == "textarea":
            source, content = parted(held)
            self._start_block(tag, source)
            self._text.append(unescape(content))
            self._end_block(tag, "")

    def _json_ld(self, source: str, content: str) -> None:
        if attribute(source, "type").strip().lower() == _JSON_LD:
            self.facts["json_ld"] = self.facts.get("json_ld", "") + _RECORD + content

    # --- drawings

    def _drawing(self, tag: str, source: str) -> None:
        """Reads a drawing, or a formula's annotation, to its end or to the HTML in it."""
        line: list[str] = []
        depth = 0 if source[-1:] == "/" else 1
        while depth and (token := next(self._page, None)):
            text, raw, held, name, source = token
            line.append(unescape(text))
            if raw:
                line = self._draw(tag, line)
                if raw.lower() == "title":
                    self._draw(tag, [unescape(parted(held)[1])])
            elif name:
                name = name.lower()
                bare = name.lstrip("/")
                if bare in elements.BREAKOUT or name == f"/{self._open.tags[-1]}":
                    self._draw(tag, line)
                    self._take_rare(name, source)
                    return
                if bare in elements.DRAWN_LINES and bare != name:
                    line = self._draw(tag, line)
                elif bare == tag:
                    depth += -1 if bare != name else source[-1:] != "/"
                line.append(" ")
        self._draw(tag, line)

    def _draw(self, tag: str, line: list[str]) -> list[str]:
        """Ends a line of a drawing's text; the next one."""
        text = _collapsed("".join(line))
        if text and tag == "svg":
            self._drawn.append(text)
        return []

    # --- images

    def _end_figure(self) -> None:
        """Gives a figure's images to the caption that stands in it, or their own places."""
        figure = self._figures.pop()
        if not figure.captions:
            self._placed += (placed for placed in figure.images if placed.alone)
            self._images += (placed.image for placed in figure.images if not placed.alone)
            return
        images = tuple(placed.image for placed in figure.images)
        for at in figure.captions:
            block = self._blocks[at]
            self._blocks[at] = block._replace(images=images + block.images)

    def _image(self, tag: str, source: str) -> None:
        values = attributes(source)
        sources = (plain(values[name]) for name in _SOURCES if name in values)
        src = next((source for source in sources if source and not source.startswith("data:")), "")
        image = Image(src, _collapsed(plain(values.get("alt", ""))))
        if not (image.src or image.alt):
            return
        node = self._open.node()
        alone = self._stands_alone(node, values)
        if self._figures:
            images = self._figures[-1].images
            # `<noscript>` repeats the image that a script would load.
            if not images or images[-1].image != image:
                images.append(_Placed(len(self._blocks), image, node, alone))
        elif alone:
            self._standing.append(image)
        else:
            self._images.append(image)

    def _stands_alone(self, node: Node, values: Mapping[str, str]) -> bool:
        """Whether an image is one that the page shows for its own sake."""
        if plain(values.get("width", "")) in _PIXEL or plain(values.get("height", "")) in _PIXEL:
            return False
        if node.inside & _UNSEEN:
            return False
        return self._link is None or _SHOWS_IMAGE.search(_target(self._link[0])) is not None

    def _close_link(self) -> None:
        if self._link is None:
            return
        source, start = self._link
        self._link = None
        text = _collapsed("".join(self._text[start:]))
        if text:
            self._links.append(Link(text, _target(source)))
            self._link_chars += len(text)

    # --- blocks

    def flush(self) -> None:
        """Ends the block that was being gathered, if it has any text or an image to show."""
        text = self._take_text() if self._text else ""
        if text:
            self._append_text(text)
        elif self._standing:
            self._append_images()
        if self._drawn:
            self._append_drawn()

    def _take_text(self) -> str:
        if self._link is not None:
            # A link around several blocks: each of them is link text.
            source = self._link[0]
            self._close_link()
            self._link = (source, 0)
        text = "".join(self._text)
        self._text.clear()
        text = _preformatted(text) if self._pre else _collapsed(text)
        if self._cells:
            self._cells = False
            text = text.strip(" |")
        return text

    def _append_text(self, text: str) -> None:
        node = self._open.node()
        kind, level, container = self._open.form()
        joint = self._joint
        if container is not None and container is self._last_list:
            joint = "\n"
        self._last_list = container
        index = len(self._blocks)
        if self._figures and node.inside & Inside.FIGCAPTION:
            self._figures[-1].captions.append(index)
        links, images = tuple(self._links), (*self._standing, *self._images)
        chars = min(self._link_chars, len(text)) if links else 0
        self._blocks.append(
            Block(index, text, kind, None, joint, level, links, images, chars, node)
        )
        if links:
            self._links.clear()
        if images:
            self._standing.clear()
            self._images.clear()
        self._link_chars = 0
        self._joint = "\n\n"

    def _append_images(self) -> None:
        node = self._open.node()
        for image in self._standing:
            self._blocks.append(_image_block(len(self._blocks), image, node))
        self._standing.clear()

    def _append_drawn(self) -> None:
        """A drawing's words are no part of the text beside it: they may be an icon's name."""
        depth = len(self._open.tags)
        node = elements.child(self._open.node(), depth, "svg", "", Inside.HIDDEN)
        for text in self._drawn:
            self._blocks.append(Block(len(self._blocks), text, node=node))
        self._drawn.clear()


def _collapsed(text: str) -> str:
    """`text` with each run of white space as one space. Most text has no other, and to find
    that out takes a third of the time of the pattern."""
    text = text.strip()
    if "  " in text or not text.isprintable():
        text = _FORBIDDEN.sub("\ufffd", _SPACES.sub(" ", text)).strip()
    return text


def _preformatted(text: str) -> str:
    text = _FORBIDDEN.sub("\ufffd", text).rstrip().strip("\n\r")
    return text if text.strip() else ""


def _target(source: str) -> str:
    """Where a link leads, from its attributes' source."""
    return attribute(source, "href")


def _image_block(index: int, image: Image, node: Node | None) -> Block:
    return Block(index, image.alt, Kind.IMAGE, images=(image,), node=node)


def _merged(blocks: list[Block], placed: list[_Placed]) -> list[Block]:
    """The blocks with the images put in their places between them, numbered anew."""
    if not placed:
        return blocks
    at_place: dict[int, list[_Placed]] = {}
    for each in placed:
        at_place.setdefault(each.place, []).append(each)
    merged: list[Block] = []
    for place in range(len(blocks) + 1):
        for each in at_place.get(place, ()):
            merged.append(_image_block(len(merged), each.image, each.node))
        if place < len(blocks):
            merged.append(blocks[place]._replace(index=len(merged)))
    return merged


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
        "img": (Builder._image, Builder._void),
        "amp-img": (Builder._start_late_image, Builder._end_inline),
        "meta": (Builder._meta, Builder._void),
        "link": (Builder._head_link, Builder._void),
        **dict.fromkeys(("script", "style", "title"), (Builder._void, Builder._void)),
    }
    starts = {tag: (start, tag) for tag, (start, _) in by_tag.items()}
    return starts | {f"/{tag}": (end, tag) for tag, (_, end) in by_tag.items()}


_HANDLERS = _handlers()
