"""The inputs of a batch: files, folders and patterns, found in one order that never changes."""

from __future__ import annotations

import fnmatch
import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .names import distinct, is_document, targets
from .rows import Table, lines_of, named_alone, need_libraries, reader_of
from .settings import SUFFIXES, WorkSettings
from .task import FilePayload, Task

STDIN = "-"
_MAGIC = re.compile(r"[*?[]")


@dataclass(frozen=True)
class Found:
    """A file to read: where it is, and where its article goes below an output folder."""

    path: Path
    target: str
    size: int


@dataclass
class Inputs:
    """What the user named. `without` are files and folders that the batch itself writes.
    `skipped` counts the files of folders that have no suffix of a document."""

    names: Sequence[str]
    settings: WorkSettings
    without: Collection[Path] = ()  # resolved
    skipped: int = field(default=0, init=False)

    def check(self) -> None:
        """Raises `InputError` for an input that is not there, and for two that would be
        written to one place."""
        if list(self.names).count(STDIN) > 1:
            raise InputError("standard input can be read once")
        for name in self.names:
            path = Path(name)
            if name == STDIN or _is_pattern(name):
                continue
            if not path.exists():
                raise InputError(f"{name}: cannot be read (No such file or directory)")
            if path.is_file():
                need_libraries(name)
        if self.settings.form in SUFFIXES and len(self.names) > 1:
            for name in filter(_is_pattern, self.names):
                # Two patterns may match one file, or two whose articles have one name.
                raise InputError(f"{name}: to write a folder, give a pattern alone")
        self._roots()

    def measure(self) -> int | None:
        """The bytes of all files, None where that cannot be known. Counts `skipped`."""
        self.skipped = 0
        size = sum(found.size for found in self._files())
        return None if STDIN in self.names else size

    def tasks(self) -> Iterator[Task]:
        """The documents, in the order of the inputs, folders in the order of their names."""
        self.skipped = begin = 0
        for found in self._files():
            name = str(found.path)
            reader = reader_of(name)
            if name == STDIN:
                table = Table(found.path, "standard input", "stdin")
                yield from lines_of(sys.stdin.buffer, table, self.settings.max_bytes)
            elif reader is not None:
                table = Table(found.path, name, found.target, begin, self._skip)
                yield from reader(table, self.settings)
            else:
                yield Task(
                    id=name,
                    input=name,
                    target=found.target,
                    payload=FilePayload(found.path),
                    size=found.size,
                    position=begin + found.size,
                )
            begin += found.size

    def _roots(self) -> dict[str, str]:
        """A name below the output folder for each input that is a path."""
        paths = [name for name in self.names if name != STDIN and not _is_pattern(name)]
        if len(self.names) == 1 and paths and Path(paths[0]).is_dir():
            return {paths[0]: ""}
        if self.settings.form not in SUFFIXES:
            return dict.fromkeys(paths, "")
        return dict(zip(paths, distinct([Path(name) for name in paths]), strict=True))

    def _files(self) -> Iterator[Found]:
        roots = self._roots()
        files = {name: root for name, root in roots.items() if Path(name).is_file()}
        suffix = SUFFIXES.get(self.settings.form, "")
        documents = [root for name, root in files.items() if reader_of(name) is None]
        single = targets(documents, [], suffix) if suffix else {}
        for name in self.names:
            path = Path(name)
            if name == STDIN:
                yield Found(path, "stdin", 0)
            elif name not in roots:
                yield from self._matching(name)
            elif path.is_dir():
                yield from self._below(path, roots[name])
            else:
                whole = roots[name]
                target = whole if reader_of(name) else single.get(whole, whole)
                yield Found(path, target, _size(path))

    def _matching(self, pattern: str) -> Iterator[Found]:
        """The files that a pattern matches, `**` over folders too."""
        root = pattern_root(Path(pattern))
        yield from self._below(root, "", Path(pattern).parts[len(root.parts) :])

    def _below(
        self, root: Path, prefix: str, pattern: Sequence[str] | None = None
    ) -> Iterator[Found]:
        """The documents in a folder and below it, by name; links to folders are not followed,
        and what begins with a dot is left out, as shells leave it out."""
        folders, files = self._listed(root)
        documents = [entry for entry in files if self._wanted(entry, prefix, pattern)]
        suffix = SUFFIXES.get(self.settings.form, "")
        single = [name for name in documents if reader_of(name) is None]
        found = targets(single, folders, suffix)
        below_it = set(folders)
        for name in sorted([*documents, *folders]):
            path, below = root / name, f"{prefix}/{name}".lstrip("/")
            if name in below_it:
                yield from self._below(path, below, pattern)
            else:
                target = f"{prefix}/{found.get(name, name)}".lstrip("/")
                yield Found(path, target, _size(path))

    def _listed(self, folder: Path) -> tuple[list[str], list[str]]:
        folders: list[str] = []
        files: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or self._is_ours(folder / entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_file():
                        files.append(entry.name)
        except OSError as error:
            raise InputError(f"{folder}: cannot be read ({error.strerror})") from error
        return folders, files

    def _is_ours(self, path: Path) -> bool:
        """Whether the batch writes it. Only a name that fits is looked up on the disk."""
        return any(path.name == own.name and path.resolve() == own for own in self.without)

    def _wanted(self, name: str, prefix: str, pattern: Sequence[str] | None) -> bool:
        if pattern is not None:
            return _matches([*filter(None, prefix.split("/")), name], pattern)
        if is_document(name) or (reader_of(name) is not None and not named_alone(name)):
            return True
        self._skip()
        return False

    def _skip(self) -> None:
        self.skipped += 1


def pattern_root(path: Path) -> Path:
    """The last folder of a pattern that is spelled out; any other path as it is."""
    if not _is_pattern(str(path)):
        return path
    first = next(at for at, part in enumerate(path.parts) if _MAGIC.search(part))
    return Path(*path.parts[:first])


def _is_pattern(name: str) -> bool:
    return _MAGIC.search(name) is not None and not Path(name).exists()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # it is gone; the worker will say so


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path below the pattern's first folder is matched; `**` is any folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[at:], pattern[1:]) for at in range(len(parts) + 1))
    first = bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0])
    return first and _matches(parts[1:], pattern[1:])
