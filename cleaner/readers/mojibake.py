"""Text that was decoded as what it is not: UTF-8 read as a Windows code page, once or twice.

ftfy is asked only about pieces that have the look of it, in a text with more of them than chance
gives, and only for what holds for a whole piece: a sentence that shows right and wrong letters
side by side is about the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The bytes that go on in a sequence of UTF-8, as Windows-1252 and Latin-1 show them; and as
# Windows-1251 does.
_ON = (
    "\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
)
_CYRILLIC_ON = "\x80-\xbf\u0402-\u040f\u0452-\u045f\u2018-\u2122"
# A first byte, shown so, and what follows it. One set at the head lets the search run fast.
_LOOK = re.compile(
    f"[\xc2-\xef\u0420\u0421](?:(?<=[\xc2-\xdf])[{_ON}]|(?<=\xe2)\u20ac"
    f"|(?<=[\xe0-\xef])[\x80-\xbf]{{2}}|(?<=[\u0420\u0421])[{_CYRILLIC_ON}])"
)
# The same in what is left of a text's UTF-8 without its ASCII: three times as fast, and true of
# more.
_BYTES_LOOK = re.compile(
    rb"\xc3[\x82-\xaf](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xe2[\x80-\x84])|\xd0[\xa0\xa1](?:\xc2|\xd0[\x82-\x8f]|\xd1[\x92-\x9f]|\xe2[\x80-\x84])"
)
_ASCII = bytes(range(128))
# The first bytes of such sequences.
_FIRST_BYTES = (b"\xc3", b"\xd0")
# In fewer places it may be chance.
_LEAST = 3
# A page may have all of its text on one line.
_PIECE = re.compile(r"[^<>\r\n]+")


def repaired(text: str, written: bytes) -> tuple[str, int]:
    """The text with such pieces repaired where ftfy is sure, and their number; `written` is the
    text in UTF-8. A piece is a line, or what stands between two tags."""
    if text.isascii() or not _is_suspect(text, written):
        return text, 0
    from ftfy import TextFixerConfig, fix_encoding  # slow to import, seldom needed

    config = TextFixerConfig(decode_inconsistent_utf8=False, replace_lossy_sequences=False)
    count = 0

    def fixed(piece: re.Match[str]) -> str:
        nonlocal count
        if not _LOOK.search(piece[0]):
            return piece[0]
        right: str = fix_encoding(piece[0], config)
        count += right != piece[0]
        return right

    return _PIECE.sub(fixed, text), count


def _is_suspect(text: str, written: bytes) -> bool:
    if sum(map(written.count, _FIRST_BYTES)) < _LEAST:
        return False
    rest = written.translate(None, _ASCII)
    return _often(_BYTES_LOOK.finditer(rest)) and _often(_LOOK.finditer(text))


def _often(found: Iterator[object]) -> bool:
    return all(next(found, None) is not None for _ in range(_LEAST))
