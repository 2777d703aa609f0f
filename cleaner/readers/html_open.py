"""The elements that stand open while a page is walked over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clip import Kind, Node
from . import html_elements as elements

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


class OpenElements:
    """The stack of open elements, outermost first. An element's node is made when the first
    block in it asks: most elements hold none."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self._elements: list[LexborNode] = []
        self._nodes: list[Node] = []

    def push(self, tag: str, element: LexborNode) -> None:
        """An element begins."""
        self.tags.append(tag)
        self._elements.append(element)

    def pop(self) -> LexborNode:
        """The innermost element ends."""
        self.tags.pop()
        if len(self._nodes) > len(self.tags):
            self._nodes.pop()
        return self._elements.pop()

    def node(self) -> Node | None:
        """The node of the innermost element."""
        nodes, tags = self._nodes, self.tags
        node = nodes[-1] if nodes else None
        for depth in range(len(nodes), len(tags)):
            tag = tags[depth]
            described = elements.described(tag, self._elements[depth].attributes)
            node = elements.child(node, depth, tag, *described)
            nodes.append(node)
        return node

    def form(self) -> tuple[Kind, int, Node | None]:
        """The kind of a block in the innermost element, its heading level, and the table or the
        outermost list that it is a part of."""
        kind, level, at = elements.form(self.tags[-elements.MAX_DEPTH :])
        return kind, level, None if at is None else self._nodes[at]
