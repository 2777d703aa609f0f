"""What a killed run leaves, so that another can go on: a folder beside the output."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from ..errors import CleanerError, InputError

FORMAT = 1
_NAME = "state.json"


class OutputError(CleanerError):
    """The output cannot be written, or is not the one that the run began with."""


@dataclass
class State:
    """How far a run is. `documents` were read and are answered for: `failed` of them in the
    errors file, the others in the output. `chain` is the digest over them all. `sink` and
    `errors` are where the files stood; what is behind that was not yet safe. `renamed`: all is
    written, and only names and the folder are to be put right."""

    settings: str
    documents: int = 0
    failed: int = 0
    chain: str = ""
    sink: int = 0
    errors: int = 0
    seconds: float = 0.0
    tally: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
    format: int = FORMAT


class WorkFolder:
    """The folder of one run, held by one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None

    def open(self, settings: str, resume: bool) -> State:
        """Takes the folder, and gives the state to begin from. Raises `OutputError` where it
        cannot be made, where another run holds it, and where an interrupted run does not fit
        what is asked for."""
        fresh = not self.path.exists()
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._take()
        state = None if fresh else self._read()
        if state is None:
            return State(settings)
        if not resume:
            raise OutputError(
                f"{self.path}: an interrupted run is kept here: go on with --resume,"
                " or delete the folder"
            )
        if state.settings != settings:
            raise OutputError(
                f"{self.path}: the interrupted run had other options ({state.settings}):"
                " give the same, or delete the folder"
            )
        return state

    def _take(self) -> None:
        try:
            import fcntl
        except ImportError:  # no such lock on Windows
            return
        self._lock = (self.path / "lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"{self.path}: another run is writing this output") from error

    def _read(self) -> State | None:
        try:
            data = json.loads((self.path / _NAME).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None  # killed before its first checkpoint
        except (OSError, ValueError) as error:
            raise OutputError(f"{self.path}: the interrupted run cannot be read") from error
        if data.get("format") != FORMAT:
            raise OutputError(f"{self.path}: the interrupted run is another release's")
        return State(**data)

    def save(self, state: State) -> None:
        """Writes the state, whole or not at all."""
        write_synced(
            self.path / f"{_NAME}.part",
            self.path / _NAME,
            lambda file: file.write(json.dumps(asdict(state)).encode()),
        )

    def drop(self) -> None:
        """Removes the folder: the run is over."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Lets go of the folder, which stays."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def write_synced(temporary: Path, path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Writes a file so that after a power cut there is the old one or the whole new one.
    Raises `OutputError`."""
    with writing(path):
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder safe, where the system can."""
    try:
        folder = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(folder)
    except OSError:
        pass  # not every file system knows this
    finally:
        os.close(folder)


class writing:  # noqa: N801  # reads as the statement that it is
    """Turns the system's errors into one line that names the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise OutputError(f"{self._path}: cannot be written ({reason})") from error


def check_writable(path: Path, what: str) -> None:
    """Raises `OutputError` or `InputError` where no file can be made at `path`."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder: {what} is a file")
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is no file that can be replaced")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
