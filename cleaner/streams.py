"""Streams made of pieces, as `io` has them."""

from __future__ import annotations

import io
from abc import abstractmethod


class Pieces(io.RawIOBase):
    """A stream of what `_piece` gives: up to so many bytes, none at the end."""

    def readable(self) -> bool:
        """As a stream has it."""
        return True

    def readinto(  # type: ignore[override]  # of the buffers of `io` only these two are given
        self, buffer: bytearray | memoryview
    ) -> int:
        """As a stream has it."""
        data = self._piece(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    @abstractmethod
    def _piece(self, size: int) -> bytes:
        """The next up to so many bytes."""
