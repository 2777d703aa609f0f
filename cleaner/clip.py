"""A clip as it was read: ordered, immutable blocks, before anything is decided about them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final, NamedTuple


class Kind(str, Enum):
    """The form of a block as its source marks it. Plain text marks next to nothing."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    IMAGE = "image"
    FRONT_MATTER = "front_matter"

    # Enum's own is written in Python; a kind is looked up for every block.
    __hash__ = str.__hash__


class Link(NamedTuple):
    """A link inside a block: its visible text and its target, as written."""

    text: str
    href: str


class Image(NamedTuple):
    """An image's source and alternative text, as written; either may be empty."""

    src: str
    alt: str


class Inside:
    """The HTML elements that stand around a block: bits of an int, so that a test is one `&`.
    Plain ints because `enum.IntFlag` costs a microsecond an operation."""

    NONE: Final = 0
    NAV: Final = 1
    ASIDE: Final = 2
    HEADER: Final = 4
    FOOTER: Final = 8
    FORM: Final = 16
    BUTTON: Final = 32
    FIGURE: Final = 64
    FIGCAPTION: Final = 128
    TABLE: Final = 256
    ARTICLE: Final = 512
    MAIN: Final = 1024
    NOSCRIPT: Final = 2048
    HIDDEN: Final = 4096
    TIME: Final = 8192
    DIALOG: Final = 16384
    MEDIA: Final = 32768
    LIST: Final = 65536

    @classmethod
    def names(cls) -> dict[str, int]:
        """Each element's bit by its lower-case name."""
        return {name.lower(): bit for name, bit in vars(cls).items() if name.isupper() and bit}


class Node(NamedTuple):
    """An HTML element above a block. `names` holds its class and id tokens as written."""

    tag: str
    names: str
    inside: int
    parent: Node | None

    def ancestors(self) -> Iterator[Node]:
        """This node and every node above it, innermost first."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def unknown(self, known: Container[int]) -> list[Node]:
        """This node and those above it up to the first whose id is `known`, outermost first. Who
        makes each of them known looks at each node of a page once, however deep it is."""
        found = []
        node: Node | None = self
        while node is not None and id(node) not in known:
            found.append(node)
            node = node.parent
        found.reverse()
        return found

    def __repr__(self) -> str:
        # The generated one would write out all ancestors of each block, each inside the other.
        return f"Node({self.path!r}, names={self.names!r}, inside={self.inside})"

    @property
    def path(self) -> str:
        """The tags from the root down, joined by `/`: `html/body/article/p`."""
        return "/".join(reversed([node.tag for node in self.ancestors()]))


class Block(NamedTuple):
    """One piece of a clip, the unit of every decision.

    `text` is what a reader sees of it. `span` is its place in `Clip.source` as character
    offsets (start, end), None where the source gives none (HTML). `joint` is the white space
    that parts it from the block before it when both stay in the text. `link_chars` counts
    the characters of `text` that are link text; `level` is 1 to 6 for headings, else 0.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody calls on a block
    text: str
    kind: Kind = Kind.PARAGRAPH
    span: tuple[int, int] | None = None
    joint: str = "\n\n"
    level: int = 0
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    link_chars: int = 0
    node: Node | None = None

    @property
    def inside(self) -> int:
        """The elements around this block, as bits of `Inside`; nothing for text and markdown."""
        return self.node.inside if self.node is not None else Inside.NONE


class Elements(NamedTuple):
    """The elements above blocks: `nodes` holds each once, a parent before its children,
    `parents` the place of each one's parent in it, `of_block` for each block the place of its own;
    -1 where there is none."""

    nodes: list[Node]
    parents: list[int]
    of_block: list[int]

    @classmethod
    def above(cls, blocks: Sequence[Block]) -> Elements:
        """The elements above these blocks. Each is looked at once, however deep it is."""
        places: dict[int, int] = {id(None): -1}
        nodes: list[Node] = []
        parents: list[int] = []
        of_block: list[int] = []
        for block in blocks:
            node = block.node
            place = places.get(id(node))
            if place is None and node is not None:
                for new in node.unknown(places):
                    parents.append(places[id(new.parent)])
                    places[id(new)] = len(nodes)
                    nodes.append(new)
                place = len(nodes) - 1
            of_block.append(-1 if place is None else place)
        return cls(nodes, parents, of_block)


@dataclass(frozen=True)
class Origin:
    """What a saved page was taken out of, and what that says of it.

    `forms` are the forms around the page, outermost first: `("gzip", "warc")`. `date` is when
    the page was saved, ISO 8601, which is not when it was published; `status` is the HTTP
    status that it came with. `notes` are lines for a person: what was repaired in the page, and
    what of it could not be read.
    """

    forms: tuple[str, ...] = ()
    url: str | None = None
    date: str | None = None
    status: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clip:
    """A clip as read: its kind, its decoded source, its blocks and what its head says.

    `facts` holds what the source says of itself outside its blocks (front matter, `<title>`,
    `<meta>`, `<html lang>`), by lower-case name; nothing in it was judged or parsed further.
    `credits` are the texts that a page's markup calls a picture's credit or sets off as one:
    they stand inside of its blocks, which know nothing of the elements in them.
    `origin` says how the page was saved, None for a plain page or text.
    """

    kind: str
    source: str
    blocks: tuple[Block, ...]
    url: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    credits: tuple[str, ...] = ()
    origin: Origin | None = None

    @cached_property
    def elements(self) -> Elements:
        """The elements above the blocks."""
        return Elements.above(self.blocks)
