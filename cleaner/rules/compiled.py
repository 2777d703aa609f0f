"""The patterns of the rules that ship, compiled when the package was built.

To compile one takes regex 4 ms, to take one up that was compiled before 40 µs, and a page calls
for some dozens. What regex gives of a compiled pattern for a pickle is written here as JSON, one
pattern a line: it is what one release of regex reads, so the file is used with that release alone,
and only beside the packs that it was made of.
"""

from __future__ import annotations

import copyreg
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import regex

from .loader import PACKS

PATTERNS = PACKS / "patterns.jsonl"
# Of so many parts regex makes a pattern again.
_PARTS = 11


class Compiled:
    """The patterns by the place of their rule and their place in it. Picklable: a worker reads
    its own file."""

    def __init__(self, digest: str, path: Path = PATTERNS) -> None:
        """`digest` is that of the packs whose patterns are wanted."""
        self._digest = digest
        self._path = path

    def __getstate__(self) -> dict[str, object]:
        return {"_digest": self._digest, "_path": self._path}

    def pattern(self, order: int, piece: int) -> regex.Pattern[str] | None:
        """The pattern, None where it has to be compiled."""
        line = self._lines.get((order, piece))
        return None if line is None else _taken_up(json.loads(line))

    @cached_property
    def _lines(self) -> dict[tuple[int, int], bytes]:
        try:
            head, *lines = self._path.read_bytes().splitlines()
            record = json.loads(head)
            if record["made"] != _made(self._digest):
                return {}
            places = [(order, piece) for order, piece in record["places"]]
            return dict(zip(places, lines, strict=True))
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def write(patterns: Iterable[tuple[int, int, regex.Pattern[str]]], digest: str, path: Path) -> None:
    """Writes patterns, each with the place of its rule and its place in it, beside the packs of
    this digest."""
    places, lines = [], []
    for order, piece, pattern in patterns:
        line = _laid_down(pattern)
        if line is not None:
            places.append((order, piece))
            lines.append(line)
    head = json.dumps({"made": _made(digest), "places": places})
    path.write_text("\n".join([head, *lines]), encoding="utf-8")


def _made(digest: str) -> list[str]:
    return [digest, regex.__version__]


def _laid_down(pattern: regex.Pattern[str]) -> str | None:
    """A pattern as JSON, None where regex gives something that is not expected of it."""
    _, parts = _reduced(pattern)
    if len(parts) != _PARTS or not isinstance(parts[2], bytes):
        return None
    source, flags, code, groups, names, lists, in_order, *rest = parts
    sets = {name: sorted(words) for name, words in lists.items()}
    numbered = [sorted(words) for words in in_order]
    written = [source, flags, b64encode(code).decode(), groups, list(names.items()), sets, numbered]
    try:
        line = json.dumps([*written, *rest], ensure_ascii=False)
    except TypeError:
        return None
    return line if _taken_up(json.loads(line)).pattern == pattern.pattern else None


def _taken_up(parts: list[Any]) -> regex.Pattern[str]:
    source, flags, code, groups, names, lists, numbered, *rest = parts
    make, _ = _reduced(_ANY)
    sets = {name: frozenset(words) for name, words in lists.items()}
    in_order = [frozenset(words) for words in numbered]
    rest[1] = tuple(rest[1])
    pattern: regex.Pattern[str] = make(
        source, flags, b64decode(code), groups, dict(names), sets, in_order, *rest
    )
    return pattern


def _reduced(pattern: regex.Pattern[str]) -> tuple[Any, tuple[Any, ...]]:
    """What makes a pattern and what of, as regex tells pickle."""
    reduce = cast(
        "Callable[[object], tuple[Any, tuple[Any, ...]]]", copyreg.dispatch_table[regex.Pattern]
    )
    return reduce(pattern)


_ANY = regex.compile("")
