"""Saved pages as nobody would save them: strategies that build each form out of parts that are
right, wrong, missing, twice there or in the wrong place."""

from __future__ import annotations

import base64
import gzip
import json
import plistlib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from .strategies import ODD, SENTENCES, any_text, markdown_clips, torn_html

Bytes = st.SearchStrategy[bytes]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


noise: Bytes = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"\x00", b"\xff\xfe", b"\r\n\r\n", b"--", b"\n", b"<", b'"', b"{", b"0" * 400]
    ),
    st.sampled_from(ODD).map(_encoded),
)
texts: Bytes = st.one_of(st.sampled_from(SENTENCES), torn_html, markdown_clips, any_text).map(
    _encoded
)
pages: Bytes = st.one_of(texts.map(lambda text: b"<!doctype html><html><p>" + text), texts)


def _joined(pieces: Bytes, most: int) -> Bytes:
    return st.lists(pieces, max_size=most).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file from which pieces were cut, or put elsewhere, and into which noise was put."""
    for _ in range(draw(st.integers(1, 4))):
        first, second = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        piece = whole[first:second]
        whole = whole[:first] + draw(st.sampled_from([b"", piece * 2])) + whole[second:]
        at = draw(st.integers(0, len(whole)))
        whole = whole[:at] + draw(st.one_of(noise, st.just(piece))) + whole[at:]
    return whole


def damaged_files(folder: Path) -> Bytes:
    """Files of a folder, damaged."""
    files = [path.read_bytes() for path in sorted(folder.iterdir())]
    return st.sampled_from(files).flatmap(damaged)


# --- MIME: mail and MHTML

_HEADS = st.sampled_from(
    [
        b"From: <Saved by Blink>", b'From: "Jo Lind" <jo@osk.example>',
        b"Subject: =?utf-8?B?4pyT?=",
        b"Subject: =?x?q?=ff", b"Date: Fri, 1 Mar 2024 08:00:00 -0000", b"Date: Fri, 99 Foo",
        b"Content-Location: http://osk.example/", b"Content-Location: ../../../etc/passwd",
        b"Content-ID: <f@b>", b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment",
        b"Content-Transfer-Encoding: quoted-printable", b"Content-Type: text/html; charset=x-none",
        b"Content-Type: text/html; charset=utf-16", b"Content-Type: text/plain",
        b"Content-Type: message/rfc822", b"Content-Type: multipart/alternative; boundary=b",
        b'Content-Type: multipart/mixed; boundary="c"', b"Content-Type: image/png",
        b"Content-Type:", b"MIME-Version: 1.0",
        b"Content-Type: multipart/related; boundary=b; start=\"<f@b>\"", b" folded",
    ]
)  # fmt: skip
_bodies: Bytes = st.one_of(
    pages, pages.map(base64.encodebytes), st.just(b'<iframe src="cid:f@b"></iframe>'), noise
)
_header: Bytes = st.lists(st.one_of(_HEADS, _HEADS, _HEADS, noise), max_size=5).map(b"\r\n".join)
_mime_pieces: Bytes = st.one_of(
    st.sampled_from([b"\r\n--b\r\n", b"\r\n--c\r\n", b"\n--b--\n", b"\r\n--c--\r\n", b"\r\n\r\n"]),
    _header.map(lambda head: head + b"\r\n\r\n"),
    _bodies,
)
_BLINK = (
    b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/related; boundary=b\r\n\r\n"
)
_POSTED = b"Received: x\r\nFrom: j@o.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


def _led(head: bytes) -> Bytes:
    return _joined(_mime_pieces, 14).map(lambda rest: head + rest)


mhtml: Bytes = _led(_BLINK)
mail: Bytes = st.one_of(_led(_POSTED), _led(b"Received: x\r\n"))

# --- WARC

_FIELDS = st.sampled_from(
    [
        b"WARC-Type: response", b"WARC-Type: resource", b"WARC-Type: conversion", b"WARC-Type:",
        b"Content-Type: application/http", b"Content-Type: text/html", b"Content-Type: text/plain",
        b"WARC-Target-URI: http://osk.example/../..", b"WARC-Date: never", b"no field", b" folded",
        b"WARC-Identified-Content-Language: eng,xx", b"Content-Length: 5", b"Content-Length: -1",
        b"Content-Length: 99999999999999999999", b"Content-Length: 999999999", b"Content-Length: x",
    ]
)  # fmt: skip
_HTTP = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"HTTP/1.1 999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br, zstd, deflate, x\r\n\r\n", b"", b"HTTP/",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08",
    ]
)  # fmt: skip


@st.composite
def _record(draw: st.DrawFn) -> bytes:
    fields = draw(st.lists(st.one_of(_FIELDS, _FIELDS, noise), max_size=6))
    body = draw(_HTTP) + draw(st.one_of(pages, pages.map(gzip.compress), noise))
    if draw(st.booleans()):
        fields.append(b"Content-Length: %d" % len(body))
    return b"WARC/1.0\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + body + draw(noise)


warc: Bytes = st.lists(_record(), min_size=1, max_size=4).map(b"".join)

# --- JSON and property lists: any values under the names that are looked for

_strings = st.one_of(
    any_text, st.sampled_from(["", "http://[", "2024-01-01", *SENTENCES]), torn_html
)
_leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _strings)


def _values(keys: tuple[str, ...], leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(keys), inner, max_size=5)
        ),
        max_leaves=20,
    )


_KEYS = (
    "data", "markdown", "html", "rawHtml", "metadata", "title", "url", "content", "text", "results",
    "statusCode", "author", "language", "publishedTime", "web", "news",
)  # fmt: skip
clip_json: Bytes = st.dictionaries(st.sampled_from(_KEYS), _values(_KEYS, _leaves), min_size=1).map(
    lambda value: json.dumps(value).encode()
)
_RESOURCE = (
    "WebResourceData",
    "WebResourceURL",
    "WebResourceMIMEType",
    "WebResourceTextEncodingName",
)
_ARCHIVE = ("WebMainResource", "WebSubframeArchives", "WebSubresources")
_listed = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.binary(max_size=30), pages,
    st.text(max_size=30), st.sampled_from(["text/html", "utf-8", "x-none", "http://osk.example/"]),
)  # fmt: skip


@st.composite
def webarchive(draw: st.DrawFn) -> bytes:
    """A property list of anything, with a page in most."""
    archive = draw(
        st.dictionaries(st.sampled_from(_ARCHIVE), _values(_RESOURCE + _ARCHIVE, _listed))
    )
    if draw(st.booleans()):
        main = draw(st.dictionaries(st.sampled_from(_RESOURCE), _listed))
        archive["WebMainResource"] = {"WebResourceData": draw(pages), **main}
    form = draw(st.sampled_from([plistlib.FMT_BINARY, plistlib.FMT_XML]))
    try:
        return plistlib.dumps(archive, fmt=form)
    except (ValueError, OverflowError):  # XML cannot hold every character
        return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)


# --- Evernote

_TAGS = st.sampled_from(
    [
        b"<note>", b"</note>", b"<title>", b"</title>", b"<content>", b"</content>", b"<![CDATA[",
        b"]]>", b"<created>20240301T080000Z</created>", b"<created>99999999T999999Z</created>",
        b"<note-attributes>", b"</note-attributes>", b"<source-url>http://[</source-url>",
        b"<tag/>",
        b"<resource><mime>a/b</mime></resource>", b"&x;", b"&#0;", b"&lt;p&gt;", b"<!--", b"-->",
        b"<?x?>", b"</en-export>", b"<en-note>", b"<note><content>A mill.</content></note>",
    ]
)  # fmt: skip
_PROLOGUES = st.sampled_from(
    [
        b"", b'<?xml version="1.0" encoding="UTF-8"?>', b'<?xml version="1.0" encoding="x-none"?>',
        b'<!DOCTYPE en-export [<!ENTITY x "&x;">]>', b'<!DOCTYPE en-export SYSTEM "http://[/x.dtd">',
        b'<!DOCTYPE en-export [<!ENTITY a "lol"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ]
)  # fmt: skip
enex: Bytes = st.tuples(_PROLOGUES, _joined(st.one_of(_TAGS, _TAGS, texts, noise), 16)).map(
    lambda parts: parts[0] + b"<en-export>" + parts[1]
)

FORMS: dict[str, Bytes] = {
    "mail": mail,
    "mhtml": mhtml,
    "warc": warc,
    "json": clip_json,
    "webarchive": webarchive(),
    "enex": enex,
    "html": pages,
    "markdown": texts,
    "text": texts,
}
