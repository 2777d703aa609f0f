"""HTML source to tags and the text between them: the standard's tokenizer as one pattern.

`re.split` does the work in C. The pattern never fails where it has begun, since what the end of
the source cuts off ends there. So it never goes back, and takes time by the source's length
alone, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, TypeAlias

# Quotes mean something only behind an equals sign: `<p title=it's>` ends where it seems to. The
# commonest form comes first.
_ATTRIBUTES = (
    r"[^>=]*(?:=(?:\"[^\"]*\"|[\x20\t\n\r\f]*"
    r"(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\x20\t\n\r\f>]*))[^>=]*)*"
)
_TOKEN = re.compile(
    rf"""<(?:
      # Up to their end tags these hold no markup; nothing, where a slash closes them, as in
      # drawings and in pages that were XML once.
      (?=[sStT]) (?i:(script|style|textarea|title) (?=[\x20\t\n\r\f/>]))
      ({_ATTRIBUTES}(?:>|\Z) (?:(?<=/>)|(?i:[^<]*(?:<(?!/\1)[^<]*)*))) (?:</(?i:\1)[^>]*(?:>|\Z))?
    # The name of an end tag begins with its slash.
    | (/?[a-zA-Z][^\x20\t\n\r\f/>]*) ({_ATTRIBUTES}) (?:>|\Z)
    | !--(?:-?>|[^-]*(?:-(?!-!?>)[^-]*)*(?:--!?>|\Z))
    | [!?/][^>]*(?:>|\Z)
    )""",
    re.X,
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HELD = re.compile(rf"({_ATTRIBUTES})(?:>|\Z)")
_ATTRIBUTE = re.compile(
    r"([^ \t\n\r\f/>][^ \t\n\r\f/>=]*)"
    r"(?:[ \t\n\r\f]*=[ \t\n\r\f]*(\"[^\"]*\"?|'[^']*'?|[^ \t\n\r\f>]*))?"
)
# In a value `&lang=en` and `&notes` are no characters: only what a semicolon ends, or no letter
# follows.
_REFERENCE = re.compile(r"&(?:#\w+|\w+(?![\w=]));?")

# The text before the tag; the name of an element without markup in it, and its attributes with
# what it holds; or the name of another tag and its attributes. A comment has none of them.
Token: TypeAlias = "tuple[str, str | None, str, str | None, str]"


def tokens(source: str) -> Iterator[Token]:
    """The tokens of `source`, the last of them with the text behind the last tag."""
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    split: list[Any] = _TOKEN.split(source)
    split += None, "", None, ""
    parts = iter(split)
    return zip(parts, parts, parts, parts, parts, strict=True)


def parted(held: str) -> tuple[str, str]:
    """The attributes of an element without markup in it, and its content."""
    start = _HELD.match(held)
    return (start[1], held[start.end() :]) if start is not None else ("", "")


def attributes(source: str) -> dict[str, str]:
    """The attributes of a tag by lower-case name, each as it is written: most are never asked
    for, and `plain` reads the others."""
    # The first of a name counts.
    written = dict(reversed(_ATTRIBUTE.findall(source)))
    if not "".join(written).islower():
        written = {name.lower(): value for name, value in written.items()}
    return written


def attribute(source: str, name: str) -> str:
    """One attribute of a tag, empty where there is none."""
    start = f' {name}="'
    if source.startswith(start):
        # It is the first, as it often is: no need to look at the others.
        return plain(source[len(start) - 1 : source.find('"', len(start)) + 1 or None])
    return plain(attributes(source).get(name, ""))


def plain(value: str) -> str:
    """The value of an attribute, without its quotes and with its characters for references."""
    quote = value[:1]
    if quote in ('"', "'"):
        value = value[1:].removesuffix(quote)
    if "&" in value:
        value = _REFERENCE.sub(_unescaped, value)
    return permitted(value)


def permitted(text: str) -> str:
    """`text` without the characters that no XML may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)


def _unescaped(reference: re.Match[str]) -> str:
    return unescape(reference[0])
