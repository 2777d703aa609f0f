"""Files that may be packed: `.gz` by the standard library, `.zst` by Python 3.14's or its
backport."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from ..errors import InputError
from ..streams import Pieces

PACKED = (".gz", ".zst")
# What a broken file raises while it is read.
DAMAGE = (OSError, EOFError, zlib.error)
_BUFFER = 1 << 18
_STDLIB = (3, 14)


def bare_name(name: str) -> str:
    """The name without `.gz` or `.zst`."""
    stem, dot, suffix = name.rpartition(".")
    return stem if stem and f"{dot}{suffix}".lower() in PACKED else name


def packing_of(name: str) -> str:
    """`.gz`, `.zst`, or nothing."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in PACKED else ""


def open_unpacked(raw: BinaryIO, name: str) -> BinaryIO:
    """What is in the file called `name`, as a stream. Raises `InputError` where a library is
    missing; reading it raises one of `damage()`."""
    packing = packing_of(name)
    if packing == ".gz":
        return io.BufferedReader(_Unpacked(gzip.GzipFile(fileobj=raw)), _BUFFER)
    if packing == ".zst":
        return io.BufferedReader(_Unpacked(zstd().ZstdFile(raw, "rb")), _BUFFER)
    return raw


class _Unpacked(Pieces):
    """What a library unpacks, piece by piece: a larger read would lose what stands before the
    place where a file is broken."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file

    def _piece(self, size: int) -> bytes:
        return cast(bytes, self._file.read1(size))


def packer(file: IO[bytes], packing: str) -> IO[bytes]:
    """A stream that packs into `file`. Closing it ends a member (gzip) or frame (Zstandard),
    to which others may be joined, and leaves `file` open."""
    if packing == ".gz":
        # Without name and time: the same rows give the same bytes.
        return cast(IO[bytes], gzip.GzipFile("", "wb", fileobj=file, mtime=0, compresslevel=6))
    return cast(IO[bytes], zstd().ZstdFile(file, "wb"))


def damage(name: str) -> tuple[type[Exception], ...]:
    """What a broken file raises while it is read."""
    return (*DAMAGE, zstd().ZstdError) if packing_of(name) == ".zst" else DAMAGE


def zstd() -> Any:
    """The library for Zstandard. Raises `InputError`."""
    name = "compression.zstd" if sys.version_info >= _STDLIB else "backports.zstd"
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            "files packed by Zstandard need a library: pip install 'web-clip-cleaner[zst]'"
        ) from error
