"""Labelled pages and clips, read from JSON lines.

One object a line, in a file that may be packed (`.gz`, `.xz`, `.bz2`):

| key | what it holds |
|---|---|
| `html`, `text` or `lines` | the clip; `lines` with `blank_before` (empty lines before each) |
| `gold` | its main text; or `sections`, each with `headline` and `paragraphs` (lists) |
| `labels` | with `lines`: `body`, `noise`, `title`, `caption`, `credit` or `ambiguous` for each; without it the lines are aligned with `gold` |
| `kind` | `markdown` for a text that is markdown |
| `url`, `site` | where it came from: folds part sites (`site`, else `publisher`, else the URL's domain, else `id`; a clip without any is a site of its own) |
| `title`, `captions` | optional; `captions`: objects with `caption` and `credits` |
| `type`, `style`, `lang`, `set` | optional: what the figures are told apart by (`lang`, else the first of `langs`) |
"""  # noqa: E501  # a table's row stands on one line

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from ..errors import InputError

_OPENERS: Mapping[str, Callable[..., IO[Any]]] = {
    ".gz": gzip.open,
    ".xz": lzma.open,
    ".bz2": bz2.open,
}
_KINDS = ("html", "text", "markdown")
LINE_LABELS = ("body", "noise", "title", "caption", "credit", "ambiguous")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Row:
    """One labelled clip, as read."""

    source: str
    kind: str
    gold: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]
    labels: tuple[str, ...]
    site: str
    url: str | None
    title: str
    captions: tuple[str, ...]
    credits: tuple[str, ...]
    type: str
    style: str
    language: str
    set: str

    def fold(self, folds: int) -> int:
        """Which fold the row's site belongs to: the same in each run and on each machine."""
        return int(_digest(self.site), 16) % folds


def read_rows(paths: Sequence[Path], every: int = 1) -> Iterator[Row]:
    """The rows of these files, each `every`-th one. Raises `InputError` for a file that cannot
    be read and for a line that is no labelled clip; it names both."""
    number = 0
    for path in paths:
        for at, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            if number % every == 0:
                yield _row(line, f"{path}, line {at}")
            number += 1


def _lines(path: Path) -> Iterator[str]:
    opener: Callable[..., IO[Any]] = _OPENERS.get(path.suffix, open)
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def _row(line: str, place: str) -> Row:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: no JSON ({error})") from error
    if not isinstance(data, dict):
        raise InputError(f"{place}: no JSON object")
    try:
        return _parsed(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{place}: no labelled clip ({error!r})") from error


def _parsed(data: Mapping[str, Any]) -> Row:
    lines = _strings(data, "lines")
    starts: list[int] = []
    if "html" in data:
        source, kind = data["html"], "html"
    elif "text" in data:
        source, kind = data["text"], data.get("kind") or "text"
    elif "lines" not in data:
        raise ValueError("no html, text or lines")
    else:
        source, starts = joined(lines, _blanks(data, len(lines)))
        kind = "markdown" if data.get("style") == "markdown" else data.get("kind") or "text"
    labels = _strings(data, "labels")
    if labels and not starts:
        raise ValueError("labels are for lines: give no html or text beside them")
    if labels and (len(labels) != len(lines) or not set(labels) <= set(LINE_LABELS)):
        raise ValueError("labels: one of " + ", ".join(LINE_LABELS) + " for each line")
    captions = data.get("captions") or ()
    url = data.get("url")
    for key in ("url", "site", "publisher", "title", "type", "style", "lang", "set", "kind"):
        if not isinstance(data.get(key) or "", str):
            raise TypeError(f"{key} is no text")
    if not isinstance(source, str):
        raise TypeError("the clip is no text")
    if kind not in _KINDS:
        raise ValueError(f"kind: one of {', '.join(_KINDS)}")
    return Row(
        source=source,
        kind=kind,
        gold=_gold(data),
        lines=lines,
        starts=tuple(starts),
        labels=labels,
        site=_site(data, source),
        url=url,
        title=data.get("title") or "",
        captions=tuple(str(c["caption"]) for c in captions if c.get("caption")),
        credits=tuple(credit for c in captions for credit in _strings(c, "credits")),
        type=data.get("type") or "article",
        style=data.get("style") or kind,
        language=data.get("lang") or next(iter(data.get("langs") or ()), None) or "?",
        set=data.get("set") or "",
    )


def _strings(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The list of texts under a key, empty where there is none."""
    found = data.get(key) or ()
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{key} is no list of texts")
    return tuple(found)


def _blanks(data: Mapping[str, Any], size: int) -> Sequence[int]:
    found = data.get("blank_before") or [0] * size
    if not all(isinstance(each, int) and each >= 0 for each in found):
        raise TypeError("blank_before counts empty lines")
    return tuple(found)


def joined(lines: Iterable[str], blank_before: Iterable[int]) -> tuple[str, list[int]]:
    """The text of which these are the lines, and where each of them begins."""
    pieces, starts, at = [], [], 0
    for line, blank in zip(lines, blank_before, strict=True):
        starts.append(at + blank)
        pieces.append("\n" * blank + line + "\n")
        at += len(pieces[-1])
    return "".join(pieces), starts


def _gold(data: Mapping[str, Any]) -> str:
    if "sections" in data:
        keys = ("headline", "paragraphs")
        if not all(key in section for section in data["sections"] for key in keys):
            raise ValueError("sections have a headline and paragraphs, lists that may be empty")
        parts = [_strings(section, key) for section in data["sections"] for key in keys]
        return "\n".join(chain.from_iterable(parts))
    gold = data["gold"]
    if not isinstance(gold, str):
        raise TypeError("gold is no text")
    return gold


def _site(data: Mapping[str, Any], source: str) -> str:
    """The site of a clip; one that names none is a site of its own."""
    named = data.get("site") or data.get("publisher") or _domain(data.get("url"))
    return named or str(data.get("id") or "") or _digest(source)


def _digest(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _domain(url: str | None) -> str:
    """The last two labels of a URL's host: sites of one domain stay in one fold."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:]) if url else ""
