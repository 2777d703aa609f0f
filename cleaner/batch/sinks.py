"""Where articles and failures go. Each output appears whole: what is written stands under
another name, in the work folder, until it is complete."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import IO, Protocol

from .names import inside, slug
from .packing import packer, packing_of
from .settings import SUFFIXES, WorkSettings
from .state import sync_folder, write_synced, writing
from .task import Failure, Outcome, Task

# Errors that are one name's own; any other ends the run.
_OF_ONE_NAME = {
    errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ,
    errno.ENOTEMPTY,
}  # fmt: skip


class Sink(Protocol):
    """An output. `save` makes what was put safe and says where it stands."""

    def put(self, task: Task, outcome: Outcome) -> Failure | None:
        """Takes an article; its failure where it alone cannot be written."""

    def save(self) -> int:
        """All that was put is safe; the position to go on from."""

    def seal(self) -> None:
        """All was put: the file in the work folder becomes what its name will be given to."""

    def close(self) -> None:
        """Lets go of files, whatever the state."""


def open_sink(settings: WorkSettings, output: Path, work: Path, position: int) -> Sink:
    """The sink for a form, as it stood at `position`. Raises `OutputError`."""
    if settings.form == "jsonl":
        return LineSink(output, work / "output.part", position)
    if settings.form == "parquet":
        return ParquetSink(output, work, position, settings.fields)
    return FolderSink(output, work / "document.part", SUFFIXES[settings.form])


class Lines:
    """A file of lines that grows and can be cut back to where it was last saved. Packed, it
    has a new member (gzip) or frame (Zstandard) from there on."""

    def __init__(self, path: Path, temporary: Path, position: int) -> None:
        self._path = path
        self._temporary = temporary
        self._packing = packing_of(path.name)
        with writing(path):
            self._file: IO[bytes] = temporary.open("r+b" if temporary.exists() else "w+b")
            self._file.truncate(position)
            self._file.seek(position)
        self._packer: IO[bytes] | None = None

    def write(self, line: bytes) -> None:
        """Takes a line, with its end."""
        with writing(self._path):
            if not self._packing:
                self._file.write(line)
                return
            if self._packer is None:
                self._packer = packer(self._file, self._packing)
            self._packer.write(line)

    def save(self) -> int:
        """Makes all safe; how long the file is."""
        with writing(self._path):
            if self._packer is not None:
                self._packer.close()
                self._packer = None
            self._file.flush()
            os.fsync(self._file.fileno())
            return self._file.tell()

    def seal(self) -> None:
        """A packed file of nothing has to say so."""
        if self._packing and self.save() == 0:
            with writing(self._path):
                packer(self._file, self._packing).close()
                self.save()

    def close(self) -> None:
        """Lets go of the file. What was not saved may be lost with it."""
        with contextlib.suppress(OSError, ValueError):
            if self._packer is not None:
                self._packer.close()
        with writing(self._path):
            self._file.close()


def rename(temporary: Path, path: Path) -> None:
    """Gives a finished file its name, if that was not done before a kill. A link stays one."""
    if not temporary.exists():
        return
    place = path.resolve()
    with writing(path):
        try:
            temporary.replace(place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # Another file system, where only a copy can appear whole.
            with temporary.open("rb") as source:
                write_whole(place, lambda file: shutil.copyfileobj(source, file))
            temporary.unlink()
        sync_folder(place.parent)


class LineSink(Lines):
    """Articles as JSON lines."""

    def put(self, task: Task, outcome: Outcome) -> Failure | None:  # noqa: ARG002  # as Sink has it
        """Takes an article."""
        self.write(outcome.output or b"")
        return None


class ErrorLines(Lines):
    """The failures as JSON lines: id, input, kind of error, reason, traceback."""

    def put(self, task: Task, name: str, failure: Failure) -> None:
        """Takes a failure."""
        source = task.input.encode("utf-8", "replace").decode()
        row = {"id": name, "input": source, **asdict(failure)}
        self.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


class FolderSink:
    """A file for each article, in folders as the input has them."""

    def __init__(self, folder: Path, temporary: Path, suffix: str) -> None:
        self._folder = folder
        self._temporary = temporary
        self._suffix = suffix
        self._touched: set[Path] = set()

    def put(self, task: Task, outcome: Outcome) -> Failure | None:
        """Writes the article's file."""
        path = inside(self._folder, target_of(task, outcome.id) + self._suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._temporary.open("wb") as file:
                file.write(outcome.output or b"")
                file.flush()
                os.fsync(file.fileno())
            self._temporary.replace(path)
        except OSError as error:
            if error.errno in _OF_ONE_NAME:
                return Failure("OutputError", f"{path}: cannot be written ({error.strerror})")
            with writing(path):
                raise
        self._touched.add(path.parent)
        return None

    def save(self) -> int:
        """The files are safe; now their names are."""
        for folder in self._touched:
            sync_folder(folder)
        self._touched.clear()
        return 0

    def seal(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """Nothing is open."""


def target_of(task: Task, name: str) -> str:
    """Where an article goes below the folder: for a row its number, which alone is unique,
    and what of its id a name can hold."""
    if task.row is None:
        return task.target
    own = "" if name == f"{task.input}:{task.row}" else slug(name)
    return f"{task.target}/{task.row:08d}" + (f"-{own}" if own else "")


class ParquetSink:
    """Articles as Parquet. A Parquet file cannot be gone on with after a kill, so its rows lie
    in pieces until all are there, and are then joined."""

    def __init__(
        self, output: Path, work: Path, pieces: int, fields: Collection[str] | None = None
    ) -> None:
        from .parquet import schema

        self._schema = schema(fields)
        self._output = output
        self._work = work
        self._pieces = pieces
        self._rows: list[bytes] = []
        self._bytes = 0

    def put(self, task: Task, outcome: Outcome) -> Failure | None:  # noqa: ARG002  # as Sink has it
        """Takes an article."""
        from .parquet import GROUP_BYTES

        self._rows.append(outcome.output or b"")
        self._bytes += len(self._rows[-1])
        if self._bytes >= GROUP_BYTES:
            self._write()
        return None

    def _write(self) -> None:
        from .parquet import write_piece

        with writing(self._output):
            write_piece(self._rows, self._schema, self._piece(self._pieces))
        self._pieces += 1
        self._rows, self._bytes = [], 0

    def _piece(self, number: int) -> Path:
        return self._work / f"piece-{number:06d}.parquet"

    def save(self) -> int:
        """Writes what waits as a piece; how many there are."""
        if self._rows:
            self._write()
        return self._pieces

    def seal(self) -> None:
        """Joins the pieces."""
        from .parquet import join_pieces

        pieces = [self._piece(number) for number in range(self.save())]
        with writing(self._output):
            join_pieces(pieces, self._schema, self._work / "output.part")

    def close(self) -> None:
        """Nothing is open."""


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Writes a file whole or not at all. Raises `OutputError`."""
    place = path.resolve()
    write_synced(place.with_name(f".{place.name}.part"), place, write)
