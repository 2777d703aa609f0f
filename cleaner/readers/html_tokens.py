"""HTML source to tags and the text between them: the standard's tokenizer as one pattern.

`re.split` does the work in C. The pattern never fails where it has begun, since what the end of
the source cuts off ends there. So it never goes back, and takes time by the source's length
alone, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TypeAlias

# Quotes mean something only behind an equals sign: `<p title=it's>` ends where it seems to.
_ATTRIBUTES = r"[^>=]*(?:=[ \t\n\r\f]*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^ \t\n\r\f>]*)[^>=]*)*"
_TOKEN = re.compile(
    rf"""<(?:
      # Up to their end tags these hold no markup; nothing, where a slash closes them, as in
      # drawings and in pages that were XML once.
      (?=[sStT]) (?i:(script|style|textarea|title) (?=[ \t\n\r\f/>]))
      ({_ATTRIBUTES}) (?:>|\Z) (?:(?<=/>)|((?i:[^<]*(?:<(?!/\1)[^<]*)*)))
    # The name of an end tag begins with its slash.
    | (/?[a-zA-Z][^ \t\n\r\f/>]*) ({_ATTRIBUTES}) (?:>|\Z)
    | !--(?:-?>|[^-]*(?:-(?!-!?>)[^-]*)*(?:--!?>|\Z))
    | [!?/][^>]*(?:>|\Z)
    )""".replace(r"[ \t\n\r\f/>]", r"[\x20\t\n\r\f/>]"),
    re.X,
)
_ATTRIBUTE = re.compile(
    r"([^ \t\n\r\f/>][^ \t\n\r\f/>=]*)"
    r"(?:[ \t\n\r\f]*=[ \t\n\r\f]*(\"[^\"]*\"?|'[^']*'?|[^ \t\n\r\f>]*))?"
)
# In a value `&lang=en` and `&notes` are no characters: only what a semicolon ends, or no letter
# follows.
_REFERENCE = re.compile(r"&(?:#\w+|\w+(?![\w=]));?")

# The text before the tag; the name of an element without markup in it, its attributes, and what
# it holds; or the name of another tag and its attributes. A comment has none of them.
Token: TypeAlias = "tuple[str, str | None, str, str | None, str | None, str]"


def tokens(source: str) -> Iterator[Token]:
    """The tokens of `source`, the last of them with the text behind the last tag."""
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    parts = iter([*_TOKEN.split(source), None, "", None, None, ""])
    return zip(*[parts] * 6)  # type: ignore[return-value]  # six of a flat list at a time


class Attributes:
    """The attributes of a tag. Most are never asked for, and so their values stay as written
    until one is."""

    def __init__(self, source: str) -> None:
        # The first of a name counts.
        written = dict(reversed(_ATTRIBUTE.findall(source)))
        if not "".join(written).islower():
            written = {name.lower(): value for name, value in written.items()}
        self._written: dict[str, str] = written

    def __contains__(self, name: str) -> bool:
        return name in self._written

    def get(self, name: str) -> str:
        """The value of an attribute, empty where there is none."""
        value = self._written.get(name)
        if not value:
            return ""
        quote = value[0]
        if quote in "\"'":
            value = value[1:].removesuffix(quote)
        return _REFERENCE.sub(_unescaped, value) if "&" in value else value


def _unescaped(reference: re.Match[str]) -> str:
    return unescape(reference[0])
