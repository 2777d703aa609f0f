"""A response as a server sent it: status, headers, and the body without its encodings."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from ...errors import DamagedError
from .budget import Budget, Counted, read_all

_STATUS = re.compile(rb"HTTP/[\d.]+[ \t]+(\d{3})")
_HEADER = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\r\n]*)", re.M)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,15})[^\r\n]*\r?\n")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.I)
_RAW_DEFLATE = -15


@dataclass(frozen=True)
class Response:
    """What the headers say; `body` is still as it was sent."""

    status: int | None
    type: str
    charset: str | None
    encodings: tuple[str, ...]
    chunked: bool
    body: memoryview


def response(data: bytes) -> Response:
    """The response in a record. One without a status line, or without headers, is a body."""
    status = _STATUS.match(data)
    end = _HEADER_END.search(data)
    if status is None:
        return Response(None, "", None, (), False, memoryview(data))
    head = data[: end.start()] if end else data
    fields = {
        name.lower(): value.strip().decode("latin-1") for name, value in _HEADER.findall(head)
    }
    media, charset = media_type(fields.get(b"content-type", ""))
    encodings = [each.strip().lower() for each in fields.get(b"content-encoding", "").split(",")]
    return Response(
        int(status[1]),
        media,
        charset,
        tuple(each for each in encodings if each not in ("", "identity")),
        "chunked" in fields.get(b"transfer-encoding", "").lower(),
        memoryview(data)[end.end() :] if end else memoryview(b""),
    )


def media_type(value: str) -> tuple[str, str | None]:
    """The media type of a `Content-Type`, lower case, and its charset."""
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower(), charset[1] if charset else None


def content(answer: Response, budget: Budget) -> tuple[bytes, str | None]:
    """The body without its encodings, and what is wrong with it. Crawlers often take encodings
    off and leave the headers: a body that is not packed is taken as it is. Raises
    `DamagedError`, `LimitError`, `MissingExtraError`."""
    body = bytes(answer.body)
    if answer.chunked and _CHUNK_SIZE.match(body):
        body = b"".join(_chunks(body))
    problem = None
    for encoding in reversed(answer.encodings):
        body, problem = _decoded(body, encoding, budget)
        if problem:
            break
    if problem and not body:
        raise DamagedError((f"the body {problem}",))
    return body, problem and f"the body {problem}"


def _chunks(body: bytes) -> Iterator[memoryview]:
    """The chunks of a body; what is no chunk any more is given as it is."""
    view, at = memoryview(body), 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if not length:
            return
        yield view[size.end() : size.end() + length]
        at = size.end() + length
    yield view[at:]


def _decoded(body: bytes, encoding: str, budget: Budget) -> tuple[bytes, str | None]:
    from . import packed_brotli, packed_gzip, packed_zstd

    if encoding == "deflate":
        return _inflated(body, budget)
    modules = {"gzip": packed_gzip, "x-gzip": packed_gzip, "br": packed_brotli, "zstd": packed_zstd}
    module = modules.get(encoding)
    if module is None:
        return b"", f"is in the encoding {encoding}, which is not known"
    if encoding != "br" and not module.recognise(body[:8]):
        return body, None
    stream = module.unpacked(cast(BinaryIO, io.BytesIO(body)))
    counted = Counted(stream, budget, module.broken(), lambda: len(body))
    data = read_all(cast(BinaryIO, io.BufferedReader(counted)), budget, lambda: len(body))
    if encoding == "br" and counted.damage and not data:
        return body, None
    return data, counted.damage


def _inflated(body: bytes, budget: Budget) -> tuple[bytes, str | None]:
    """A body in `deflate`, with the header that the standard asks for or without."""
    left = budget.limits.unpacked_bytes - budget.used + 1
    problem = None
    for window in (zlib.MAX_WBITS, _RAW_DEFLATE):
        unpacker = zlib.decompressobj(window)
        try:
            data = unpacker.decompress(body, left)
            budget.unpacked(len(data), len(body))
        except zlib.error as error:
            problem = f"cannot be unpacked ({error})"
            continue
        budget.take(len(data))
        return data, None if unpacker.eof else "is cut off"
    return body if b"<" in body[:1000] else b"", None if b"<" in body[:1000] else problem
