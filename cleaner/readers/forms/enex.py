"""Evernote's export (`.enex`): notes in XML, each with its page in XML again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from .budget import Budget
from .document import Document, Lost
from .page_head import with_head

FORM = "enex"
_START = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?<(?:\?xml|!DOCTYPE|en-export)\b", re.I)
_ROOT = b"<en-export"
_PROLOGUE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_CHUNK = 1 << 16
# What of a note is kept, by its place in it; the data of its files is not.
_TITLE, _CONTENT, _CREATED, _TAG = "title", "content", "created", "tag"
_AUTHOR, _URL = "note-attributes/author", "note-attributes/source-url"
_FILE, _FILE_TYPE, _FILE_NAME = (
    "resource",
    "resource/mime",
    "resource/resource-attributes/file-name",
)
_KEPT = frozenset(
    {_TITLE, _CONTENT, _CREATED, _TAG, _AUTHOR, _URL, _FILE_TYPE, _FILE_NAME}
)  # fmt: skip
# Where a note stands in an export, and how deep the places go.
_NOTE = ["en-export", "note"]
_DEEPEST = len(_NOTE) + 3


def recognise(head: bytes) -> bool:
    """By its root element."""
    return _START.match(head) is not None and _ROOT in head


def stream(source: BinaryIO, budget: Budget) -> Iterator[Document | Lost]:
    """The notes, one at a time, and a line that says where the XML is broken. Raises
    `LimitError` for a note that is too large: where it ends is not looked for."""
    notes = _Notes(budget)
    count = 0
    problem = None
    while problem is None:
        chunk = source.read(_CHUNK)
        try:
            notes.feed(chunk)
        except (expat.ExpatError, LookupError, ValueError) as error:
            # The last two are what Python raises about an encoding that it does not know.
            problem = str(error)
        for note in notes.taken():
            count += 1
            yield note
            budget.next_page()
        if not chunk:
            break
    if problem is not None:
        yield Lost(f"the export is broken behind its note {count} ({problem})")


@dataclass
class _Note:
    """What is kept of a note: texts by their places, its tags, a line for each of its files that
    is no picture."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def take(self, place: str) -> str:
        """The text of that place, on one line."""
        return " ".join("".join(self.texts.pop(place, ())).split())

    def end(self, place: str) -> None:
        """What stands at a place is whole."""
        if place == _TAG:
            self.tags.append(self.take(_TAG))
        elif place == _FILE:
            kind, name = self.take(_FILE_TYPE), self.take(_FILE_NAME) or "without a name"
            if not kind.startswith("image/"):
                self.files.append(f"the attachment {name} ({kind}) was not read")

    def document(self) -> Document:
        """The page."""
        title, author = self.take(_TITLE), self.take(_AUTHOR)
        page = _PROLOGUE.sub("", "".join(self.texts.get(_CONTENT, ())), count=1)
        facts = {"title": title, "author": author, "tags": "; ".join(self.tags)}
        return Document(
            with_head(page, title, (author,) if author else ()),
            "html",
            url=self.take(_URL) or None,
            date=_moment(self.take(_CREATED)),
            facts={name: value for name, value in facts.items() if value},
            notes=tuple(self.files),
        )


class _Notes:
    """The notes in the XML so far. No entity but XML's own five is known, no DTD is read, nothing
    is fetched; no more of a note is held than what is kept of it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._path: list[str] = []
        self._place = ""
        self._note = _Note()
        self._whole: list[Document] = []
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        # Where something takes all else, entities are given to it and not filled in.
        parser.DefaultHandler = _pass_over

    def feed(self, chunk: bytes) -> None:
        """The next piece of the XML, at its end an empty one. Raises `ExpatError` where it is
        broken, `LookupError` and `ValueError` for its encoding."""
        self._parser.Parse(chunk, not chunk)

    def taken(self) -> list[Document]:
        """The notes that became whole since this was last asked."""
        whole, self._whole = self._whole, []
        return whole

    def _here(self) -> str:
        """The place in a note; none outside of it."""
        path = self._path
        if len(path) > _DEEPEST or path[: len(_NOTE)] != _NOTE:
            return ""
        return "/".join(path[len(_NOTE) :])

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._place = self._here()

    def _end(self, _tag: str) -> None:
        self._note.end(self._here())
        if self._path == _NOTE:
            self._whole.append(self._note.document())
            self._note = _Note()
        self._path.pop()
        self._place = self._here()

    def _text(self, text: str) -> None:
        if self._place in _KEPT:
            self._budget.take(len(text))
            self._note.texts.setdefault(self._place, []).append(text)


def _pass_over(_data: str) -> None:
    """Comments, instructions, entities."""


def _moment(stamp: str) -> str | None:
    """Evernote's form of a date, in ISO 8601."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}+00:00"
