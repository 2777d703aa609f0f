"""How much may be read: the one place where bytes, parts and layers are counted.

Every form asks the budget before it keeps anything, so that a bound holds whatever the form is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from ...errors import (
    InputError,
    InputLimitError,
    NestingLimitError,
    PartsLimitError,
    RatioLimitError,
    UnpackedLimitError,
)
from ...limits import Clock, Limits
from ...streams import Pieces

_CHUNK = 1 << 16
# What is smaller once it is unpacked is no bomb.
_NO_BOMB = 1 << 22


@dataclass
class Budget:
    """What is left of the limits, for one page at a time."""

    limits: Limits = field(default_factory=Limits)
    used: int = 0
    parts: int = 0
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self.limits.seconds)

    def next_page(self) -> None:
        """A page of an archive begins."""
        self.used = self.parts = 0
        self.clock.restart()

    def given(self, size: int) -> None:
        """So many bytes were handed in for one page. Raises `InputLimitError`."""
        if size > self.limits.input_bytes:
            raise InputLimitError(size, self.limits.input_bytes)

    def take(self, size: int) -> None:
        """So many bytes more are kept. Raises `UnpackedLimitError`."""
        self.used += size
        if self.used > self.limits.unpacked_bytes:
            raise UnpackedLimitError(self.used, self.limits.unpacked_bytes)

    def unpacked(self, size: int, packed: int) -> None:
        """So many bytes were unpacked out of so many. Raises `RatioLimitError`."""
        if size > _NO_BOMB and size > self.limits.ratio * packed:
            raise RatioLimitError(size / max(1, packed), self.limits.ratio)

    def part(self) -> None:
        """One part more. Raises `PartsLimitError`."""
        self.parts += 1
        if self.parts > self.limits.parts:
            raise PartsLimitError(self.parts, self.limits.parts)

    def layer(self, depth: int) -> None:
        """The `depth`-th layer is opened. Raises `NestingLimitError`."""
        if depth > self.limits.nesting:
            raise NestingLimitError(depth, self.limits.nesting)


class Counted(Pieces):
    """A stream that ends where the stream under it is broken, and says what was wrong. What it
    gives is weighed by `budget` against what was `packed`, where that is given."""

    def __init__(
        self,
        stream: BinaryIO,
        budget: Budget,
        broken: tuple[type[Exception], ...] = (),
        packed: Callable[[], int] | None = None,
    ) -> None:
        super().__init__()
        self._stream = stream
        self._budget = budget
        self._broken: tuple[type[Exception], ...] = (OSError, EOFError, *broken)
        self._packed = packed
        self._waiting = b""
        self.size = 0
        self.damage: str | None = None

    def _piece(self, size: int) -> bytes:
        """Full as far as there is something: who peeks sees as much as he asked for."""
        pieces = []
        left = size
        while left and (data := self._waiting or self._some(left)):
            piece = data[:left]
            # A library may give somewhat more than it was asked for.
            self._waiting = data[len(piece) :]
            pieces.append(piece)
            left -= len(piece)
            self.size += len(piece)
        self._budget.clock.check()
        if self._packed is not None:
            self._budget.unpacked(self.size, self._packed())
        return b"".join(pieces)

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


def read_all(stream: BinaryIO, budget: Budget, given: Callable[[], int]) -> bytes:
    """What is left of a stream, within the budget; `given` is how much was handed in for it so
    far."""
    pieces = []
    while piece := stream.read(_CHUNK):
        budget.given(given())
        budget.take(len(piece))
        pieces.append(piece)
    return b"".join(pieces)
