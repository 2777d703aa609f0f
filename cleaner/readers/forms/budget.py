"""How much may be read: the one place where unpacked bytes, parts and layers are counted.

Every form asks the budget before it keeps anything, so that a bound holds whatever the form is.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

from ...errors import InputError, LimitError

_CHUNK = 1 << 16
_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The bounds. `page_bytes` is what one page, or one file that is no stream of pages, may
    take once it is unpacked; `parts` how many parts one page may come in (MIME parts, frames);
    `nesting` how many layers may be around it (a packed file, an archive, parts of parts)."""

    page_bytes: int = 256 * _MIB
    parts: int = 10_000
    nesting: int = 16


@dataclass
class Budget:
    """What is left of the limits, for one page at a time."""

    limits: Limits = field(default_factory=Limits)
    used: int = 0
    parts: int = 0

    def next_page(self) -> None:
        """A page of an archive begins."""
        self.used = self.parts = 0

    def take(self, size: int) -> None:
        """So many bytes more are kept. Raises `LimitError`."""
        self.used += size
        if self.used > self.limits.page_bytes:
            raise LimitError(
                f"a page is larger than {self.limits.page_bytes // _MIB} MiB once unpacked"
            )

    def part(self) -> None:
        """One part more. Raises `LimitError`."""
        self.parts += 1
        if self.parts > self.limits.parts:
            raise LimitError(f"a page has more than {self.limits.parts} parts")

    def layer(self, depth: int) -> None:
        """The `depth`-th layer is opened. Raises `LimitError`."""
        if depth > self.limits.nesting:
            raise LimitError(f"a page is packed in more than {self.limits.nesting} layers")


class Counted(io.RawIOBase):
    """A stream that ends where the stream under it is broken, and says what was wrong."""

    def __init__(self, stream: BinaryIO, broken: tuple[type[Exception], ...] = ()) -> None:
        super().__init__()
        self._stream = stream
        self._broken: tuple[type[Exception], ...] = (OSError, EOFError, *broken)
        self._waiting = b""
        self.size = 0
        self.damage: str | None = None

    def readable(self) -> bool:
        """As a stream has it."""
        return True

    # The types of `io` want any buffer; only these two are ever given.
    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As a stream has it."""
        at = 0
        # Full as far as there is something: who peeks sees as much as he asked for.
        while at < len(buffer):
            data = self._waiting or self._some(len(buffer) - at)
            if not data:
                break
            piece = data[: len(buffer) - at]
            # A library may give somewhat more than it was asked for.
            self._waiting = data[len(piece) :]
            buffer[at : at + len(piece)] = piece
            at += len(piece)
            self.size += len(piece)
        return at

    def _some(self, size: int) -> bytes:
        """Up to `size` bytes. What came before the broken place is given before the damage is
        noted: a read of just `size` bytes would lose it."""
        if self.damage is not None:
            return b""
        read = getattr(self._stream, "read1", self._stream.read)
        try:
            data: bytes = read(size)
        except self._broken as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            self.damage = f"cannot be unpacked beyond byte {self.size:,} ({reason})"
            return b""
        if not isinstance(data, bytes):
            raise InputError("an archive is a path, bytes or a stream that gives bytes")
        return data


def read_all(stream: BinaryIO, budget: Budget) -> bytes:
    """What is left of a stream, within the budget."""
    pieces = []
    while piece := stream.read(_CHUNK):
        budget.take(len(piece))
        pieces.append(piece)
    return b"".join(pieces)
