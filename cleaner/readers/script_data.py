"""Text that a page holds for its scripts alone: JSON-LD article bodies and JSON data.

A page that is put together by a script in the browser shows next to nothing in its source; its
text lies in data. What is found there becomes blocks like any other, and is judged like them.
Pages that show their text are left as they are: the data says it a second time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..clip import Block, Inside, Node

# A page shows less text than this where its text is data, in characters.
_SHOWN_LITTLE = 1_500
# A text in the data has so many characters, and says more than one thing.
_TEXT_CHARS = 200
_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’»)]?(?:\s|$|<)")
_LEAST_SENTENCES = 2
_JSON_SCRIPT = re.compile(
    r"<script\b[^>]{0,500}\btype\s*=\s*[\"']?application/json\b[^>]{0,500}>([^<]*(?:<(?!/script)[^<]*)*)",
    re.I,
)
_BODY = "articlebody"
# The parts of JSON-LD that the reader puts together.
_RECORD = "\x1e"
_NOT_SHOWN = Inside.HIDDEN | Inside.NOSCRIPT


def hidden_texts(source: str, json_ld: str, blocks: Sequence[Block]) -> list[str]:
    """The texts that a page's data holds and the page does not show, each plain or HTML."""
    shown = sum(len(b.text) for b in blocks if not b.inside & _NOT_SHOWN)
    bodies: list[str] = []
    if _BODY in json_ld.lower():
        bodies = [text for part in json_ld.split(_RECORD) for text in _texts(part, body=True)]
        bodies = [text for text in bodies if len(text) > 2 * shown]
    if not bodies and shown < _SHOWN_LITTLE:
        bodies = [text for match in _JSON_SCRIPT.finditer(source) for text in _texts(match[1])]
    return list(dict.fromkeys(bodies))


def script_node() -> Node:
    """The element that such a text stands in."""
    return Node("script", "", Inside.NONE, None)


def _texts(data: str, body: bool = False) -> Iterator[str]:
    """The texts in JSON data, in order; `body`: those alone that are article bodies."""
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
        elif isinstance(value, str) and _is_text(value) and (not body or key == _BODY):
            yield value


def _is_text(value: str) -> bool:
    if len(value) < _TEXT_CHARS:
        return False
    return len(_SENTENCE_END.findall(value, 0, 5 * _TEXT_CHARS)) >= _LEAST_SENTENCES
