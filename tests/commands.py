"""The command, run by the tests: its own `main`, in this process.

A process for each of some hundred runs took a third of the suite's time, most of it for imports.
What is about processes (kills, signals, pipes, locales, imports) starts real ones.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from cleaner.cli import main

from .corpus import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(
    *arguments: str | Path, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A run of the command, with files for its streams, as a shell's redirections are."""
    argv = [str(argument) for argument in arguments]
    if cwd is not None and "batch" in argv:
        # Its workers begin where the process did that they are forked from.
        return process(*argv, cwd=cwd)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as open_files:
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        out, err = (open_files.enter_context(path.open("w", encoding="utf-8")) for path in outputs)
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _from(given),
            _inside(cwd),
        ):
            code = _code(argv)
        open_files.close()
        said, complained = (path.read_bytes().decode() for path in outputs)
    return subprocess.CompletedProcess(argv, code, said, complained)


def _code(argv: list[str]) -> int:
    """What the process would end with."""
    try:
        return main(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception:  # noqa: BLE001  # any crash ends a process so
        traceback.print_exc()
        return 1


@contextlib.contextmanager
def _from(stream: io.TextIOWrapper) -> Iterator[None]:
    before, sys.stdin = sys.stdin, stream
    try:
        yield
    finally:
        sys.stdin = before


@contextlib.contextmanager
def _inside(folder: Path | None) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder or before)
    try:
        yield
    finally:
        os.chdir(before)


def process(
    *arguments: str | Path, cwd: Path | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """A run of the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
