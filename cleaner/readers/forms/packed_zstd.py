"""Zstandard: `.zst` around anything, read by what Python 3.14 has for it, or its backport."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO, cast

from .extras import needed

FORM = "zstd"
SUFFIX = ".zst"
# A frame, or a frame to be skipped, which some files begin with.
_FRAME, _SKIPPED = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"
_FIRST_SKIPPED = 0x50
_STDLIB = (3, 14)


def recognise(head: bytes) -> bool:
    """By its first bytes."""
    skipped = head[1:4] == _SKIPPED and head[0] & 0xF0 == _FIRST_SKIPPED
    return skipped or head.startswith(_FRAME)


def unpacked(stream: BinaryIO) -> BinaryIO:
    """What is in it, as a stream. Raises `MissingExtraError`."""
    return cast(BinaryIO, _library().ZstdFile(stream, "rb"))


def broken() -> tuple[type[Exception], ...]:
    """The errors, beside those of files, that a damaged stream raises."""
    return (_library().ZstdError,)


def _library() -> Any:
    name = "compression.zstd" if sys.version_info >= _STDLIB else "backports.zstd"
    return needed(name, "zst", "files packed by Zstandard")
