"""Inline markdown to the text a reader sees, with its links and images as facts."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..clip import Image, Link

_MARKS = re.compile(r"[\[\]()!*_`~<=\\]")
_TARGET = r"\((?:<[^>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_IMAGE = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\](" + _TARGET + ")")
_EMBED = re.compile(r"!\[\[([^\]\n|]+)(?:\|([^\]\n]*))?\]\]")
_WIKI = re.compile(r"\[\[([^\]\n|]+)(?:\|([^\]\n]+))?\]\]")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\](" + _TARGET + ")")
_OPEN_END = re.compile(r"^\s*\]" + _TARGET + r"|\]" + _TARGET + r"\s*$")
_OPEN_START = re.compile(r"^\s*\[(?=[^\]]*$)")
_REFERENCE = re.compile(r"\[\^[^\]\s]{1,20}\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]+)>")
_TAG = re.compile(r"</?(?:br|b|i|em|strong|sup|sub|span|u|small|mark|a|p|div|center|font)\b[^<>\n]*>", re.I)
_CODE = re.compile(r"(`+)(.+?)\1")
_STRONG = re.compile(r"(\*\*\*|\*\*|(?<!\w)___|(?<!\w)__|~~|==)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=[^\s*])(.+?)(?<=[^\s*\\])\*(?![\w*])|(?<![\w_\\])_(?=[^\s_])(.+?)(?<=[^\s_\\])_(?![\w_])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~=$&:\"'/,])")
_BARE_STRONG = re.compile(r"(?<!\*)\*\*(?!\*)")


class Inline(NamedTuple):
    """Rendered inline markdown. `link_chars` counts the characters of `text` in links."""

    text: str
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    link_chars: int = 0


def render(text: str) -> Inline:
    """The text that a reader sees of a line of markdown, and the links and images in it."""
    if not _MARKS.search(text):
        return Inline(text.strip())
    images: list[Image] = []
    links: list[Link] = []

    def image(match: re.Match[str]) -> str:
        images.append(Image(_target(match[2]), _unmark(match[1])))
        return ""

    def embed(match: re.Match[str]) -> str:
        images.append(Image(match[1], match[2] or ""))
        return ""

    def link(match: re.Match[str]) -> str:
        links.append(Link(_unmark(match[1]), _target(match[2])))
        return match[1]

    text = _EMBED.sub(embed, text)
    text = _IMAGE.sub(image, text)
    text = _LINK.sub(link, text)
    text = _WIKI.sub(lambda m: m[2] or m[1], text)
    text = _OPEN_START.sub("", _OPEN_END.sub("", text))
    text = _REFERENCE.sub("", text)
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", text))
    text = _unmark(text)
    return Inline(text, tuple(links), tuple(images), sum(len(link.text) for link in links))


def _unmark(text: str) -> str:
    """`text` without emphasis, code marks and escapes; code keeps what stands in it."""
    pieces = []
    at = 0
    for code in _CODE.finditer(text):
        pieces += [_unstress(text[at : code.start()]), code[2].strip()]
        at = code.end()
    pieces.append(_unstress(text[at:]))
    return "".join(pieces).strip()


def _unstress(text: str) -> str:
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(lambda match: match[1] or match[2], text)
    return _ESCAPE.sub(r"\1", _BARE_STRONG.sub("", text))


def _target(text: str) -> str:
    """The address inside a link's parentheses, without its title."""
    inner = text[1:-1].strip()
    if inner.startswith("<"):
        return inner[1:].partition(">")[0]
    return inner.split(None, 1)[0] if inner else ""
