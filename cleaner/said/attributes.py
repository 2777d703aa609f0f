"""Captions and credits in attributes of a page's elements (`data-caption`, `data-credit`), and
in the lists of pictures that galleries keep in one.

They are read from the source, once somebody asks for captions: few pages have them, and to look
at each attribute while a page is read would cost all of them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from .kinds import SaidPicture, plain

_TEXTS = (
    "data-caption",
    "data-image-caption",
    "data-img-caption",
    "data-photo-caption",
    "data-legend",
    "data-sub-html",
    "data-description",
)
_CREDITS = (
    "data-credit",
    "data-credits",
    "data-image-credit",
    "data-photo-credit",
    "data-copyright",
    "data-photographer",
)
_SOURCES = (
    "src",
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-image",
    "data-large-file",
    "data-full",
    "href",
)
_NAMED = re.compile(rf"\s(?:{'|'.join((*_TEXTS, *_CREDITS))})\s*=", re.I)
_ATTRIBUTE = re.compile(
    r"\s*([^\s=<>\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s<>\"']+)))?|\s*/(?!>)"
)
_SRC = re.compile(r"<(?:amp-)?img\b[^<>]*?\ssrc\s*=\s*[\"']([^\"']+)", re.I)
_LIST = re.compile(r"\sdata-[\w-]+\s*=\s*(?:\"(\s*[\[{][^\"]*)\"|'(\s*[\[{][^']*)')", re.I)
# So many elements, so many attributes of one, so far back to where its tag begins, and so far on
# to a picture that stands in it.
_MOST, _MOST_ATTRIBUTES, _TAG_CHARS, _NEAR_CHARS = 300, 60, 6000, 600
_STARTS_TRIED = 8
_MOST_LIST_CHARS, _MOST_VALUES = 500_000, 3000
# The names under which a gallery's data has a picture's parts, folded.
_LIST_TEXTS = ("caption", "legend", "description", "imagecaption")
_LIST_CREDITS = ("credit", "credits", "copyright", "photographer", "photocredit", "imagecredit")
_LIST_SOURCES = ("src", "url", "image", "imageurl", "full", "original", "large", "file", "href")


def attribute_pictures(source: str) -> list[SaidPicture]:
    """The pictures that have a caption or a credit in an attribute, in order, each once."""
    found = [*_of_elements(source), *_of_lists(source)]
    return list(dict.fromkeys(found))


def _of_elements(source: str) -> Iterator[SaidPicture]:
    last = -1
    for named in islice(_NAMED.finditer(source), _MOST):
        start, attributes = _element_around(source, named.start())
        if start == last or not attributes:
            continue
        last = start
        text = _first(attributes, _TEXTS)
        credit = _first(attributes, _CREDITS)
        src = _first(attributes, _SOURCES)
        if not src or src.startswith(("#", "javascript:", "data:")):
            inner = _SRC.search(source, named.end(), named.end() + _TAG_CHARS)
            near = inner is not None and inner.start() < named.end() + len(text) + _NEAR_CHARS
            src = html.unescape(inner[1]) if inner is not None and near else ""
        if src and (text or credit):
            yield SaidPicture(src, text, credit)


def _element_around(source: str, at: int) -> tuple[int, Mapping[str, str]]:
    """Where the tag begins that an attribute at `at` stands in, and the tag's attributes; a value
    may itself hold tags."""
    start = at
    for _ in range(_STARTS_TRIED):
        start = source.rfind("<", max(0, at - _TAG_CHARS), start)
        if start < 0:
            break
        attributes: dict[str, str] = {}
        place = start + 1
        for _ in range(_MOST_ATTRIBUTES):
            found = _ATTRIBUTE.match(source, place)
            if found is None or found.end() == place:
                break
            place = found.end()
            if found[1]:
                value = found[2] or found[3] or found[4] or ""
                attributes.setdefault(found[1].lower(), value)
        if place > at:
            return start, attributes
    return -1, {}


def _first(attributes: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((plain(attributes[name]) for name in names if attributes.get(name)), "")


def _of_lists(source: str) -> Iterator[SaidPicture]:
    if "caption" not in source and "legend" not in source:
        return
    for found in islice(_LIST.finditer(source), _MOST):
        text = found[1] or found[2]
        if len(text) > _MOST_LIST_CHARS or not any(name in text for name in _LIST_TEXTS):
            continue
        try:
            yield from _of_value(json.loads(html.unescape(text), strict=False))
        except (ValueError, RecursionError):
            continue  # options of another kind


def _of_value(value: Any) -> Iterator[SaidPicture]:
    waiting = [value]
    left = _MOST_VALUES
    while waiting and left:
        each = waiting.pop()
        left -= 1
        if isinstance(each, list):
            waiting += reversed(each[:left])
        elif isinstance(each, dict):
            fields = {str(key).lower().replace("_", ""): part for key, part in each.items()}
            src, text = _field(fields, _LIST_SOURCES), _field(fields, _LIST_TEXTS)
            credit = _field(fields, _LIST_CREDITS)
            if src and (text or credit):
                yield SaidPicture(src, text, credit)
            waiting += reversed([part for part in fields.values() if isinstance(part, dict | list)])


def _field(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    values = (fields.get(name) for name in names)
    return next((plain(each) for each in values if isinstance(each, str) and each.strip()), "")
