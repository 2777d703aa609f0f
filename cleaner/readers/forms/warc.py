"""WARC: what crawlers and archives keep, record by record. Every response and resource that is
HTML is a page; in Common Crawl's WET files the records are plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import CleanerError, LimitError, MissingExtraError
from .budget import Budget
from .document import Document, Lost
from .extras import needed
from .http import content, media_type, response

FORM, TEXT_FORM = "warc", "wet"
_VERSION = re.compile(rb"\s*WARC/\d+\.\d+\r?\n")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_LANGUAGE = "WARC-Identified-Content-Language"
_SNIFFED = 1000
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?<(?:!doctype html|html|head|!--)", re.I)


def recognise(head: bytes) -> bool:
    """By the version that each record begins with."""
    return _VERSION.match(head) is not None


def stream(source: BinaryIO, budget: Budget) -> Iterator[Document | Lost]:
    """The pages, one at a time, and a line for each record that could not be read. Raises
    `MissingExtraError`."""
    warc = needed("fastwarc.warc", "warc", "WARC files")
    kinds = warc.WarcRecordType
    wanted = kinds.response | kinds.resource | kinds.conversion
    # Without `stream_detect` it looks for no packing of its own: layers are counted elsewhere.
    records = warc.ArchiveIterator(
        source, record_types=wanted, parse_http=False, stream_detect=False
    )
    at = 0
    try:
        for record in records:
            at = record.stream_pos
            budget.next_page()
            found = _read(record, budget)
            if found is not None:
                yield found
    except OSError as error:
        yield Lost(f"the WARC is broken behind the record at byte {at:,} ({error})")


def _read(record: Any, budget: Budget) -> Document | Lost | None:
    url = record.headers.get("WARC-Target-URI", "").strip("<> ")
    name = f"the record of {url or record.record_id}"
    try:
        data = _body(record, budget)
        document = _document(record, data, url or None, budget)
    except MissingExtraError:
        raise
    except CleanerError as error:
        return Lost(f"{name}: {error}")
    if len(data) < record.content_length:
        if document is None:
            return Lost(f"{name} is cut off")
        return _noted(document, "the record is cut off")
    return document


def _body(record: Any, budget: Budget) -> bytes:
    left = budget.limits.page_bytes + 1
    if record.content_length >= left:
        raise LimitError(f"larger than {budget.limits.page_bytes:,} bytes")
    data: bytes = record.reader.read(record.content_length)
    budget.take(len(data))
    return data


def _document(record: Any, data: bytes, url: str | None, budget: Budget) -> Document | None:
    """The page in a record, None where it holds none: a picture, a script, a revisit."""
    saved = record.headers.get("WARC-Date")
    kind, charset = media_type(record.headers.get("Content-Type", ""))
    if record.record_type == record.record_type.conversion:
        if kind != "text/plain":
            return None
        language = record.headers.get(_LANGUAGE, "").partition(",")[0]
        facts = {"language": language} if language else {}
        return Document(data, "text", charset, url, saved, facts=facts, form=TEXT_FORM)
    if kind != "application/http":
        return Document(data, "html", charset, url, saved) if kind in _HTML else None
    answer = response(data)
    if not _is_page(answer.type, bytes(answer.body[:_SNIFFED])):
        return None
    body, problem = content(answer, budget)
    if not body.strip():
        # A redirect, most often: nothing is shown.
        return None
    notes = (problem,) if problem else ()
    return Document(body, "html", answer.charset, url, saved, answer.status, notes=notes)


def _is_page(kind: str, body: bytes) -> bool:
    """By its media type; where there is none, by how it begins."""
    return kind in _HTML or (not kind and _MARKUP.match(body) is not None)


def _noted(document: Document, note: str) -> Document:
    from dataclasses import replace

    return replace(document, notes=(*document.notes, note))
