"""Text from a clip, made safe to show on a terminal."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable

# Format characters that turn the direction of what follows (the "Trojan source" set).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# The last characters that Python's escapes of two and of four digits reach.
_LAST_BYTE, _LAST_SHORT = 0xFF, 0xFFFF


def printable(text: str, keep: str = "") -> str:
    """`text` with control characters, bidi controls and lone surrogates written as escapes;
    the characters in `keep` (line ends, tabs) stay."""
    if text.isprintable():
        return text
    return "".join(char if char in keep or _is_safe(char) else _escape(char) for char in text)


def print_lines(lines: Iterable[str]) -> None:
    """Prints the lines, made safe, on standard output."""
    sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def _is_safe(char: str) -> bool:
    return char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Zl", "Zp")


def _escape(char: str) -> str:
    code = ord(char)
    if code <= _LAST_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"
