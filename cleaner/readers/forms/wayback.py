"""Copies of the Wayback Machine: the addresses as the site wrote them. The toolbar stays, and a
rule takes it out."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from .restored import Restored

FORM = "wayback"
_ARCHIVE = r"(?:(?:https?:)?\\?/\\?/web\.archive\.org)?\\?/web\\?/(\d{4,14})(?:[a-z]{2}_)?\\?/"
# An address in an attribute or a string: what stands in the text of a page is the page's own.
# Commas part those of a `srcset`, behind their sizes.
_REWRITTEN = re.compile(
    rf"(?:(?<=[\"'=(])|(?<=[wx], )){_ARCHIVE}(?=https?:|mailto:|\\?/\\?/)", re.I
)
_ADDRESS = re.compile(rf"{_ARCHIVE}(\S+)", re.I)
_WOMBAT = re.compile(r"__wm\.wombat\(\s*\"([^\"]{1,4096})\"\s*,\s*\"(\d{14})\"")
_TOOLBAR_URL = re.compile(r"id=\"?wmtbURL\"?[^>]{0,1000}?\bvalue=\"([^\"]{1,4096})\"")
_BANNER = re.compile(
    r"FILE ARCHIVED ON (\d\d:\d\d:\d\d \w{3} \d{1,2}, \d{4}) AND RETRIEVED FROM THE\s+"
    r"INTERNET ARCHIVE ON"
)
_HOST = re.compile(r"(?:https?:)?//web\.archive\.org/web/", re.I)
# Where a stamp leaves off, the earliest moment that it can mean.
_STAMP, _WHOLE = "%Y%m%d%H%M%S", "00000101000000"
# One of these stands in each copy, and in few other pages.
MARKS = (b"archive.org", b"FILE ARCHIVED ON")
_SURE_MARKS = ("WAYBACK TOOLBAR INSERT", "FILE ARCHIVED ON", "__wm.wombat", "Wayback Rewrite")


def restored(source: str) -> Restored | None:
    """The page with its own addresses, its address and the date of the copy."""
    if not any(mark in source for mark in _SURE_MARKS):
        return None
    url, date = _said(source)
    return Restored(_REWRITTEN.sub("", source), url, date)


def original(url: str) -> tuple[str, str | None]:
    """The address that an address of a copy is of, and the copy's date; another stays."""
    if not _HOST.match(url):
        return url, None
    found = _ADDRESS.match(url)
    return (found[2], _moment(found[1])) if found else (url, None)


def _said(source: str) -> tuple[str | None, str | None]:
    """What the copy says of itself, in its script, its toolbar or its banner."""
    wombat = _WOMBAT.search(source)
    if wombat:
        return wombat[1], _moment(wombat[2])
    toolbar, banner = _TOOLBAR_URL.search(source), _BANNER.search(source)
    date = None
    if banner:
        try:
            archived = datetime.strptime(banner[1], "%H:%M:%S %b %d, %Y")
            date = archived.replace(tzinfo=timezone.utc).isoformat()
        except ValueError:
            date = None
    return toolbar and toolbar[1], date


def _moment(stamp: str) -> str | None:
    try:
        moment = datetime.strptime(stamp + _WHOLE[len(stamp) :], _STAMP)
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc).isoformat()
