"""Brotli: `.br` around anything. The format has no mark of its own: a file is known by its name,
bytes by being nothing else and by unpacking to text."""

from __future__ import annotations

import io
import zlib
from typing import Any, BinaryIO, cast

from ...errors import MissingExtraError
from .extras import needed

FORM = "brotli"
SUFFIX = ".br"
_CHUNK = 1 << 16
_TRIED = 4096
_LEAST_VARIED = 40


def recognise(head: bytes) -> bool:
    """Nothing marks it."""
    return False


def unpacks(head: bytes) -> bool:
    """Whether the first bytes of a stream can be unpacked to text. Raises `MissingExtraError`."""
    library = _library()
    try:
        text = library.Decompressor().process(head, output_buffer_limit=_TRIED)
    except library.error:
        return False
    # By chance the same few letters come out again and again; no page begins so.
    varied = len(zlib.compress(text)) * _LEAST_VARIED > len(text)
    return bool(text) and b"\x00" not in text and varied


def unpacked(stream: BinaryIO) -> BinaryIO:
    """What is in it, as a stream. Raises `MissingExtraError`."""
    return cast(BinaryIO, _Stream(stream, _library()))


def broken() -> tuple[type[Exception], ...]:
    """The errors, beside those of files, that a damaged stream raises."""
    return (_library().error,)


def _library() -> Any:
    library = needed("brotli", "br", "files packed by Brotli")
    if not hasattr(library.Decompressor, "can_accept_more_data"):
        # Before 1.2 it unpacked all that a piece holds at once, however much that is.
        raise MissingExtraError(
            "files packed by Brotli are read with brotli 1.2 or later: install the extra"
            " 'web-clip-cleaner[br]'"
        )
    return library


class _Stream(io.RawIOBase):
    """What a Brotli stream holds, never more in memory than was asked for."""

    def __init__(self, packed: BinaryIO, library: Any) -> None:
        super().__init__()
        self._packed = packed
        self._unpacker = library.Decompressor()

    def readable(self) -> bool:
        return True

    def read1(self, size: int) -> bytes:
        """Up to some `size` bytes, none at the end. Raises `EOFError` where it is cut off."""
        unpacker = self._unpacker
        while not unpacker.is_finished():
            wants_more = unpacker.can_accept_more_data()
            taken = self._packed.read(_CHUNK) if wants_more else b""
            # With all input taken in there may still be output.
            data: bytes = unpacker.process(taken, output_buffer_limit=size)
            if data:
                return data
            if wants_more and not taken:
                raise EOFError("the stream ends before its end mark")
        return b""
