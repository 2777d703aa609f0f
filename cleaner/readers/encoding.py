"""Bytes to text: byte order mark, UTF-8, declaration, detection, in this order."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
# Where HTML looks for its declaration (WHATWG: the first 1024 bytes; pages are sloppier).
_DECLARATION_BYTES = 4096
_DETECTION_BYTES = 100_000
# The first byte of a UTF-8 sequence of several bytes, and the share of such bytes that may be
# broken in a text that still is UTF-8: a cut-off end, one pasted character.
_MULTIBYTE = 0xC2
_BROKEN_SHARE = 0.05
# Labels that pages use for the Windows code page, as the WHATWG encoding standard reads them.
_REALLY = {
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "windows-1254",
}
# Python codecs that no page is in, whatever it declares: UTF-8, because the bytes were found not
# to be; UTF-7, which the WHATWG standard forbids; the code page of the machine; and codecs for
# host names and for source code. Some of them would make lone surrogates.
_NEVER = frozenset(
    {"utf-8", "utf-8-sig", "utf-7", "mbcs", "oem", "undefined", "idna", "punycode"}
    | {"unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
)
# What was read as ASCII is in a charset that holds ASCII: not in UTF-16, not in EBCDIC.
_ASCII = b"<meta charset>"


def decode(data: bytes) -> str:
    """The text in `data`. Never fails: bytes that no encoding explains become U+FFFD."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data.decode(marked, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in (_declared, _detected):
        text = _decoded(data, name(data))
        if text is not None:
            return text
    return data.decode("utf-8", errors="replace")


def _decoded(data: bytes, encoding: str | None) -> str | None:
    """The text in `data`; None where there is no encoding, or it turns out to be no charset."""
    if encoding is None:
        return None
    try:
        return data.decode(encoding, errors="replace")
    except (LookupError, ValueError):
        # A codec may refuse the bytes, or the error handling, in spite of `replace`.
        return None


def _declared(data: bytes) -> str | None:
    """The encoding that a `<meta>` or XML declaration names, where Python knows it."""
    found = _DECLARED.search(data[:_DECLARATION_BYTES])
    if found is None:
        return None
    name = found[1].decode("ascii", errors="replace").lower()
    try:
        info = codecs.lookup(_REALLY.get(name, name))
    except (LookupError, ValueError):
        return None
    # Codecs such as `rot13` or `hex` are no character encodings.
    if info.name in _NEVER or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name if _decoded(_ASCII, info.name) == _ASCII.decode() else None


def _detected(data: bytes) -> str | None:
    """What charset-normalizer makes of the bytes; a nearly right UTF-8 stays UTF-8."""
    sample = data[:_DETECTION_BYTES]
    broken = sample.decode("utf-8", errors="replace").count("\ufffd")
    multibyte = sum(byte >= _MULTIBYTE for byte in sample)
    if broken <= multibyte * _BROKEN_SHARE:
        return "utf-8"
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    best = from_bytes(sample).best()
    return None if best is None else best.encoding
