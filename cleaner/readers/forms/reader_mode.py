"""Reader modes, saved: Firefox's reader view says on which site the page stood, and who wrote
it."""

from __future__ import annotations

import re
from html import unescape

from .page_head import with_head
from .restored import Restored

FORM = "reader view"
MARKS = (b"reader-domain",)
_DOMAIN = re.compile(r"<a\b[^<>]{0,1000}\breader-domain\b[^<>]*>")
_HREF = re.compile(r"\bhref=\"([^\"<>]{1,4096})\"")
_CREDITS = re.compile(r"<div\b[^<>]{0,1000}\breader-credits\b[^<>]*>([^<>]{1,300})</div>")
# These stand over the article.
_SEARCHED = 200_000


def restored(source: str) -> Restored | None:
    """The page with its author and its address, which the line over the headline links to."""
    link = _DOMAIN.search(source, 0, _SEARCHED)
    href = _HREF.search(link[0]) if link else None
    if href is None:
        return None
    written = _CREDITS.search(source, 0, _SEARCHED)
    name = unescape(written[1]).strip() if written else ""
    page = with_head(source, authors=(name,)) if name else source
    return Restored(page, unescape(href[1]))
