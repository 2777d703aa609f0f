"""Bytes to text: byte order mark, UTF-8, the sender's header, the page's own declaration,
detection, in this order. UTF-8 comes before what is said because hardly any other text is UTF-8
by chance, and much that is UTF-8 is declared as something else."""

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
BYTE_ORDER_MARKS = tuple(mark for mark, _ in _MARKS)
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
# So much is looked at for the nulls of UTF-16. Nearly half of all bytes in Latin script; of
# Chinese the spaces and the tags alone.
_UTF_16_BYTES = 4096
_LEAST_NULLS, _STRAY_NULLS, _SOUND = 0.2, 0.05, 0.97
# Control characters that no text has, and the share of them from which bytes are no text that
# is held in bytes.
CONTROLS = bytes(sorted({*range(32)} - {*b"\t\n\r\f\x1b"}))
NO_TEXT = 0.1
_JAPANESE_SHIFTS = re.compile(rb"\x1b\$[@B]")
# What was read as ASCII is in a charset that holds ASCII: not in UTF-16, not in EBCDIC.
_ASCII = b"<meta charset>"


def decode(data: bytes, charset: str | None = None) -> str:
    """The text in `data`; `charset` is what the sender's header names. Never fails: bytes that
    no encoding explains become U+FFFD."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data.decode(marked, errors="replace")
    unmarked = unmarked_utf_16(data[:_UTF_16_BYTES])
    if unmarked:
        return data.decode(unmarked, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return _shifted(data, charset) or text
    for name in (_known(charset), _declared(data)):
        found = _decoded(data, name)
        if found is not None:
            return found
    found = _decoded(data, _detected(data))
    return data.decode("utf-8", errors="replace") if found is None else found


def unmarked_utf_16(head: bytes) -> str | None:
    """The byte order of a UTF-16 text that has no mark, by its null bytes: they stand in every
    ASCII character, and all on one side. Where they are few (a Russian text has them in its
    spaces alone) it must be no other text, and has to make sense."""
    pairs = len(head) // 2
    if not pairs or b"\x00" not in head:
        return None
    first, second = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    nulls, others, name = max((second, first, "utf-16-le"), (first, second, "utf-16-be"))
    if nulls >= _LEAST_NULLS * pairs and others <= nulls * _STRAY_NULLS:
        return name
    other_text = control_share(head) <= NO_TEXT or nulls <= 2 * others
    return None if other_text or not _makes_sense(head[: 2 * pairs], name) else name


def control_share(data: bytes) -> float:
    """The share of bytes that are control characters, none of which stands in a text."""
    return 1 - len(data.translate(None, CONTROLS)) / len(data) if data else 0.0


def _makes_sense(data: bytes, encoding: str) -> bool:
    """Whether nearly all characters are letters, marks, signs or spaces. A pair that was cut in
    two at the end is no fault."""
    text = data.decode(encoding, errors="ignore")
    sound = sum(char.isprintable() or char.isspace() for char in text)
    return sound >= _SOUND * len(text)


def _shifted(data: bytes, charset: str | None) -> str | None:
    """The text in one of the encodings that are all ASCII and say by escapes what it means: the
    one that is named, or the Japanese one, whose escapes are like nothing else."""
    if b"\x1b$" not in data:
        return None
    for name in (_known(charset), _declared(data)):
        if name and name.startswith("iso2022"):
            return _decoded(data, name)
    japanese = _JAPANESE_SHIFTS.search(data) is not None and b"\x1b(" in data
    return _decoded(data, "iso2022_jp_ext") if japanese else None


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
    return _known(found[1].decode("ascii", errors="replace"))


def _known(name: str | None) -> str | None:
    """The codec that an encoding's name stands for, where it is one that pages are in."""
    name = (name or "").strip().lower()
    if not name:
        return None
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
