"""gzip: `.gz` around anything, members in a row as archives have them."""

from __future__ import annotations

import gzip
import zlib
from typing import BinaryIO, cast

FORM = "gzip"
SUFFIX = ".gz"


def recognise(head: bytes) -> bool:
    """By its first bytes; deflate is the only method that there is."""
    return head.startswith(b"\x1f\x8b\x08")


def unpacked(stream: BinaryIO) -> BinaryIO:
    """What is in it, as a stream."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))


def broken() -> tuple[type[Exception], ...]:
    """The errors, beside those of files, that a damaged stream raises."""
    return (zlib.error,)
