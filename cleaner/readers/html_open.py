"""The elements that stand open while a page is read, and which of them a tag closes.

This is the standard's stack of open elements, less what moves nodes without moving words:
misnested formatting is not built anew, and what stands astray in a table stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..clip import Kind, Node
from . import html_elements as elements

_SCOPE = elements.BLOCKS | elements.CELLS
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TABLE = frozenset({"table", "template", "html", "body"})
_P = frozenset({"p"})
_LI = frozenset({"li", "p"})
_DD = frozenset({"dd", "dt", "p"})
_SECTION = frozenset({"tbody", "thead", "tfoot", "caption", "colgroup", "tr"})
_ROW = frozenset({"tr", "caption", "colgroup"})
_CELL = frozenset({"td", "th", "caption"})
_IN_LIST = _SCOPE - frozenset({"address", "div"})

# By the tag that begins: which open elements it closes, and where the search for them ends.
_PARTS_PARAGRAPH = (
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer form header hgroup hr main menu nav ol p pre search section summary table ul".split()
)
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(_PARTS_PARAGRAPH, (_P, _SCOPE - _P)),
    **dict.fromkeys(_HEADINGS, (_HEADINGS | _P, _SCOPE - _HEADINGS - _P)),
    "li": (_LI, _IN_LIST - _LI),
    **dict.fromkeys(("dd", "dt"), (_DD, _IN_LIST - _DD)),
    "option": (frozenset({"option"}), _SCOPE - {"option"}),
    "optgroup": (frozenset({"option", "optgroup"}), _SCOPE - {"option", "optgroup"}),
    **dict.fromkeys(("tbody", "thead", "tfoot", "caption", "colgroup"), (_SECTION, _TABLE)),
    "tr": (_ROW, _TABLE),
    **dict.fromkeys(("td", "th"), (_CELL, _TABLE | {"tr"})),
    "a": (frozenset({"a"}), _SCOPE),
    "button": (frozenset({"button"}), _TABLE | elements.CELLS),
}
# By the tag that ends: where the search for its beginning ends.
_ENDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(elements.BLOCKS, _TABLE | elements.CELLS | {"caption"}),
    **dict.fromkeys(_SECTION | elements.CELLS, _TABLE),
    **dict.fromkeys(("table", "template", "tbody", "thead", "tfoot"), frozenset({"body"})),
    "p": _SCOPE,
    "form": _SCOPE - {"form"},
    "li": _TABLE | elements.CELLS | {"ul", "ol", "caption"},
}
# These end without what has begun inside of them.
_LOOSE = frozenset("a b big code em font form i nobr s small strike strong tt u".split())
# So far up the search for an element goes: each tag has its price, however deep the page is.
_REACH = 200


class OpenElements:
    """The stack of open elements, outermost first. An element's node is made when the first
    block in it asks: most elements hold none."""

    def __init__(self) -> None:
        # Pages need not write these two tags. What a page has before or behind its body is
        # shown in it, and so they stay open to the end.
        self.tags = ["html", "body"]
        self._attributes = ["", ""]
        self._nodes: list[Node] = []
        self._described: dict[tuple[str, str], tuple[str, int]] = {}

    def push(self, tag: str, attributes: str) -> None:
        """An element begins."""
        self.tags.append(tag)
        self._attributes.append(attributes)

    def pop(self) -> None:
        """The innermost element ends."""
        self.tags.pop()
        self._attributes.pop()
        if len(self._nodes) > len(self.tags):
            self._nodes.pop()

    def describe(self, at: int, attributes: str) -> None:
        """Gives the attributes of their tag to `html` or `body`."""
        if not self._attributes[at]:
            self._attributes[at] = attributes
            del self._nodes[at:]

    def node(self) -> Node:
        """The node of the innermost element."""
        nodes, tags = self._nodes, self.tags
        node = nodes[-1] if nodes else None
        while len(nodes) < len(tags):
            depth = len(nodes)
            element = tags[depth], self._attributes[depth]
            described = self._described.get(element)
            if described is None:
                described = self._described[element] = elements.described(*element)
            node = elements.child(node, depth, element[0], *described)
            nodes.append(node)
        return nodes[-1]

    def form(self) -> tuple[Kind, int, Node | None]:
        """The kind of a block in the innermost element, its heading level, and the table or the
        outermost list that it is a part of."""
        kind, level, at = elements.form(self.tags[-elements.MAX_DEPTH :])
        return kind, level, None if at is None else self._nodes[at]

    def may_close(self, tag: str) -> bool:
        """Whether the beginning of `tag` can close any element: most often it cannot."""
        closes = _CLOSES.get(tag)
        return closes is not None and self.tags[-1] not in closes[1]

    def closed_by(self, tag: str) -> int | None:
        """The depth of the outermost element that closes where `tag` begins."""
        closed, barrier = _CLOSES[tag]
        found = None
        for at, open_tag in self._upwards():
            if open_tag in closed:
                found = at
            elif open_tag in barrier:
                break
        return found

    def ended_by(self, tag: str) -> int | None:
        """The depth of the element that an end tag ends."""
        barrier = _ENDS.get(tag, _SCOPE)
        ended = _HEADINGS if tag in _HEADINGS else frozenset({tag})
        if ended.isdisjoint(self.tags[-_REACH:]):
            return None
        for at, open_tag in self._upwards():
            if open_tag in ended:
                return at
            if open_tag in barrier:
                break
        return None

    def end_around(self, tag: str) -> None:
        """Ends an element around blocks that stay open, if it is of those that may."""
        if tag not in _LOOSE or tag not in self.tags[-_REACH:]:
            return
        for at, open_tag in self._upwards():
            if open_tag == tag:
                del self.tags[at], self._attributes[at], self._nodes[at:]
                return
            if open_tag in elements.CELLS:
                return

    def _upwards(self) -> Iterator[tuple[int, str]]:
        """The depths and tags of the open elements below `body`, innermost first."""
        end = len(self.tags)
        for at in range(end - 1, max(1, end - _REACH), -1):
            yield at, self.tags[at]
