"""Text that was decoded as what it is not: UTF-8 read as a Windows code page, once or twice.

ftfy finds it and is wrong about one line in millions; still it is asked only about lines that
have the look of it, in a text that has more of them than an article about the subject.
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
# In fewer places it may be what the text is about.
_LEAST = 3


def repaired(text: str) -> tuple[str, int]:
    """The text with such lines repaired where ftfy is sure, and their number."""
    if text.isascii() or not _is_suspect(text):
        return text, 0
    from ftfy import fix_encoding  # slow to import, seldom needed

    lines = text.splitlines(keepends=True)
    count = 0
    for at, line in enumerate(lines):
        if _LOOK.search(line):
            fixed = fix_encoding(line)
            count += fixed != line
            lines[at] = fixed
    return ("".join(lines), count) if count else (text, 0)


def _is_suspect(text: str) -> bool:
    found = _LOOK.finditer(text)
    return all(next(found, None) is not None for _ in range(_LEAST))
