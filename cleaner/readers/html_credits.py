"""Texts that a page's markup calls a picture's credit, or sets off as one in its caption.

A block holds the text of the elements inside of it and not the elements: in "The landing in
spring <span class='credit'>Mira Castellan</span>" nothing but the element parts the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .html_tree import permitted

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_NAMED = ", ".join(
    [
        *(f"[class*={name} i]" for name in ("credit", "copyright", "photographer", "fotograf")),
        *(f"figcaption [class*={name} i]" for name in ("source", "author", "agency", "byline")),
        *(f"[class*=caption i] [class*={name} i]" for name in ("source", "author", "agency")),
        "[itemprop=creditText], [itemprop=copyrightHolder]",
    ]
)
# The last element of a caption that has other text before it.
_LAST = ", ".join(f"figcaption {tag}:last-child" for tag in ("span", "small", "cite"))
_LONGEST = 160
# So many texts, of so many characters in all, are looked at: elements may stand in each other.
_MOST, _MOST_CHARS = 400, 400_000


def marked_credits(root: LexborNode) -> tuple[str, ...]:
    """The texts, white space collapsed, in the page's order, each once; the longest first
    where one stands in another."""
    found: dict[str, None] = {}
    left = _MOST_CHARS
    for selector in (_NAMED, _LAST):
        for node in root.css(selector)[:_MOST]:
            text = node.text()
            left -= len(text)
            if left < 0:
                return tuple(found)
            line = " ".join(permitted(text[: 4 * _LONGEST]).split())
            if 1 < len(line) <= _LONGEST and len(text) <= 4 * _LONGEST:
                found.setdefault(line)
    return tuple(found)
