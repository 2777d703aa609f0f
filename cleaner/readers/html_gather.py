"""What is gathered of a page between the elements that part its blocks: text, links, images."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..clip import Block, Image, Inside, Kind, Link, Node
from . import html_elements as elements
from .html_open import OpenElements
from .html_tree import permitted

# All white space of HTML but the single space, which stays as it is.
_SPACES = re.compile(r"[\t\n\r\f\v][ \t\n\r\f\v]*| [ \t\n\r\f\v]+")
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")
# Of a figure with many captions the first has all images, each other one no more than these: many
# captions with many images each would be the square of the page.
_SHOWN = 20
_PIXEL = frozenset({"0", "1", "0px", "1px"})
# An image in these is an icon or a repetition: it does not stand alone.
_UNSEEN = Inside.HIDDEN | Inside.NOSCRIPT | Inside.BUTTON
# A link to these shows the image itself, larger; another link is a teaser or an icon.
_SHOWS_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#]|$)|^(?:#|javascript:|$)", re.I)


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


class Gatherer:
    """The blocks so far, and what will be the next of them."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._open = OpenElements()
        self._figures: list[_Figure] = []
        self._pre = 0
        # the block that is being gathered
        self._text: list[str] = []
        self._cells = False
        self._links: list[Link] = []
        # where the open link leads, and where its text begins
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

    def finish(self) -> tuple[Block, ...]:
        """The blocks, once the page has ended."""
        self.flush()
        while self._figures:
            self._end_figure()
        self._standing, self._images = self._images, []
        self._append_images()
        return tuple(_merged(self._blocks, self._placed))

    def _break(self) -> None:
        """Parts what was gathered from what comes."""
        if self._text or self._standing or self._drawn:
            self.flush()
        self._joint = "\n\n"

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
            href = self._link[0]
            self._close_link()
            self._link = (href, 0)
        text = "".join(self._text)
        self._text.clear()
        text = _preformatted(text) if self._pre else _collapsed(text)
        if self._cells:
            self._cells = False
            # A cell may hold no more than a no-break space.
            text = text.strip(" |")
            return "" if text.isspace() else text
        return text

    def _append_text(self, text: str) -> None:
        node = self._open.node()
        kind, level, container = self._open.form()
        joint = self._joint
        if container is not None and container is self._last_list:
            joint = "\n"
        self._last_list = container
        index = len(self._blocks)
        if self._figures and node is not None and node.inside & Inside.FIGCAPTION:
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

    # --- links, images, drawings

    def _close_link(self) -> None:
        if self._link is None:
            return
        href, start = self._link
        self._link = None
        text = _collapsed("".join(self._text[start:]))
        if text:
            self._links.append(Link(text, href))
            self._link_chars += len(text)

    def _start_figure_images(self) -> None:
        """A figure begins."""
        self._figures.append(_Figure())

    def _end_figure(self) -> None:
        """Gives a figure's images to the caption that stands in it, or their own places."""
        figure = self._figures.pop()
        if not figure.captions:
            self._placed += (placed for placed in figure.images if placed.alone)
            self._images += (placed.image for placed in figure.images if not placed.alone)
            return
        images = tuple(placed.image for placed in figure.images)
        for number, at in enumerate(figure.captions):
            block = self._blocks[at]
            shown = images if number == 0 else images[:_SHOWN]
            self._blocks[at] = block._replace(images=shown + block.images)

    def _add_image(self, attributes: Mapping[str, str | None]) -> None:
        sources = (elements.value(attributes, name) for name in _SOURCES)
        src = next((source for source in sources if source and not source.startswith("data:")), "")
        image = Image(src, _collapsed(elements.value(attributes, "alt")))
        if not (image.src or image.alt):
            return
        node = self._open.node()
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

    def _stands_alone(self, node: Node | None, attributes: Mapping[str, str | None]) -> bool:
        """Whether an image is one that the page shows for its own sake."""
        if attributes.get("width") in _PIXEL or attributes.get("height") in _PIXEL:
            return False
        if node is not None and node.inside & _UNSEEN:
            return False
        return self._link is None or _SHOWS_IMAGE.search(self._link[0]) is not None

    def _draw(self, text: str) -> None:
        """A line of a drawing, or another that is shown nowhere in the text."""
        line = _collapsed(text)
        if line:
            self._drawn.append(line)


def _collapsed(text: str) -> str:
    """`text` with each run of white space as one space. Most text has no other, and to find
    that out takes a third of the time of the pattern."""
    text = text.strip()
    if "  " in text or not text.isprintable():
        text = permitted(_SPACES.sub(" ", text)).strip()
    return text


def _preformatted(text: str) -> str:
    text = permitted(text).rstrip().strip("\n\r")
    return text if text.strip() else ""


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
