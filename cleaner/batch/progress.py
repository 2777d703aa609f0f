"""How far a batch is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any, TextIO

_LINE_SECONDS = 30.0
_MINUTE, _HOUR = 60, 3600


class Progress:
    """Shows documents, their rate, errors, the share of the input that is read and the time
    that is left. `total` is the size of the input in bytes, None where it is not known;
    `documents` and `failed` are what an interrupted run had done."""

    def __init__(
        self, total: int | None, documents: int, failed: int, stream: TextIO | None = None
    ) -> None:
        self._stream = stream or sys.stderr
        self._total = total
        self._first = self._documents = documents
        self._failed = failed
        self._first_position: int | None = None
        self._position = 0
        self._begin = time.monotonic()
        self._said = self._begin
        self._bar = self._make_bar() if self._stream.isatty() else None

    def _make_bar(self) -> Any:
        try:
            from tqdm import tqdm
        except ImportError:
            return None
        form = "{percentage:3.0f}% |{bar}| {desc}" if self._total else "{desc}"
        # tqdm shows nothing on a terminal that does not tell its size.
        width, height = shutil.get_terminal_size()
        return tqdm(
            total=self._total, file=self._stream, bar_format=form, leave=False,
            ncols=width, nrows=height,
        )  # fmt: skip

    def step(self, position: int, failed: bool) -> None:
        """A document is done, with which `position` bytes of the input are."""
        if self._first_position is None:
            self._first_position = self._position = position
        self._documents += 1
        self._failed += failed
        self._position = max(self._position, position)
        now = time.monotonic()
        if self._bar is not None:
            if now - self._said > self._bar.mininterval:
                self._said = now
                self._bar.n = min(self._position, self._total or 0)
                self._bar.set_description_str(self._text(now), refresh=False)
                self._bar.refresh()
        elif now - self._said >= _LINE_SECONDS:
            self._said = now
            share = f"{self._position / self._total:.0%}, " if self._total else ""
            self._stream.write(f"cleaner: {share}{self._text(now)}\n")
            self._stream.flush()

    def _text(self, now: float) -> str:
        rate = (self._documents - self._first) / max(now - self._begin, 1e-9)
        parts = [f"{self._documents:,} documents", f"{rate:,.1f}/s", f"{self._failed:,} errors"]
        left = self._left(now)
        return ", ".join([*parts, f"{_clock(left)} left"] if left is not None else parts)

    def _left(self, now: float) -> float | None:
        """The seconds that are left, from the bytes that this run has read."""
        read = self._position - (self._first_position or 0)
        if not self._total or read <= 0:
            return None
        return (now - self._begin) * (self._total - self._position) / read

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.close()


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, rest = divmod(whole, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
