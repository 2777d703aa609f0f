"""HTML: leaf blocks with what stands around them, from one pass over lxml's parser events.

The parser feeds a target object instead of building a tree: half the work, and no depth at
which it gives up. Nothing is dropped unseen: hidden text, `<noscript>`, templates and the words
in drawings become blocks that say so; only scripts and styles hold no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from ..clip import Block, Clip, Image, Inside, Kind, Link, Node
from . import html_elements as elements
from .script_data import hidden_texts, script_node

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

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
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
# Characters that XML does not allow; the parser would stop at a NUL.
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
    blocks, facts = _parsed(source)
    for text in hidden_texts(source, facts.get("json_ld", ""), blocks):
        blocks += tuple(_from_data(text, len(blocks)))
    return Clip(KIND, source, blocks, url or facts.get("url"), facts)


def _parsed(source: str) -> tuple[tuple[Block, ...], dict[str, str]]:
    from lxml import etree

    builder = Builder()
    data = _FORBIDDEN.sub("\ufffd", source).encode("utf-8")
    if data.strip():
        # The stubs let a target take bytes for text; an HTML parser gives it str.
        target = cast("ParserTarget", builder)
        etree.fromstring(data, etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target))
    return builder.finish(), builder.facts


def _from_data(text: str, index: int) -> Iterator[Block]:
    """The blocks of a text out of a page's data, numbered from `index`."""
    if _TAG.search(text):
        for at, block in enumerate(_parsed(text)[0], index):
            yield block._replace(index=at)
        return
    lines = (line.strip() for line in _FORBIDDEN.sub("\ufffd", text).split("\n"))
    for at, line in enumerate(filter(None, lines), index):
        yield Block(at, line, node=script_node())


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


@dataclass
class _Foreign:
    """An open `<svg>`, or a formula's annotation: how deep it stands, and the line of its text
    that is being gathered."""

    depth: int
    shown: bool
    text: list[str] = field(default_factory=list)


class Builder:
    """The parser target: takes start, end and data events, gives blocks and facts."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self._blocks: list[Block] = []
        self._open: list[Node] = []
        self._silent = 0
        self._in_json_ld = False
        self._in_title = False
        self._foreign: _Foreign | None = None
        self._figures: list[_Figure] = []
        self._pre = 0
        # the block that is being gathered
        self._text: list[str] = []
        self._cells = False
        self._links: list[Link] = []
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

    # --- events

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._silent or tag in elements.SILENT:
            self._start_silent(attributes)
            return
        if self._foreign is not None:
            if tag not in elements.BREAKOUT:
                self._foreign.text.append(" ")
                if tag not in elements.UNPUSHED:
                    self._open.append(self._open[-1])
                return
            self._end_foreign()
        if tag in elements.UNPUSHED:
            self._start_unpushed(tag, attributes)
            return
        parent = self._open[-1] if self._open else None
        node = elements.child(parent, len(self._open), tag, attributes)
        if tag in elements.BLOCKS:
            self._start_block(tag)
        elif tag == "a":
            self._link = (attributes.get("href") or "", len(self._text))
        elif tag in elements.CELLS:
            self._cells = True
            self._text.append(" | ")
        self._open.append(node)
        if tag in elements.FOREIGN:
            self._foreign = _Foreign(len(self._open), shown=tag == "svg")
        elif tag == "amp-img":
            self._image(attributes)
        elif tag == "html" and attributes.get("lang"):
            self.facts["language"] = attributes["lang"]

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._silent:
            self._silent -= 1
            self._in_json_ld = False
            return
        if tag == "title":
            self._in_title = False
        if self._foreign is not None:
            if tag in elements.DRAWN_LINES:
                self._end_line(self._foreign)
            if len(self._open) == self._foreign.depth and tag not in elements.UNPUSHED:
                self._end_foreign()
        elif tag == "a":
            self._close_link()
        elif tag in elements.BLOCKS:
            self._end_block(tag)
        if self._open and tag not in elements.UNPUSHED:
            self._open.pop()

    def data(self, text: str) -> None:
        """Text between tags, in any number of pieces."""
        if self._silent:
            if self._in_json_ld:
                self.facts["json_ld"] += text
        elif self._in_title:
            self.facts["title"] += text
        elif self._foreign is not None:
            self._foreign.text.append(text)
        elif self._text or self._pre or not text.isspace():
            # White space between blocks is most of what a page's source holds.
            self._text.append(text)

    def close(self) -> None:
        """The document ends."""

    def finish(self) -> tuple[Block, ...]:
        """The blocks, once the document has ended."""
        self._end_foreign()
        self.flush()
        while self._figures:
            self._end_figure()
        self._standing, self._images = self._images, []
        self._append_images()
        for name in ("title", "json_ld"):
            if name in self.facts:
                self.facts[name] = self.facts[name].strip()
        return tuple(_merged(self._blocks, self._placed))

    # --- elements

    def _start_silent(self, attributes: Mapping[str, str]) -> None:
        self._silent += 1
        if (attributes.get("type") or "").strip().lower() == _JSON_LD:
            self.facts["json_ld"] = self.facts.get("json_ld", "") + _RECORD
            self._in_json_ld = True

    def _start_unpushed(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            before = len(self._blocks)
            self.flush()
            # A second break in a row parts paragraphs.
            self._joint = "\n" if len(self._blocks) > before else "\n\n"
        elif tag == "img":
            self._image(attributes)
        elif tag in elements.HEAD_ONLY:
            self._head_element(tag, attributes)

    def _start_block(self, tag: str) -> None:
        self.flush()
        self._joint = "\n\n"
        self._pre += tag == "pre"
        if tag == "figure":
            self._figures.append(_Figure())

    def _end_block(self, tag: str) -> None:
        self.flush()
        self._joint = "\n\n"
        self._pre -= tag == "pre"
        if tag == "figure" and self._figures:
            self._end_figure()

    def _end_line(self, foreign: _Foreign) -> None:
        """Ends a line of a drawing's text."""
        text = _SPACES.sub(" ", "".join(foreign.text)).strip()
        foreign.text.clear()
        if text and foreign.shown:
            self._drawn.append(text)

    def _end_foreign(self) -> None:
        if self._foreign is not None:
            self._end_line(self._foreign)
            self._foreign = None

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

    def _head_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "title" and "title" not in self.facts:
            self.facts["title"] = ""
            self._in_title = True
        elif tag == "meta":
            name = (attributes.get("property") or attributes.get("name") or "").lower()
            prop = (attributes.get("itemprop") or "").lower()
            if not name and prop in _PAGE_PROPERTIES:
                name = prop
            content = attributes.get("content")
            if name and content and name not in self.facts and name not in _OWN_FACTS:
                self.facts[name] = content
        elif tag == "link" and attributes.get("rel") == "canonical" and attributes.get("href"):
            self.facts.setdefault("url", attributes["href"])

    def _image(self, attributes: Mapping[str, str]) -> None:
        sources = (attributes.get(name) or "" for name in _SOURCES)
        src = next((source for source in sources if source and not source.startswith("data:")), "")
        image = Image(src, _SPACES.sub(" ", attributes.get("alt") or "").strip())
        if not (image.src or image.alt):
            return
        node = self._open[-1] if self._open else None
        alone = self._stands_alone(node, attributes)
        if self._figures:
            images = self._figures[-1].images
            # `<noscript>` repeats the image that a script would load.
            if not images or images[-1].image != image:
                images.append(_Placed(len(self._blocks), image, node, alone))
        elif alone:
            self._standing.append(image)
        else:
            self._images.append(image)

    def _stands_alone(self, node: Node | None, attributes: Mapping[str, str]) -> bool:
        """Whether an image is one that the page shows for its own sake."""
        if attributes.get("width") in _PIXEL or attributes.get("height") in _PIXEL:
            return False
        if node is not None and node.inside & _UNSEEN:
            return False
        return self._link is None or _SHOWS_IMAGE.search(self._link[0]) is not None

    def _close_link(self) -> None:
        if self._link is None:
            return
        href, start = self._link
        self._link = None
        text = _SPACES.sub(" ", "".join(self._text[start:])).strip()
        if text:
            self._links.append(Link(text, href))
            self._link_chars += len(text)

    # --- blocks

    def flush(self) -> None:
        """Ends the block that was being gathered, if it has any text or an image to show."""
        text = self._take_text()
        if text:
            self._append_text(text)
        elif self._standing:
            self._append_images()
        if self._drawn:
            self._append_drawn()

    def _take_text(self) -> str:
        if not self._text:
            return ""
        if self._link is not None:
            # A link around several blocks: each of them is link text.
            href = self._link[0]
            self._close_link()
            self._link = (href, 0)
        text = "".join(self._text)
        self._text.clear()
        if text.isspace():
            self._cells = False
            return ""
        text = text.rstrip().strip("\n\r") if self._pre else _SPACES.sub(" ", text).strip()
        if self._cells:
            self._cells = False
            text = text.strip(" |")
        return text if text.strip() else ""

    def _append_text(self, text: str) -> None:
        node = self._open[-1] if self._open else None
        kind, level, container = elements.form(node)
        joint = self._joint
        if container is not None and container is self._last_list:
            joint = "\n"
        self._last_list = container
        index = len(self._blocks)
        if self._figures and node is not None and node.inside & Inside.FIGCAPTION:
            self._figures[-1].captions.append(index)
        links, images = tuple(self._links), (*self._standing, *self._images)
        chars = min(self._link_chars, len(text))
        self._blocks.append(
            Block(index, text, kind, None, joint, level, links, images, chars, node)
        )
        self._links.clear()
        self._standing.clear()
        self._images.clear()
        self._link_chars = 0
        self._joint = "\n\n"

    def _append_images(self) -> None:
        node = self._open[-1] if self._open else None
        for image in self._standing:
            self._blocks.append(_image_block(len(self._blocks), image, node))
        self._standing.clear()

    def _append_drawn(self) -> None:
        """A drawing's words are no part of the text beside it: they may be an icon's name."""
        parent = self._open[-1] if self._open else None
        node = elements.child(parent, len(self._open), "svg", {"hidden": ""})
        for text in self._drawn:
            self._blocks.append(Block(len(self._blocks), text, node=node))
        self._drawn.clear()


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
