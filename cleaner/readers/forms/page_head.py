"""What a form says of a page, written into the page's head, where all that reads pages looks."""

from __future__ import annotations

import re
from html import escape

_HEAD = re.compile(r"<head(?:\s[^<>]*)?>", re.I)
_HTML = re.compile(r"<html(?:\s[^<>]*)?>", re.I)
_SEARCHED = 20_000


def with_head(
    page: str,
    title: str | None = None,
    authors: tuple[str, ...] = (),
    published: str | None = None,
) -> str:
    """The page; its own statements stand behind the form's."""
    said = f"<title>{escape(title)}</title>" if title else ""
    said += "".join(f'<meta name="author" content="{escape(name)}">' for name in authors)
    if published:
        said += f'<meta property="article:published_time" content="{escape(published)}">'
    if not said:
        return page
    if head := _HEAD.search(page, 0, _SEARCHED):
        return page[: head.end()] + said + page[head.end() :]
    if top := _HTML.search(page, 0, _SEARCHED):
        return f"{page[: top.end()]}<head>{said}</head>{page[top.end() :]}"
    return f"<html><head>{said}</head><body>{page}</body></html>"
