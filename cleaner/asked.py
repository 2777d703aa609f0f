"""What trafilatura and htmldate know of a page that neither its head nor its blocks say.

They know the places where themes put an author and a date. They cost as much as all else that is
done with a page, so that they are asked for what is missing alone; and trafilatura, whose patterns
Python tries on each element, is given the elements that are named as an author's and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from .authors import is_site
from .clip import Clip
from .page import Page, given
from .readers.html_tree import parsed

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# They are given so much of a page. They parse with libxml2, which compares each attribute of a tag
# with all others: a tag that is longer than this has lost them.
_MOST_CHARS = 4_000_000
_LONG_TAG = re.compile(r"(<[a-zA-Z][^\s<>/]{0,40})[^<>]{10000,}>?")
# What `trafilatura.metadata` reads of a page's head.
_HEAD = "title, meta, link[rel], script[type*='ld+json']"
# The words in the names of the elements in which `trafilatura.xpaths` (2.1) looks for an author.
_IN_CLASS = (
    *("author", "byl", "username", "screenname", "journalist-name", "channel-name", "writer"),
    *("zuozhe", "bianji", "xiaobian", "submitted-by", "posted-by", "bbl"),
)
_IN_ID = ("author", "zuozhe", "bianji", "xiaobian")
_AUTHOR = ", ".join(
    (
        *(f"[class*='{word}' i]" for word in _IN_CLASS),
        *(f"[id*='{word}' i]" for word in _IN_ID),
        *("[itemprop*='author' i]", "[rel='author']", "[rel='me']"),
        *("[data-testid^='Author']", "[data-component*='Byline']", "author"),
    )
)
# Elements in which trafilatura looks for none: those of comments and of what stands beside.
_DISCARDED_TAGS = frozenset({"a", "div", "section", "span"})
_DISCARDED = re.compile(
    r"^[Cc]omments|comment-?list|ProductReviews|sidebar|is-hidden|quote|embedly-instagram"
    r"|article-(?:share|support)|print|category|meta-date|meta-reviewer|^(?:title|date)$"
)
_WHOLE = frozenset({"html", "head", "body", "title", "meta", "link", "script"})
# More characters are no author's name, nor what stands around one; of a hostile page no more
# elements are looked at, and no more above each.
_PLACE_CHARS, _MOST_PLACES, _MOST_ABOVE = 3000, 300, 200


def ask_trafilatura(clip: Clip) -> Page:
    """The authors, titles and site that trafilatura finds on a page; nothing of other clips."""
    if clip.kind != "html":
        return Page()
    from trafilatura import extract_metadata  # half a second to import; only this needs it

    try:
        found = extract_metadata(_excerpt(_short(clip)), default_url=clip.url, extensive=False)
    except Exception:  # noqa: BLE001  # whatever it trips over in a page, the article stands
        return Page()
    if found is None:
        return Page()
    names = tuple(name for name in (found.author or "").split("; ") if name)
    groups = tuple(name for name in names if is_site(name, found.sitename, clip.url))
    return Page(
        titles=given(found.title),
        authors=tuple(name for name in names if name not in groups),
        groups=groups,
        site=found.sitename,
        url=found.url,
    )


def ask_htmldate(clip: Clip) -> str | None:
    """The day that htmldate finds on a page, ISO 8601. It is asked for no running text: that would
    cost as much again, and find little but the year of a copyright line, as the first of
    January."""
    if clip.kind != "html":
        return None
    from htmldate import find_date  # a fifth of a second to import

    today = datetime.now().astimezone().date().isoformat()
    try:
        return find_date(
            _short(clip),
            extensive_search=False,
            original_date=True,
            max_date=today,
            url=clip.url,
        )
    except Exception:  # noqa: BLE001  # htmldate names no errors of its own; a page that it fails on has no date
        return None


def _short(clip: Clip) -> str:
    return _LONG_TAG.sub(r"\1>", clip.source[:_MOST_CHARS])


def _excerpt(source: str) -> str:
    """A page of the head of another and of its elements that may name an author."""
    root = parsed(source)
    if root is None:
        return ""
    head = (node.html or "" for node in root.css(_HEAD))
    return f"<html><head>{''.join(head)}</head><body>{''.join(_places(root))}</body></html>"


def _places(root: LexborNode) -> Iterator[str]:
    """The outermost elements that are named as an author's, in order."""
    seen: set[int] = set()
    for node in root.css(_AUTHOR)[:_MOST_PLACES]:
        if node.tag in _WHOLE or _is_within(node, seen) or len(node.text()) > _PLACE_CHARS:
            continue
        seen.add(node.mem_id)
        yield node.html or ""


def _is_within(node: LexborNode, seen: set[int]) -> bool:
    """Whether an element stands in one of those seen, or where trafilatura looks for none."""
    above = node.parent
    for _ in range(_MOST_ABOVE):
        if above is None:
            return False
        if above.mem_id in seen or _is_discarded(above):
            return True
        above = above.parent
    return True


def _is_discarded(node: LexborNode) -> bool:
    if node.tag not in _DISCARDED_TAGS:
        return False
    names = (node.attributes.get("class"), node.attributes.get("id"))
    return any(name and _DISCARDED.search(name) for name in names)
