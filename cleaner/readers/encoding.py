"""Bytes to text: byte order mark, declaration, UTF-8, detection, in this order."""

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
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
# Where HTML looks for its declaration (WHATWG: the first 1024 bytes; pages are sloppier).
_DECLARATION_BYTES = 4096
_DETECTION_BYTES = 100_000
# Labels that pages use for the Windows code page, as the WHATWG encoding standard reads them.
_REALLY = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "us-ascii": "windows-1252",
           "ascii": "windows-1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
           "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "iso-8859-9": "windows-1254"}


def decode(data: bytes) -> str:
    """The text in `data`. Never fails: bytes that no encoding explains become U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in (_declared(data), _detected(data)):
        if encoding:
            return data.decode(encoding, errors="replace")
    return data.decode("utf-8", errors="replace")


def _declared(data: bytes) -> str | None:
    """The encoding that a `<meta>` or XML declaration names, where Python knows it. One that
    names UTF-8 is wrong here: the bytes are not UTF-8."""
    found = _DECLARED.search(data[:_DECLARATION_BYTES])
    if found is None:
        return None
    name = found[1].decode("ascii", errors="replace").lower()
    name = _REALLY.get(name, name)
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    # Codecs such as `rot13` or `hex` are no character encodings.
    if info.name in ("utf-8", "utf-16", "utf-32") or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name


def _detected(data: bytes) -> str | None:
    """What charset-normalizer makes of the bytes; a nearly right UTF-8 stays UTF-8."""
    sample = data[:_DETECTION_BYTES]
    broken = sample.decode("utf-8", errors="replace").count("\ufffd")
    multibyte = sum(byte >= 0xC2 for byte in sample)
    if broken <= multibyte * 0.05:
        return "utf-8"
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    best = from_bytes(sample).best()
    return None if best is None else best.encoding
