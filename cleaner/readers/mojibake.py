"""Text that was decoded as what it is not: UTF-8 read as a Windows code page, once or twice.

ftfy is asked only about pieces that have the look of it, in a text with more of them than chance
gives, and only for what holds for a whole piece: a sentence that shows right and wrong letters
side by side is about the subject.
"""

from __future__ import annotations

import re

# The first byte of a sequence of UTF-8, and one that goes on, as Windows-1252 and Latin-1 show
# them.
_LOOK = re.compile(
    "[\xc2-\xdf][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u203a\u20ac\u2122]|\xe2\u20ac|[\xe0-\xef][\x80-\xbf]{2}"
    "|[\u0420\u0421][\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2018-\u2122]"
)
# In fewer places it may be chance.
_LEAST = 3
# A page may have all of its text on one line.
_PIECE = re.compile(r"[^<>\r\n]+")


def repaired(text: str) -> tuple[str, int]:
    """The text with such pieces repaired where ftfy is sure, and their number. A piece is a
    line, or what stands between two tags."""
    if text.isascii() or not _is_suspect(text):
        return text, 0
    from ftfy import TextFixerConfig, fix_encoding  # slow to import, seldom needed

    config = TextFixerConfig(decode_inconsistent_utf8=False, replace_lossy_sequences=False)
    count = 0

    def fixed(piece: re.Match[str]) -> str:
        nonlocal count
        if not _LOOK.search(piece[0]):
            return piece[0]
        right = fix_encoding(piece[0], config)
        count += right != piece[0]
        return right

    return _PIECE.sub(fixed, text), count


def _is_suspect(text: str) -> bool:
    found = _LOOK.finditer(text)
    return all(next(found, None) is not None for _ in range(_LEAST))
