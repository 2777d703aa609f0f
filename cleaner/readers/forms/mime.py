"""MIME messages: what mail and MHTML are made of, taken apart in one pass over each layer.

The headers are read by the standard library's `email`. The bodies are parted here, by a search
for the boundary, because a saved page is mostly pictures, and `email` looks at each line of them.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .budget import Budget

if TYPE_CHECKING:
    from email.message import Message

# The names of header fields at the head of a message.
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[^\r\n]*(?:\r?\n|\r)(?:[ \t][^\r\n]*(?:\r?\n|\r))*")
_MESSAGE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
# What a message has, and a text that begins with `Title: …` has not.
_MACHINE_MADE = frozenset(
    {b"mime-version", b"content-type", b"message-id", b"received", b"return-path"}
)
_POSTED = frozenset({b"received", b"message-id", b"return-path", b"to"})
_SAVED_BY = re.compile(rb"^From:\s*[\"<]?Saved by ", re.I | re.M)
_RELATED = re.compile(rb"^Content-Type:\s*multipart/related\b", re.I | re.M)
_LOCATED = re.compile(rb"^(?:Snapshot-)?Content-Location:", re.I | re.M)
_HEADER_END = re.compile(rb"\r?\n(?:\r?\n|\Z)|\r\r")
# So much of a part is searched for the end of its header.
_LONGEST_HEADER = 1 << 18
# No subject and no list of senders that a person wrote is longer.
_LONGEST_VALUE = 4000
_BLANKS = b"\xef\xbb\xbf\r\n\t "
_BASE64_QUANTUM = 4


@dataclass(frozen=True)
class Part:
    """A leaf of a message: its headers, its body as it was sent, and whether it is whole."""

    headers: Message
    body: memoryview
    whole: bool

    @property
    def type(self) -> str:
        """The media type, lower case."""
        return self.headers.get_content_type()

    @property
    def charset(self) -> str | None:
        """The encoding that the header names."""
        return self.headers.get_content_charset()

    @property
    def content(self) -> bytes:
        """The body without its transfer encoding."""
        encoding = str(self.headers.get("Content-Transfer-Encoding", "")).strip().lower()
        body = bytes(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        return from_base64(body) if encoding == "base64" else body


def field_names(head: bytes) -> set[bytes]:
    """The names, lower case, of the header fields that a message begins with; none where it is
    not made by a mail program or a browser."""
    head = head.lstrip(_BLANKS)
    if not _MESSAGE.match(head):
        return set()
    names, at = set(), 0
    while found := _FIELD.match(head, at):
        names.add(found[1].lower())
        at = found.end()
    return names if names & _MACHINE_MADE else set()


def saved_by_browser(head: bytes) -> bool:
    """Whether a message is a page that a browser wrote down: it was never sent."""
    names = field_names(head)
    if not names or names & _POSTED:
        return False
    return bool(_SAVED_BY.search(head) or (_RELATED.search(head) and _LOCATED.search(head)))


def headers(data: bytes | memoryview) -> tuple[Message, int]:
    """The headers at the head of a message or a part, and where its body begins."""
    from email import policy
    from email.parser import BytesHeaderParser

    head = bytes(data[:_LONGEST_HEADER])
    if head[:1] in (b"\r", b"\n"):
        # A part without headers.
        end = 2 if head.startswith(b"\r\n") else 1
        return BytesHeaderParser(policy=policy.compat32).parsebytes(b""), end
    found = _HEADER_END.search(head)
    end = found.end() if found else len(head)
    return BytesHeaderParser(policy=policy.compat32).parsebytes(head[:end]), end


def leaves(data: bytes, budget: Budget) -> Iterator[Part]:
    """The parts of a message that hold no parts themselves, in order; of alternatives those of
    the one that a reader is shown. Raises `LimitError`."""
    start = len(data) - len(data.lstrip(_BLANKS))
    yield from _leaves(memoryview(data)[start:], budget, 1, True)


def _leaves(data: memoryview, budget: Budget, depth: int, whole: bool) -> Iterator[Part]:
    budget.layer(depth)
    budget.part()
    head, at = headers(data)
    body, boundary = data[at:], head.get_boundary()
    if head.get_content_maintype() == "multipart" and boundary:
        parts = (
            list(_leaves(piece, budget, depth + 1, whole and closed))
            for piece, closed in _parted(body, boundary)
        )
        alternative = head.get_content_subtype() == "alternative"
        for part in _shown(list(parts)) if alternative else parts:
            yield from part
    elif head.get_content_type() == "message/rfc822":
        yield _letterhead(headers(body)[0])
        yield from _leaves(body, budget, depth + 1, whole)
    else:
        yield Part(head, body, whole)


def _shown(alternatives: list[list[Part]]) -> list[list[Part]]:
    """The last alternative with HTML in it, else the first: the best comes last, and what is
    neither HTML nor text (a calendar's entry) is for machines."""
    pages = [parts for parts in alternatives if any(part.type == "text/html" for part in parts)]
    return pages[-1:] or alternatives[:1]


def _letterhead(head: Message) -> Part:
    """What a mail program shows over a message that came in another, as a part."""
    names = ("Subject", "From", "Date")
    lines = [f"{name}: {decoded_header(head[name])}" for name in names if head[name]]
    plain, _ = headers(b"Content-Type: text/plain; charset=utf-8\r\n\r\n")
    return Part(plain, memoryview("\n".join(lines).encode("utf-8", "replace")), True)


def _parted(body: memoryview, boundary: str) -> Iterator[tuple[memoryview, bool]]:
    """The parts between the boundaries, each with whether a boundary ends it."""
    # A search that begins with a literal runs at the speed of `find`.
    name = re.escape(boundary.encode("latin-1", "replace"))
    mark = re.compile(rb"--" + name + rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")
    start = None
    for found in mark.finditer(body):
        before = bytes(body[max(0, found.start() - 2) : found.start()])
        if before and not before.endswith((b"\n", b"\r")):
            continue
        if start is not None:
            line_end = 2 if before == b"\r\n" else 1
            yield body[start : max(start, found.start() - line_end)], True
        if found[1]:
            return
        start = found.end()
    if start is not None:
        yield body[start:], False


def from_base64(body: bytes) -> bytes:
    """What base64 holds, as far as it goes."""
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        signs = re.sub(rb"[^A-Za-z0-9+/]", b"", body.partition(b"=")[0])
        return binascii.a2b_base64(signs[: len(signs) - len(signs) % _BASE64_QUANTUM])


def decoded_header(value: object) -> str:
    """A header's value as a person reads it."""
    from email.errors import MessageError
    from email.header import decode_header, make_header

    text = " ".join(str(value or "")[:_LONGEST_VALUE].split())
    try:
        return " ".join(str(make_header(decode_header(text))).split())
    except (MessageError, LookupError, ValueError):
        return text


def date(value: object) -> str | None:
    """A header's date, ISO 8601. The zone `-0000`, which Chrome writes, is UTC."""
    from datetime import timezone
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(str(value)) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).isoformat()
