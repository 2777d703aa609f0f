"""SingleFile: a page as one HTML file, with its pictures written out in it."""

from __future__ import annotations

import re
from datetime import datetime

from .restored import Restored

FORM = "singlefile"
_COMMENT = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:[ \t]*(\S{1,4096})"
    r"(?:\s+saved date:[ \t]*([^\r\n]{1,100}))?[^>]*-->"
)
# What JavaScript makes of a date: "Wed May 03 2023 10:00:00 GMT+0200 (…)".
_DATE = re.compile(r"\w{3} (\w{3} \d{1,2} \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")
_SEARCHED = 8192
# Data of a picture is no word of the page, and is most of the file.
_DATA = re.compile(r"(data:[a-z]+/[a-z0-9.+-]+;base64,)[A-Za-z0-9+/]{200,}={0,2}")


def restored(source: str) -> Restored | None:
    """The page without its pictures' data, with the address and the date of its comment."""
    found = _COMMENT.search(source, 0, _SEARCHED)
    if found is None:
        return None
    return Restored(_DATA.sub(_without_data, source), found[1], _moment(found[2] or ""))


def _without_data(found: re.Match[str]) -> str:
    """A page in a frame stays."""
    return found[0] if found[1].startswith("data:text/") else found[1]


def _moment(text: str) -> str | None:
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        return datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z").isoformat()
    except ValueError:
        return None
