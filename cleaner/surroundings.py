"""What stands around a block of a page, and what its text amounts to: questions that telling a
caption from a teaser asks again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile

from .clip import Block, Inside, Node
from .shape import words_key

_LINKED = 0.7
# So many elements up are looked at.
_UP = 4
# Texts that begin with so many of the same characters are the same.
_KEY_CHARS = 400
# A stamp has more digits among its letters than a caption.
_STAMP_SHARE, _STAMP_CHARS, _STAMP_DIGITS = 0.3, 60, 4


def is_linked(block: Block) -> bool:
    """Whether most of a block's text is link text."""
    return block.link_chars > _LINKED * len(block.text)


def is_named(node: Node | None, up: int, pattern: re.Pattern[str]) -> bool:
    """Whether an element around a block, so many up, is named so."""
    for each in islice(node.ancestors() if node is not None else (), up):
        if each.names and pattern.search(each.names[:200]):
            return True
    return False


def depth(node: Node) -> int:
    """How many elements stand around one, itself counted."""
    return sum(1 for _ in node.ancestors())


def in_button(node: Node | None) -> bool:
    """Whether a block stands in a button; a whole picture in one opens larger where it is
    clicked."""
    if node is None or not node.inside & Inside.BUTTON:
        return False
    return not node.inside & Inside.FIGCAPTION or any(
        each.tag == "button" for each in islice(_in_caption(node), _UP)
    )


def _in_caption(node: Node) -> Iterator[Node]:
    """The elements around a block up to the caption that it is a part of."""
    return takewhile(lambda each: each.tag != "figcaption", node.ancestors())


def in_address(node: Node | None) -> bool:
    """Whether a block stands in an `<address>`."""
    above = node.ancestors() if node is not None else ()
    return any(each.tag == "address" for each in islice(above, _UP))


def is_stamp(text: str) -> bool:
    """Whether a text is a date or a time of day and little else."""
    if len(text) > _STAMP_CHARS:
        return False
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalnum() for char in text)
    return digits >= max(_STAMP_DIGITS, _STAMP_SHARE * letters)


def beginning_key(text: str) -> str:
    """The words of a text's beginning alone, by which two are the same."""
    return words_key(text[:_KEY_CHARS])
