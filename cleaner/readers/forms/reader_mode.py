"""Reader modes, saved: Firefox's reader view says on which site the page stood."""

from __future__ import annotations

import re
from html import unescape

from .restored import Restored

FORM = "reader view"
_MARK = "reader-domain"
_DOMAIN = re.compile(r"<a\b[^<>]*\breader-domain\b[^<>]*>")
_HREF = re.compile(r"\bhref=\"([^\"<>]{1,4096})\"")
_SEARCHED = 200_000


def restored(source: str) -> Restored | None:
    """The page with its address, which the line over the headline links to."""
    if _MARK not in source:
        return None
    link = _DOMAIN.search(source, 0, _SEARCHED)
    href = _HREF.search(link[0]) if link else None
    return Restored(source, unescape(href[1])) if href else None
