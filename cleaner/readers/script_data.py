"""Text that a page holds for its scripts alone: JSON-LD article bodies and JSON data.

A page that is put together by a script in the browser shows next to nothing in its source; its
text lies in data. What is found there becomes blocks like any other, and is judged like them.
Pages whose elements hold their text are left as they are: the data says it a second time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..clip import Block, Inside, Node
from ..json_ld import RECORD

# The elements of a page hold less text than this where its text is data, in characters.
_HOLDS_LITTLE = 500
# ... or less than half of what the data says of the article.
_TWICE = 2
# A text in the data has so many characters, and says more than one thing.
_TEXT_CHARS = 200
_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’»)]?(?:\s|$|<)")
_LEAST_SENTENCES = 2
_SCRIPT = re.compile(r"<script\b[^<>]*>([^<]*(?:<(?!/script)[^<]*)*)", re.I)
# Where a string of JavaScript or JSON begins or ends, near enough: what is no string between
# two of them does not decode as one.
_QUOTE = re.compile(r'(?<!\\)"')
# A string that holds such signs is data itself, written into a string.
_NESTED = re.compile(r'"\s*[:,]|\\"|^\s*[\[{]')
# Data is written into data no deeper than this, and is no longer in all.
_DEPTH, _MOST_CHARS = 3, 4_000_000
_BODY = "articlebody"


def hidden_texts(source: str, json_ld: str, blocks: Sequence[Block]) -> list[str]:
    """The texts that a page's data holds and its elements do not, each plain or HTML."""
    held = sum(len(block.text) for block in blocks)
    bodies: list[str] = []
    if _BODY in json_ld.lower():
        bodies = [text for part in json_ld.split(RECORD) for text in _article_bodies(part)]
        bodies = [text for text in bodies if len(text) > _TWICE * held]
    if not bodies and held < _HOLDS_LITTLE:
        scripts = _SCRIPT.findall(source[:_MOST_CHARS])
        bodies = [text for script in scripts for text in _strings(script, _DEPTH)]
    return list(dict.fromkeys(bodies))


def script_node() -> Node:
    """The element that such a text stands in."""
    return Node("script", "", Inside.NONE, None)


def _article_bodies(data: str) -> Iterator[str]:
    """The article bodies in JSON-LD, in order."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return  # no data, or none that any script could read
    waiting: list[tuple[str, Any]] = [("", found)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed([(str(name).lower(), each) for name, each in value.items()])
        elif isinstance(value, list):
            waiting += reversed([(key, each) for each in value])
        elif key == _BODY and isinstance(value, str) and _is_text(value):
            yield value


def _strings(script: str, depth: int) -> Iterator[str]:
    """The texts among the strings of a script, and among those of data inside of a string."""
    for piece in _QUOTE.split(script):
        if len(piece) < _TEXT_CHARS:
            continue
        try:
            value = json.loads(f'"{piece}"', strict=False)
        except ValueError:
            continue  # code, or what stands between two strings
        if depth and _NESTED.search(value):
            yield from _strings(value, depth - 1)
        elif _is_text(value):
            yield value


def _is_text(value: str) -> bool:
    if len(value) < _TEXT_CHARS:
        return False
    return len(_SENTENCE_END.findall(value, 0, 5 * _TEXT_CHARS)) >= _LEAST_SENTENCES
