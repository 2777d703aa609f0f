"""The elements that stand open while a page is walked over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clip import Kind, Node
from . import html_elements as elements

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


class OpenElements:
    """The stack of open elements, outermost first. An element's node is made when the first
    block in it asks: most elements hold none. So there are as many nodes as tags, or fewer."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.elements: list[LexborNode] = []
        self.nodes: list[Node] = []
        # Many blocks of a page stand in elements of the same tags.
        self._forms: dict[tuple[str, ...], tuple[Kind, int, int | None]] = {}

    def push(self, tag: str, element: LexborNode) -> None:
        """An element begins."""
        self.tags.append(tag)
        self.elements.append(element)

    def pop(self) -> None:
        """The innermost element ends."""
        self.tags.pop()
        self.elements.pop()
        del self.nodes[len(self.tags) :]

    def node(self) -> Node | None:
        """The node of the innermost element."""
        nodes, tags = self.nodes, self.tags
        node = nodes[-1] if nodes else None
        for depth in range(len(nodes), len(tags)):
            tag = tags[depth]
            names, inside = elements.described(tag, self.elements[depth].attributes)
            node = elements.child(node, depth, tag, names, inside)
            nodes.append(node)
        return node

    def form(self) -> tuple[Kind, int, Node | None]:
        """The kind of a block in the innermost element, its heading level, and the table or the
        outermost list that it is a part of."""
        tags = tuple(self.tags[-elements.MAX_DEPTH :])
        form = self._forms.get(tags)
        if form is None:
            form = self._forms[tags] = elements.form(tags)
        kind, level, at = form
        return kind, level, None if at is None else self.nodes[at]
