"""WARC: what crawlers and archives keep, record by record. Every response and resource that is
HTML is a page; in Common Crawl's WET files the records are plain text.

The records are read here, not by a library: of the two that are well kept, FastWARC 2.0 panics
on a stream that cannot seek, and warcio reads a line of any length, leaves out what it does not
understand and says so on standard error. A record is its headers and as many bytes as they say.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...errors import CleanerError
from .budget import Budget
from .document import Document, Lost
from .http import content, media_type, response
from .languages import short_code

FORM, TEXT_FORM = "warc", "wet"
_VERSION = re.compile(rb"\s*WARC/\d+\.\d+[ \t]*(?:\r?\n|\r)")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_WANTED = frozenset({"response", "resource", "conversion"})
_LONGEST_LINE, _MOST_HEADERS = 1 << 16, 1000
_CHUNK = 1 << 16
_LENGTH = re.compile(r"\d{1,15}")
_SNIFFED = 1000
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?<(?:!doctype html|html|head|!--)", re.I)


def recognise(head: bytes) -> bool:
    """By the version that each record begins with."""
    return _VERSION.match(head) is not None


def stream(source: io.BufferedReader, budget: Budget) -> Iterator[Document | Lost]:
    """The pages, one at a time, and a line for each record that could not be read, be it that a
    library is missing for its packing."""
    records = _Records(source)
    while True:
        budget.next_page()
        each = records.next()
        if each is None:
            return
        found = each if isinstance(each, Lost) else _read(each, records, budget)
        if found is not None:
            yield found


@dataclass(frozen=True)
class _Record:
    """The head of a record; its body is still in the stream."""

    headers: Mapping[str, str]
    length: int

    @property
    def url(self) -> str:
        return self.headers.get("warc-target-uri", "").strip("<> ")

    @property
    def name(self) -> str:
        return f"the record of {self.url or self.headers.get('warc-record-id', 'no address')}"


class _Records:
    """The records of a stream, one after the other."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self._unread = 0
        self._line = b""

    def next(self) -> _Record | Lost | None:
        """The next record, or what stands in the place of one; None at the end."""
        self.skip()
        line = self._line or self._blanks_skipped()
        self._line = b""
        if not line:
            return None
        if not _VERSION.match(line):
            return Lost(f"{self._to_next_record(len(line)):,} bytes that are no WARC record")
        headers = self._headers()
        length = headers.get("content-length", "")
        if not _LENGTH.fullmatch(length):
            return Lost(self._without_length(_Record(headers, 0)))
        self._unread = int(length)
        return _Record(headers, self._unread)

    def _without_length(self, record: _Record) -> str:
        if not self._source.peek(1):
            return f"{record.name} is cut off"
        self._to_next_record(0)
        return f"{record.name} does not say how long it is"

    def peek(self) -> bytes:
        """How the body begins of the record that was given last."""
        return self._source.peek(1)[: self._unread]

    def body(self) -> bytes:
        """The body of the record that was given last, as far as the stream has it."""
        data = self._source.read(self._unread)
        self._unread = 0
        return data

    def skip(self) -> None:
        """Passes over a body that nobody asked for."""
        while self._unread:
            passed = len(self._source.read(min(_CHUNK, self._unread)))
            self._unread = self._unread - passed if passed else 0

    def _blanks_skipped(self) -> bytes:
        while (line := self._source.readline(_LONGEST_LINE)) and not line.strip():
            pass
        return line

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        name = ""
        for _ in range(_MOST_HEADERS):
            line = self._source.readline(_LONGEST_LINE)
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if not text:
                break
            if text[0] in " \t" and name:
                headers[name] += " " + text.strip()
                continue
            name, _, value = text.partition(":")
            name = name.strip().lower()
            headers[name] = value.strip()
        return headers

    def _to_next_record(self, passed: int) -> int:
        """Goes on to a line that a record begins with. How many bytes that were, with those
        that were `passed` before."""
        while line := self._source.readline(_LONGEST_LINE):
            if _VERSION.match(line):
                self._line = line
                break
            passed += len(line)
        return passed


def _read(record: _Record, records: _Records, budget: Budget) -> Document | Lost | None:
    """The page in a record, None where it holds none: a picture, a script, a revisit."""
    kind, charset = media_type(record.headers.get("content-type", ""))
    if record.headers.get("warc-type", "").lower() not in _WANTED:
        return None
    try:
        if kind == "application/http" and not _may_be_page(records.peek()):
            return None
        budget.given(record.length)
        data = records.body()
        budget.take(len(data))
        document = _document(record, data, kind, charset, budget)
    except CleanerError as error:
        return Lost(f"{record.name}: {error}")
    if len(data) == record.length:
        return document
    if document is None:
        return Lost(f"{record.name} is cut off")
    return replace(document, notes=(*document.notes, "the record is cut off"))


def _may_be_page(head: bytes) -> bool:
    """Whether a response that begins so may be HTML: a film need not be held to be passed over."""
    answer = response(head)
    return not answer.type or answer.type in _HTML or not answer.body


def _document(
    record: _Record, data: bytes, kind: str, charset: str | None, budget: Budget
) -> Document | None:
    url, saved = record.url or None, record.headers.get("warc-date")
    if record.headers["warc-type"].lower() == "conversion":
        language = record.headers.get("warc-identified-content-language", "").partition(",")[0]
        facts = {"language": short_code(language)} if language else {}
        page = Document(data, "text", charset, url, saved, facts=facts, form=TEXT_FORM)
        return page if kind == "text/plain" else None
    if kind != "application/http":
        return Document(data, "html", charset, url, saved) if kind in _HTML else None
    answer = response(data)
    # Without a media type it is told by how it begins.
    marked_up = not answer.type and _MARKUP.match(bytes(answer.body[:_SNIFFED]))
    if answer.type not in _HTML and not marked_up:
        return None
    body, problem = content(answer, budget)
    if not body.strip():
        # A redirect, most often: nothing is shown.
        return None
    notes = (problem,) if problem else ()
    return Document(body, "html", answer.charset, url, saved, answer.status, notes=notes)
