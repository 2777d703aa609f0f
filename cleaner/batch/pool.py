"""Worker processes that may crash or hang without harm to the rest.

`concurrent.futures.ProcessPoolExecutor` gives up all pending work when one process dies, and
cannot end one that hangs. Pebble can, but its workers share one channel: processes that were
killed at random (as the kernel does when memory runs out) broke the whole pool within
seconds when it was tried. So each worker here has a pipe of its own, and a thread of a
standard pool in front of it, which holds one document at a time and knows who is to blame.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import cast

from ..errors import CleanerError
from .rows import line_identity
from .settings import WorkSettings
from .task import Failure, LinePayload, Outcome, RefusedPayload, Task

# What is read ahead of the slowest document: so many documents for each worker, so many bytes.
_AHEAD, _AHEAD_BYTES = 32, 32 << 20
# The worker ends itself when a document's time is up; this much later it is ended from outside.
_GRACE = 5.0
_START = 120.0
# A worker that is killed from outside is no fault of its document; three in a row are.
_TRIES = 3


class WorkerDied(Exception):  # noqa: N818  # no error of a caller: the pool answers it
    """The process ended in the middle of a document."""


class Pool:
    """Workers for one batch. `traces` is a folder for what dying workers write."""

    def __init__(self, settings: WorkSettings, workers: int, traces: Path) -> None:
        self._settings = settings
        self._count = workers
        self._closing = threading.Event()
        context = _context()
        self._workers = [
            Worker(settings, context, traces / f"worker-{number}.trace", self._closing)
            for number in range(workers)
        ]
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="cleaner-batch")

    def __enter__(self) -> Pool:
        """Starts the workers. Raises `CleanerError` where the settings are wrong."""
        try:
            for started in [self._threads.submit(worker.start) for worker in self._workers]:
                started.result()
        except BaseException:
            self._close()
            raise
        for worker in self._workers:
            self._idle.put(worker)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        self._closing.set()
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def map(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Each task with its outcome, in the order of the tasks, which are read as room is
        made."""
        ahead: deque[tuple[Task, Future[Outcome]]] = deque()
        size = 0
        for task in tasks:
            ahead.append((task, self._submit(task)))
            size += task.size
            while ahead and (
                ahead[0][1].done() or size > _AHEAD_BYTES or len(ahead) > _AHEAD * self._count
            ):
                first, future = ahead.popleft()
                size -= first.size
                yield first, future.result()
        while ahead:
            first, future = ahead.popleft()
            yield first, future.result()

    def _submit(self, task: Task) -> Future[Outcome]:
        if isinstance(task.payload, RefusedPayload):
            refused: Future[Outcome] = Future()
            failure = Failure(task.payload.kind, task.payload.reason)
            refused.set_result(Outcome(task.id, failure=failure))
            return refused
        return self._threads.submit(self._do, task)

    def _do(self, task: Task) -> Outcome:
        worker = self._idle.get()
        try:
            return self._tried(worker, task)
        finally:
            self._idle.put(worker)

    def _tried(self, worker: Worker, task: Task) -> Outcome:
        try:
            return self._retried(worker, task, _TRIES)
        except WorkerDied as death:
            return _failed(task, self._settings, "WorkerDied", str(death), worker.trace())
        except TimeoutError:
            reason = f"took longer than {self._settings.seconds:g} seconds: given up"
            return _failed(task, self._settings, "TimeoutError", reason, worker.trace())

    def _retried(self, worker: Worker, task: Task, tries: int) -> Outcome:
        try:
            return worker.do(task)
        except WorkerDied:
            if tries <= 1:
                raise
        return self._retried(worker, task, tries - 1)


def _failed(
    task: Task, settings: WorkSettings, kind: str, reason: str, trace: str | None
) -> Outcome:
    name = task.id
    if isinstance(task.payload, LinePayload):
        name = line_identity(task.payload.line, settings.columns) or name
    return Outcome(name, failure=Failure(kind, reason, trace))


def _context() -> BaseContext:
    """A way to start processes that takes no thread and no lock of this one along."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.preload"])
    return context


class Worker:
    """One process, and another in its place when it is gone."""

    def __init__(
        self, settings: WorkSettings, context: BaseContext, trace: Path, closing: threading.Event
    ) -> None:
        self._settings = settings
        self._context = context
        self._trace = trace
        self._closing = closing
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self, tries: int = _TRIES) -> None:
        """Starts the process and waits until its cleaner is built. Raises the `CleanerError`
        that building it raised."""
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
            target=serve, args=(theirs, self._settings, self._trace), daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        try:
            return self._pipe.recv() if self._pipe.poll(_START) else None
        except (EOFError, OSError):
            return None

    def do(self, task: Task) -> Outcome:
        """The outcome of a task. Raises `WorkerDied` and `TimeoutError`; the process is gone
        then, and the next task starts another."""
        if self._process is None:
            if self._closing.is_set():
                raise CleanerError("the batch was ended")
            self.start()
        pipe = cast(Connection, self._pipe)
        try:
            pipe.send(task)
            if pipe.poll(self._settings.seconds + _GRACE):
                outcome: Outcome = pipe.recv()
                return outcome
        except (EOFError, OSError) as error:
            ended = self._ended()
            if self._closing.is_set():
                raise CleanerError("the batch was ended") from error
            if _timed_out(self.trace()):
                raise TimeoutError from error
            raise WorkerDied(f"the worker ended in this document ({ended})") from error
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


def serve(pipe: Connection, settings: WorkSettings, trace: Path) -> None:
    """The life of a worker: it ends when the pipe does, and so with the batch, however that
    ends."""
    # Ctrl-C goes to all processes of a terminal; what follows from it the batch decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from .work import Work

    try:
        work = Work(settings)
    except CleanerError as error:
        pipe.send(error)
        return
    with trace.open("w") as file:
        faulthandler.enable(file)
        pipe.send(os.getpid())
        while True:
            try:
                task = pipe.recv()
            except (EOFError, OSError):
                return
            # A thread of C code, which needs no lock of the interpreter: it writes where the
            # document hangs and ends the process, in whatever code that is.
            faulthandler.dump_traceback_later(settings.seconds, exit=True, file=file)
            outcome = work.do(task)
            faulthandler.cancel_dump_traceback_later()
            try:
                pipe.send(outcome)
            except OSError:
                return
