"""How much is read of one clip, and for how long: all bounds, in one place."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

from .errors import TimeLimitError

_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The most that is taken of one clip, or of one page of an archive. Whatever is above a
    limit ends in the error of that limit, a `LimitError`.

    - `input_bytes`: what is handed in, in bytes (of a `str` in characters); of an archive's page
      what it takes there, not the whole archive.
    - `unpacked_bytes`: what it takes in memory in all once it is unpacked, its parts included.
    - `ratio`: how many times larger than it was packed it may become; what is smaller than
      4 MiB is never refused for it.
    - `parts`: the parts that it comes in: MIME parts, frames, pages in JSON.
    - `nesting`: the layers around it: packed files, archives, parts in parts.
    - `blocks`: its paragraphs, list items, cells and so on, the unit of every decision.
    - `seconds`: the time by the clock from its first byte to its article. It is looked at between
      the steps of the work: `IsolatedCleaner` and `cleaner batch` end it in the middle of one too.

    Raises `ValueError` for a limit that is not above zero, and for a `nesting` of more than 100.
    """

    input_bytes: int = 64 * _MIB
    unpacked_bytes: int = 256 * _MIB
    ratio: int = 200
    parts: int = 10_000
    nesting: int = 16
    blocks: int = 200_000
    seconds: float = 60.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"the limit {field.name} has to be above zero")
        if self.nesting > _DEEPEST:
            raise ValueError(f"the limit nesting can be {_DEEPEST} at most")


# Layers are taken off by functions that call themselves.
_DEEPEST = 100


class Clock:
    """The time that one clip has taken so far."""

    def __init__(self, seconds: float = Limits.seconds) -> None:
        self._seconds = seconds
        self.restart()

    def restart(self) -> None:
        """The next clip begins."""
        self._start = time.monotonic()

    def check(self) -> None:
        """Raises `TimeLimitError` where the time is up."""
        taken = time.monotonic() - self._start
        if taken > self._seconds:
            raise TimeLimitError(taken, self._seconds)
