"""ZIP and TAR: a folder of pages in one file."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..errors import InputError
from .names import is_document
from .packing import bare_name, damage, open_unpacked

SUFFIXES = (".zip", ".tar", ".tgz")
# What `zipfile` raises for a member that is damaged, encrypted, or packed as it cannot unpack.
_MEMBER_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)


@dataclass(frozen=True)
class Member:
    """A page: its name in the bundle, its bytes, up to one more than were asked for, and how much
    of the file is read with it; or, with `problem`, why it cannot be read."""

    name: str
    data: bytes
    read: int
    problem: str | None = None


def members(path: Path, most: int, skip: Callable[[], None]) -> Iterator[Member]:
    """The pages of a bundle in its own order, one in memory at a time; `skip` is called for each
    file that is none. Raises one of `broken()`."""
    if Path(bare_name(path.name)).suffix.lower() == ".zip":
        yield from _zipped(path, most, skip)
        return
    packed = f"{path.name}.gz" if path.suffix.lower() == ".tgz" else path.name
    with path.open("rb") as raw:
        yield from _tarred(open_unpacked(raw, packed), raw, most, skip)


def broken(name: str) -> tuple[type[Exception], ...]:
    """What a bundle of this name raises that cannot be read any further."""
    return (*damage(name), tarfile.TarError, zipfile.BadZipFile, InputError)


def _zipped(path: Path, most: int, skip: Callable[[], None]) -> Iterator[Member]:
    if bare_name(path.name) != path.name:
        raise InputError("a ZIP is packed inside: unpack it first")
    with zipfile.ZipFile(path) as bundle:
        for each in bundle.infolist():
            if each.is_dir() or _hidden(each.filename):
                continue
            if not is_document(each.filename):
                skip()
                continue
            try:
                with bundle.open(each) as file:
                    yield Member(each.filename, file.read(most + 1), each.header_offset)
            except _MEMBER_DAMAGE as error:
                problem = f"{each.filename}: cannot be read ({error})"
                yield Member(each.filename, b"", each.header_offset, problem)


def _tarred(
    stream: BinaryIO, raw: BinaryIO, most: int, skip: Callable[[], None]
) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|") as bundle:
        while (each := bundle.next()) is not None:
            # It would keep the heads of all.
            bundle.members = []  # type: ignore[attr-defined]  # typeshed lacks it
            if not each.isfile() or _hidden(each.name):
                continue
            file = bundle.extractfile(each) if is_document(each.name) else None
            if file is None:
                skip()
            else:
                yield Member(each.name, file.read(most + 1), raw.tell())


def _hidden(name: str) -> bool:
    """As in a folder; and what macOS puts beside the files of its ZIPs."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts if part.strip("."))
