"""JSON of scraping services: Jina Reader and Firecrawl, one page, many, or one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import DamagedError, UnknownFormError
from ..encoding import decode
from .budget import Budget
from .document import Document, Lost

FORM = "json"
_FIRST = re.compile(
    rb"\s*(?:\xef\xbb\xbf\s*)?(?:\[\s*)?\{\s*\"(?:code|status|success|data|markdown|html|rawHtml"
    rb"|metadata|title|url|content|description|publishedTime|id|total|completed)\"\s*:"
)
_BLANKS = re.compile(r"[\s\ufeff,]*")
# The page in one form or another, the fullest first: each holds the words of those behind it.
_CONTENTS = (
    ("rawHtml", "html"),
    ("html", "html"),
    ("markdown", "markdown"),
    ("content", "markdown"),
    ("text", "text"),
)
# Where results stand in an answer.
_HOLDERS = ("data", "results", "web", "news")
_DEEPEST = 6
_FACTS = {
    "title": ("title", "ogTitle"),
    "description": ("description", "ogDescription"),
    "author": ("author", "article:author"),
    "published": ("publishedTime", "article:published_time", "publishedDate"),
    "modified": ("modifiedTime", "article:modified_time"),
    "language": ("language", "lang"),
    "site": ("ogSiteName", "og:site_name"),
}
_URLS = ("url", "sourceURL", "ogUrl")


def recognise(head: bytes) -> bool:
    """By the first key of the first object."""
    return _FIRST.match(head) is not None


def documents(data: bytes, budget: Budget) -> Iterator[Document | Lost]:
    """The pages in an answer. Raises `UnknownFormError` for other JSON, `DamagedError` for none
    at all, `LimitError`."""
    count, problem = 0, None
    values = _values(decode(data))
    while True:
        try:
            value = next(values, None)
        except (ValueError, RecursionError) as error:
            problem = f"the JSON is broken behind its page {count} ({error})"
            break
        if value is None:
            break
        for entry in _pages(value, _DEEPEST):
            count += 1
            budget.part()
            yield _document(entry)
    if problem and count:
        yield Lost(problem)
    elif problem:
        raise DamagedError((problem,))
    elif not count:
        raise UnknownFormError(
            "the JSON is neither Jina Reader's nor Firecrawl's: no object has markdown, html,"
            ' rawHtml, content or text; give kind="text" to clean it as it is'
        )


def _values(text: str) -> Iterator[Any]:
    """The values in a text, one or one a line. Raises `ValueError`, `RecursionError`."""
    decoder = json.JSONDecoder(strict=False)
    at = _end(text, 0)
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        at = _end(text, at)


def _end(text: str, at: int) -> int:
    """Where the blanks from `at` on end."""
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _pages(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """The objects in a value that hold a page, in order."""
    if not depth:
        return
    if isinstance(value, list):
        for each in value:
            yield from _pages(each, depth - 1)
    elif isinstance(value, dict):
        if any(isinstance(value.get(key), str) for key, _ in _CONTENTS):
            yield value
            return
        for key in _HOLDERS:
            yield from _pages(value.get(key), depth - 1)


def _document(entry: Mapping[str, Any]) -> Document:
    held = [(entry[key], kind) for key, kind in _CONTENTS if isinstance(entry.get(key), str)]
    source, kind = next(((text, kind) for text, kind in held if text.strip()), held[0])
    metadata = entry.get("metadata")
    said = {**entry, **metadata} if isinstance(metadata, dict) else dict(entry)
    facts = {name: _first(said, keys) for name, keys in _FACTS.items()}
    status = said.get("statusCode")
    return Document(
        source,
        kind,
        url=_first(said, _URLS) or None,
        status=status if isinstance(status, int) else None,
        facts={name: value for name, value in facts.items() if value},
    )


def _first(said: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The first of these that is a text; of a list its texts."""
    for key in keys:
        value = said.get(key)
        if isinstance(value, list):
            value = "; ".join(each for each in value if isinstance(each, str))
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""
