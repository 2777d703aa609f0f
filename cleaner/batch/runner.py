"""A batch from its inputs to its outputs: every document read is answered for, once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..errors import InputError
from . import report
from .pool import Pool
from .progress import Progress
from .settings import FILE_FORMS, SUFFIXES, Settings
from .sinks import ErrorLines, Sink, open_sink, rename, write_whole
from .sources import STDIN, Inputs, pattern_root
from .state import OutputError, State, WorkFolder, check_writable, writing
from .tally import Tally
from .task import Outcome, Task


@dataclass(frozen=True)
class Summary:
    """How a batch ended: documents in, articles out, failures, files that were passed over
    because their suffix is no document's, and the seconds that it all took, over all runs."""

    documents: int
    written: int
    failed: int
    skipped: int
    seconds: float


def run(settings: Settings) -> Summary:
    """Cleans all documents. Raises `CleanerError` where an input is not there, where the
    output cannot be written, and where a run is resumed that does not fit; what was done up to
    then is kept for `resume`."""
    return _Run(settings).run()


class _Run:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._output = settings.output
        self._inputs = Inputs(settings.inputs, settings.work, self._own_files())
        self._folder = WorkFolder(_work_folder(settings))
        self._begin = time.monotonic()

    def _own_files(self) -> set[Path]:
        own = {self._output, self._settings.errors_path, self._settings.report}
        return {path.resolve() for path in own if path is not None}

    def run(self) -> Summary:
        self._inputs.check()
        self._check_outputs()
        state = self._folder.open(_described(self._settings), self._settings.resume)
        try:
            return self._resumed(state)
        finally:
            self._folder.release()

    def _check_outputs(self) -> None:
        settings = self._settings
        for path in (settings.errors_path, settings.report):
            if path is not None:
                check_writable(path, "it")
        if settings.work.form in FILE_FORMS:
            check_writable(self._output, f"{settings.work.form} output")
        names = [Path(name) for name in settings.inputs if name != STDIN]
        if self._own_files() & {path.resolve() for path in names if path.is_file()}:
            raise InputError(f"{self._output}: is an input itself: choose another output")
        if settings.work.form in SUFFIXES:
            self._check_folder(names)

    def _check_folder(self, names: list[Path]) -> None:
        """An output folder that holds inputs would in time write over one of them."""
        if self._output.exists() and not self._output.is_dir():
            raise InputError(f"{self._output}: is no folder")
        folder = self._output.resolve()
        for path in names:
            place = pattern_root(path)
            place = (place.parent if place.is_file() else place).resolve()
            if folder == place or (path.is_dir() and folder in place.parents):
                raise InputError(f"{self._output}: holds the input {path}: choose another folder")

    def _resumed(self, state: State) -> Summary:
        total = self._inputs.measure()
        work = self._folder.path
        self._state = state
        self._tally = Tally.restored(state.tally)
        self._earlier = state.seconds
        with writing(self._output):
            if self._settings.work.form in SUFFIXES:
                self._output.mkdir(parents=True, exist_ok=True)
        if not state.finished:
            errors = ErrorLines(self._settings.errors_path, work / "errors.part", state.errors)
            sink = open_sink(self._settings.work, self._output, work, state.sink)
            try:
                self._clean(sink, errors, total)
            finally:
                sink.close()
                errors.close()
        return self._finish()

    def _clean(self, sink: Sink, errors: ErrorLines, total: int | None) -> None:
        state, saved = self._state, time.monotonic()
        tasks = self._skipped(self._inputs.tasks())
        # The workers start only when there is something to do.
        first = next(tasks, None)
        if first is not None:
            progress = Progress(total, state.documents, state.failed)
            settings = self._settings
            try:
                with Pool(settings.work, settings.worker_count, self._folder.path) as pool:
                    for task, outcome in pool.map(_chained(first, tasks)):
                        failed = self._take(task, outcome, sink, errors)
                        progress.step(task.position, failed)
                        if time.monotonic() - saved >= settings.checkpoint:
                            self._save(sink, errors)
                            saved = time.monotonic()
            finally:
                progress.close()
        self._save(sink, errors)
        sink.seal()
        errors.seal()
        state.finished = True
        self._save(sink, errors)

    def _skipped(self, tasks: Iterator[Task]) -> Iterator[Task]:
        """The tasks behind those that an interrupted run has done. Raises `OutputError` where
        these are not what it had read."""
        chain = b""
        for number in range(self._state.documents):
            task = next(tasks, None)
            if task is None:
                raise OutputError(f"{self._folder.path}: {_CHANGED} ({number:,} documents)")
            chain = task.fingerprint(chain)
        if chain.hex() != self._state.chain:
            raise OutputError(f"{self._folder.path}: {_CHANGED}")
        yield from tasks

    def _take(self, task: Task, outcome: Outcome, sink: Sink, errors: ErrorLines) -> bool:
        """Answers for one document; whether it failed."""
        state = self._state
        failure = outcome.failure or sink.put(task, outcome)
        if failure is not None:
            errors.put(task, outcome.id, failure)
            self._tally.fail(failure)
            state.failed += 1
        elif outcome.facts is not None:
            self._tally.add(outcome.id, outcome.facts)
        state.documents += 1
        state.chain = task.fingerprint(bytes.fromhex(state.chain)).hex()
        return failure is not None

    def _save(self, sink: Sink, errors: ErrorLines) -> None:
        """A checkpoint: first the files, then the word that they hold so much."""
        state = self._state
        state.sink, state.errors = sink.save(), errors.save()
        state.tally = self._tally.saved()
        state.seconds = self._seconds()
        self._folder.save(state)

    def _seconds(self) -> float:
        return round(self._earlier + time.monotonic() - self._begin, 3)

    def _finish(self) -> Summary:
        """Gives the outputs their names. All of it can be done again after a kill."""
        settings, state, work = self._settings, self._state, self._folder.path
        if settings.report is not None:
            text = report.page(self._tally, settings.output.name, state.seconds)
            write_whole(settings.report, lambda file: file.write(text.encode()))
        _rename_all(settings, work)
        self._folder.drop()
        return Summary(
            documents=state.documents,
            written=state.documents - state.failed,
            failed=state.failed,
            skipped=self._inputs.skipped,
            seconds=state.seconds,
        )


_CHANGED = "the input is not the one that the interrupted run read: delete the folder to begin anew"


def _chained(first: Task, rest: Iterator[Task]) -> Iterator[Task]:
    yield first
    yield from rest


def _rename_all(settings: Settings, work: Path) -> None:
    rename(work / "output.part", settings.output)
    rename(work / "errors.part", settings.errors_path)


def _work_folder(settings: Settings) -> Path:
    """Beside an output file, inside an output folder: on one file system with what is renamed."""
    output = settings.output
    if settings.work.form in SUFFIXES:
        return output / ".cleaner-batch"
    return output.with_name(f".{output.name}.cleaner-batch")


def _described(settings: Settings) -> str:
    """What of the settings changes the rows."""
    work = settings.work
    rules = ",".join(str(path) for path in work.rules)
    columns = ",".join(str(name) for name in (work.columns.text, work.columns.url, work.columns.id))
    fields = "all" if work.fields is None else ",".join(sorted(work.fields))
    return (
        f"cleaner {__version__} {work.form} {work.kind} {work.favor} model={work.model}"
        f" fields={fields} rules={rules} columns={columns} seconds={work.seconds:g}"
        f" max={work.max_bytes} errors={settings.errors_path.name} reported={work.reported}"
    )
