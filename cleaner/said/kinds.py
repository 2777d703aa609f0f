"""A picture and a recording as a page's data has them."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

_TAG = re.compile(r"<[^<>]{0,300}>")


class SaidPicture(NamedTuple):
    """A picture that data speaks of: its file, its caption and its credit, each may be empty.
    `of_story`: the data calls it the article's, so that it is given though the page shows none."""

    src: str
    text: str
    credit: str
    of_story: bool = False


class SaidRecording(NamedTuple):
    """A video or a recording (`audio`) of the article; `duration` as written, mostly ISO 8601."""

    title: str
    duration: str
    audio: bool = False


def plain(text: str) -> str:
    """A text of a page's data without the markup and the entities that it may hold."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(text.split())
