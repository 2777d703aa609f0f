"""Mail: a message as mail programs save it (`.eml`), most often a newsletter.

What a reader sees of it is its subject, its sender, its date and its text: of alternatives the
HTML; of several texts, all of them. Attachments are named, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from ...errors import DamagedError
from ..encoding import decode
from .budget import Budget
from .document import Document
from .mime import Part, date, decoded_header, field_names, headers, leaves, saved_by_browser
from .page_head import with_head

if TYPE_CHECKING:
    from email.message import Message

FORM = "eml"
_POSTED = frozenset({b"from", b"subject", b"date", b"to", b"received", b"message-id"})
_TEXTS = frozenset({"text/html", "text/plain"})
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def recognise(head: bytes) -> bool:
    """Headers that a mail program writes."""
    return bool(field_names(head) & _POSTED) and not saved_by_browser(head)


def documents(data: bytes, budget: Budget) -> Iterator[Document]:
    """The message. Raises `DamagedError` where it holds no text, `LimitError`."""
    head, _ = headers(data.lstrip())
    parts = list(leaves(data, budget))
    texts = [part for part in parts if part.type in _TEXTS and not _attached(part)]
    if not texts:
        raise DamagedError(("the mail holds no text",))
    subject = decoded_header(head.get("Subject"))
    sent, authors = date(head.get("Date")), _senders(head)
    facts = {"title": subject, "author": "; ".join(authors), "published": sent or ""}
    shown = [(part.type, _text(part, budget)) for part in texts]
    notes = tuple(_notes(parts))
    if all(kind == "text/plain" for kind, _ in shown):
        text = "\n\n".join(text.strip("\n") for _, text in shown)
        known = {name: value for name, value in facts.items() if value}
        yield Document(text, "text", date=sent, facts=known, notes=notes)
        return
    page = with_head(_page(shown), subject, authors, sent)
    yield Document(page, "html", date=sent, facts={"title": subject}, notes=notes)


def _attached(part: Part) -> bool:
    return part.headers.get_content_disposition() == "attachment"


def _text(part: Part, budget: Budget) -> str:
    content = part.content
    budget.take(len(content))
    return decode(content, part.charset)


def _senders(head: Message) -> tuple[str, ...]:
    from email.utils import getaddresses

    pairs = getaddresses([decoded_header(value) for value in head.get_all("From", [])])
    return tuple(name or address for name, address in pairs if name or address)


def _page(texts: Sequence[tuple[str, str]]) -> str:
    """The first HTML text with the others around what is in its body, in their order."""
    first = next(at for at, (kind, _) in enumerate(texts) if kind == "text/html")
    page = texts[first][1]
    before = "".join(_markup(*text) for text in texts[:first])
    behind = "".join(_markup(*text) for text in texts[first + 1 :])
    if before:
        opened = re.search(r"<body(?:\s[^<>]*)?>", page, re.I)
        at = opened.end() if opened else 0
        page = page[:at] + before + page[at:]
    at = page.lower().rfind("</body")
    return page + behind if at < 0 else page[:at] + behind + page[at:]


def _markup(kind: str, text: str) -> str:
    if kind == "text/html":
        from .frames import body_of

        return f"<div>{body_of(text)}</div>"
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    lines = (escape(paragraph).replace("\n", "<br>") for paragraph in paragraphs)
    return "".join(f"<p>{line}</p>" for line in lines)


def _notes(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        name = decoded_header(part.headers.get_filename()) or "without a name"
        if _attached(part):
            yield f"the attachment {name} ({part.type}) was not read"
        elif not part.whole:
            yield f"the mail is cut off in a part of type {part.type}"
