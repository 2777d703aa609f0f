"""Workers that share the documents of a batch.

`concurrent.futures.ProcessPoolExecutor` gives up all pending work when one process dies.
Pebble does not, but its workers share one channel: processes that were killed at random (as the
kernel does when memory runs out) broke the whole pool within seconds when it was tried. So
each worker here has a pipe of its own, and a thread of a standard pool in front of it, which
holds one document at a time and knows who is to blame.
"""

from __future__ import annotations

import functools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

from ..errors import TimeLimitError
from ..worker import Worker, WorkerDied, context
from .rows import line_identity
from .settings import WorkSettings
from .task import Failure, LinePayload, Outcome, RefusedPayload, Task

# What is read ahead of the slowest document: so many documents for each worker, so many bytes.
_AHEAD, _AHEAD_BYTES = 32, 32 << 20
# A worker that is killed from outside is no fault of its document; three in a row are.
_TRIES = 3


class Pool:
    """Workers for one batch. `traces` is a folder for what dying workers write."""

    def __init__(self, settings: WorkSettings, workers: int, traces: Path) -> None:
        self._settings = settings
        self._count = workers
        self._closing = threading.Event()
        started_by, build = context(f"{__package__}.preload"), functools.partial(_work, settings)
        self._workers = [
            Worker(
                build,
                settings.seconds,
                traces / f"worker-{number}.trace",
                started_by,
                self._closing,
            )
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
            reason = f"the worker ended in this document ({death})"
            return _failed(task, self._settings, "WorkerDied", reason, worker.trace())
        except TimeoutError:
            error = TimeLimitError(self._settings.seconds, self._settings.seconds)
            return _failed(task, self._settings, type(error).__name__, str(error), worker.trace())

    def _retried(self, worker: Worker, task: Task, tries: int) -> Outcome:
        try:
            return cast(Outcome, worker.ask(task))
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


def _work(settings: WorkSettings) -> Callable[[Task], Outcome]:
    """What answers in the processes."""
    from .work import Work

    return Work(settings).do
