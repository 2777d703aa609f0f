"""Pages in a page: what stands in frames is put where a reader sees it.

A saved page has the pages of its frames beside it, or in an attribute. The reader takes what
stands in an `<iframe>` for text of the page; so it is put there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urljoin

from ..encoding import decode
from ..html_tree import parsed
from .budget import Budget
from .mime import from_base64

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# The page that a frame's address stands for, None where it is not known.
Resolve = Callable[[str], "str | None"]
_FRAME = re.compile(r"<i?frame[\s/>]", re.I)
_INNER = re.compile(r"<(/?)iframe(?=[\s/>])", re.I)
_NESTED_FRAMES = 4
_DATA = "data:text/html"


def framed(page: str, resolve: Resolve, budget: Budget, depth: int = 0) -> str:
    """The page with the pages of its frames in it, as far as `resolve` or an attribute has
    them. Raises `LimitError`."""
    if depth >= _NESTED_FRAMES or not _FRAME.search(page):
        return page
    root = parsed(page)
    if root is None:
        return page
    found = [
        (frame, framed(held, resolve, budget, depth + 1))
        for frame in root.css("iframe, frame")
        if (held := _held(frame, resolve)) is not None
    ]
    for _, held in found:
        budget.part()
        budget.take(len(held))
    if not found:
        return page
    if any(frame.tag == "frame" for frame, _ in found):
        return _flat(root, [held for _, held in found])
    for frame, held in found:
        _fill(frame, held)
    return root.html or page


def appended(page: str, others: Sequence[str]) -> str:
    """The page with other pages behind what is in its body, as frames of it."""
    if not others:
        return page
    frames = "".join(f"<iframe>{_body(other)}</iframe>" for other in others)
    at = page.lower().rfind("</body")
    return page + frames if at < 0 else page[:at] + frames + page[at:]


def joined(base: str, address: str) -> str:
    """A frame's address, seen from the page's."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _held(frame: LexborNode, resolve: Resolve) -> str | None:
    attributes = frame.attributes
    written = attributes.get("srcdoc")
    if written:
        return written
    address = (attributes.get("src") or "").strip()
    if address.startswith(_DATA):
        return _from_data(address)
    return resolve(address) if address else None


def _from_data(address: str) -> str:
    """The page that an address is, instead of naming one."""
    head, _, data = address.partition(",")
    content = unquote_to_bytes(data)
    if head.rstrip().endswith(";base64"):
        content = from_base64(content)
    _, _, charset = head.partition("charset=")
    return decode(content, charset.partition(";")[0] or None)


def _fill(frame: LexborNode, held: str) -> None:
    """Puts a page into an `<iframe>`, whose content no parser takes for markup."""
    for child in list(frame.iter(include_text=True)):
        child.decompose()
    if frame.attributes.get("srcdoc") is not None:
        del frame.attrs["srcdoc"]
    frame.insert_child(_body(held))


def _flat(root: LexborNode, pages: Sequence[str]) -> str:
    """A page of frames alone, as one page with their contents in a row."""
    bodies = "".join(f"<div>{body_of(page)}</div>" for page in pages)
    # What is shown where there are no frames.
    instead = "".join(node.html or "" for node in root.css("noframes"))
    # The longest page is what the frames are about: what its head says comes first.
    heads = _head(parsed(max(pages, key=len))) + _head(root)
    return f"<html><head>{heads}</head><body>{bodies}{instead}</body></html>"


def _head(root: LexborNode | None) -> str:
    head = None if root is None else root.css_first("head")
    return (head.inner_html if head is not None else None) or ""


def _body(page: str) -> str:
    """The content of a page's body, with no `</iframe>` in it that would end the frame."""
    return _INNER.sub(r"<\1div", body_of(page))


def body_of(page: str) -> str:
    """The markup in a page's body, each element in it closed."""
    root = parsed(page)
    body = None if root is None else root.css_first("body")
    return (body.inner_html if body is not None else None) or ""
