"""Evernote's export (`.enex`): notes in XML, each with its page in XML again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from .budget import Budget
from .document import Document, Lost
from .page_head import with_head

if TYPE_CHECKING:
    from lxml.etree import _Element

FORM = "enex"
_START = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?<(?:\?xml|!DOCTYPE|en-export)\b", re.I)
_ROOT = b"<en-export"
_PROLOGUE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")


def recognise(head: bytes) -> bool:
    """By its root element."""
    return _START.match(head) is not None and _ROOT in head


def stream(source: BinaryIO, budget: Budget) -> Iterator[Document | Lost]:
    """The notes, one at a time, and a line that says where the XML is broken."""
    from lxml import etree

    # No entity but XML's own five is known, no DTD is read, nothing is fetched.
    events = etree.iterparse(
        source, tag="note", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count = 0
    try:
        for _, note in events:
            count += 1
            budget.next_page()
            yield _document(note, budget)
            # What was read is let go, with its place among the notes before it.
            note.clear()
            while note.getprevious() is not None:
                del note.getparent()[0]
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())
        yield Lost(f"the export is broken behind its note {count} ({reason})")


def _document(note: _Element, budget: Budget) -> Document:
    title, author = _text(note, "title"), _text(note, "note-attributes/author")
    page = note.findtext("content") or ""
    budget.take(len(page))
    page = with_head(_PROLOGUE.sub("", page, count=1), title, (author,) if author else ())
    facts = {
        "title": title,
        "author": author,
        "tags": "; ".join(tag.text or "" for tag in note.iterfind("tag")),
    }
    return Document(
        page,
        "html",
        url=_text(note, "note-attributes/source-url") or None,
        date=_moment(_text(note, "created")),
        facts={name: value for name, value in facts.items() if value},
        notes=tuple(_attachments(note)),
    )


def _text(note: _Element, path: str) -> str:
    return " ".join((note.findtext(path) or "").split())


def _moment(stamp: str) -> str | None:
    """Evernote's form of a date, in ISO 8601."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}+00:00"


def _attachments(note: _Element) -> Iterator[str]:
    """The files in a note that are no pictures."""
    for resource in note.iterfind("resource"):
        kind = _text(resource, "mime")
        if not kind.startswith("image/"):
            name = _text(resource, "resource-attributes/file-name") or "without a name"
            yield f"the attachment {name} ({kind}) was not read"
