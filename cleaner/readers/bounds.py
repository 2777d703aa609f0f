"""How many blocks a clip may have: by what makes them, before they are made, and after."""

from __future__ import annotations

import re
from itertools import islice

from ..clip import Clip
from ..errors import BlocksLimitError

_LINE = re.compile(r"\S[^\n]*")
# A page has some ten tags for each of its blocks; the parser's tree holds them all. A text on
# one line is parted at its sentences, which end more seldom than these signs stand.
_MARKS_A_BLOCK = 10
_MARKS = {"html": "<"}
_SENTENCE_ENDS = ".!?…。！？"


def check_before(kind: str, source: str, most: int) -> None:
    """Raises `BlocksLimitError` where `source` cannot be read in blocks of a usual size."""
    if len(source) <= most:
        return
    marks = sum(map(source.count, _MARKS.get(kind, _SENTENCE_ENDS)))
    if marks > most * _MARKS_A_BLOCK:
        raise BlocksLimitError(marks // _MARKS_A_BLOCK, most)
    if kind not in _MARKS and sum(1 for _ in islice(_LINE.finditer(source), most + 1)) > most:
        raise BlocksLimitError(most + 1, most)


def check_after(clip: Clip, most: int) -> None:
    """Raises `BlocksLimitError` where there are more blocks."""
    if len(clip.blocks) > most:
        raise BlocksLimitError(len(clip.blocks), most)
