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
        "[itemprop=creditText], [itemprop=copyrightHolder]",
    ]
)
# Elements of captions, and what names one in them; each name costs a walk over the page.
_CAPTIONS = {
    "figcaption": ("source", "author", "agency", "byline"),
    "[class*=caption i]": ("source", "author", "agency"),
}
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
    in_captions = (
        f"{caption} [class*={name} i]"
        for caption, names in _CAPTIONS.items()
        if root.css_first(caption) is not None
        for name in names
    )
    for selector in (", ".join([_NAMED, *in_captions]), _LAST):
        for node in root.css(selector)[:_MOST]:
            text = node.text()
            left -= len(text)
            if left < 0:
                return tuple(found)
            line = " ".join(permitted(text[: 4 * _LONGEST]).split())
            if 1 < len(line) <= _LONGEST and len(text) <= 4 * _LONGEST:
                found.setdefault(line)
    return tuple(found)
