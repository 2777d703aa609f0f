"""A process that may crash or hang without harm to the one that asks it.

`concurrent.futures.ProcessPoolExecutor` cannot end a process that hangs, and `signal.alarm` no C
code that runs. What hangs here is ended from inside by a thread of C code, and if that fails from
outside; the next question starts another process.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeAlias, cast

from .errors import CleanerError

# What is asked, and a picklable function that gives, in the process, what answers it.
Answer: TypeAlias = "Callable[[Any], Any]"
Build: TypeAlias = "Callable[[], Answer]"
# The worker ends itself when the time is up; this much later it is ended from outside.
_GRACE = 5.0
_START = 120.0
# What is started anew so often does not start.
_TRIES = 3
# More than any system's timer takes, and a timer of more than this is none: a year.
_NEVER = 365 * 24 * 3600.0


class WorkerDied(Exception):  # noqa: N818  # no error of a caller: whoever asks answers it
    """The process ended in the middle of a question."""


def context(*preload: str) -> BaseContext:
    """A way to start processes that takes no thread and no lock of this one along. The modules
    `preload` are imported once, and not by each process, where the system allows it."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(preload))
    return found


class Worker:
    """One process, and another in its place when it is gone. `seconds` is the longest that an
    answer may take; `trace` the file that a process writes, when it ends, where it was."""

    def __init__(
        self,
        build: Build,
        seconds: float,
        trace: Path,
        started_by: BaseContext,
        closing: threading.Event | None = None,
    ) -> None:
        self._build = build
        self._seconds = min(seconds, _NEVER)
        self._trace = trace
        self._context = started_by
        self._closing = closing or threading.Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self, tries: int = _TRIES) -> None:
        """Starts the process and waits until it can answer. Raises the `CleanerError` that
        `build` raised."""
        ready = self._started()
        if isinstance(ready, CleanerError):
            raise ready
        if ready is None:
            ended = self._ended()
            if tries > 1 and not self._closing.is_set():
                self.start(tries - 1)
                return
            raise CleanerError(f"a worker did not start ({ended}): is there enough memory?")

    def _started(self) -> object:
        """What a new process first says: its number, or what went wrong; None: nothing."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]  # typeshed has it on subclasses
            target=serve, args=(theirs, self._build, self._seconds, self._trace), daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        try:
            return self._pipe.recv() if self._pipe.poll(_START) else None
        except (EOFError, OSError):
            return None

    def ask(self, question: object) -> Any:
        """The answer. Raises `WorkerDied` and `TimeoutError`; the process is gone then, and the
        next question starts another."""
        if self._process is None:
            if self._closing.is_set():
                raise CleanerError("the work was ended")
            self.start()
        pipe = cast(Connection, self._pipe)
        try:
            pipe.send(question)
            if pipe.poll(self._seconds + _GRACE):
                return pipe.recv()
        except (EOFError, OSError) as error:
            ended = self._ended()
            if self._closing.is_set():
                raise CleanerError("the work was ended") from error
            if _timed_out(self.trace()):
                raise TimeoutError from error
            raise WorkerDied(ended) from error
        self._ended()
        raise TimeoutError

    def trace(self) -> str | None:
        """Where the last process was when it ended, as far as it could still say."""
        try:
            return self._trace.read_text("utf-8", "replace").strip() or None
        except OSError:
            return None

    def end(self) -> None:
        """Ends the process, whatever it does. The thread that waits for it hears of that."""
        process = self._process
        if process is not None and process.is_alive():
            process.kill()

    def _ended(self) -> str:
        """Makes sure that the process is gone; how it ended."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        if process is None:
            return "gone"
        process.join(0.5)
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode or 0
        return _signal_name(-code) if code < 0 else f"exit code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _timed_out(trace: str | None) -> bool:
    """By the first words of `faulthandler`."""
    return trace is not None and trace.startswith("Timeout (")


# --- in the process


def serve(pipe: Connection, build: Build, seconds: float, trace: Path) -> None:
    """The life of a worker: it ends when the pipe does, and so with the process that asks, however
    that ends."""
    # Ctrl-C goes to all processes of a terminal; what follows from it the one that asks decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer = build()
    except CleanerError as error:
        pipe.send(error)
        return
    with trace.open("w") as file:
        faulthandler.enable(file)
        pipe.send(os.getpid())
        while True:
            try:
                question = pipe.recv()
            except (EOFError, OSError):
                return
            # A thread of C code, which needs no lock of the interpreter: it writes where the
            # process hangs and ends it, in whatever code that is.
            faulthandler.dump_traceback_later(seconds, exit=True, file=file)
            answered = answer(question)
            faulthandler.cancel_dump_traceback_later()
            try:
                pipe.send(answered)
            except OSError:
                return
