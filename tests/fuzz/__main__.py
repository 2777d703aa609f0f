"""Runs the targets one after the other, each in a fork of a process that has all imported, and
says what came of them."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import atheris

# Readers are imported when they are first needed: what is imported under this is followed.
with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["cleaner"]):
    from .check import CORPUS, TARGETS, check

    for _target in TARGETS:
        for _path in (CORPUS / _target).iterdir():
            check(_target, _path.read_bytes())

_WORDS = Path(__file__).resolve().parent / "words.dict"
# An input that takes more of a processor has hung: it holds no more than so many bytes. By the
# clock a busy machine takes longer.
_LONGEST_SECONDS, _LONGEST_BY_THE_CLOCK, _LARGEST_BYTES, _MOST_MB = 10, 90, 4096, 2048
_EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")
_PROGRESS = re.compile(r"#\d+\t|INFO: |stat::|WARNING: |0x[0-9a-f]{2},")
_CRASH = "CRASH:"


def main(argv: Sequence[str] | None = None) -> int:
    """1 where a target crashed or hung; the inputs are kept then, and their places printed."""
    args = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as passing:
        folder = args.keep or Path(passing)
        failed = [target for target in args.targets or TARGETS if not _run(target, args, folder)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    long = parser.add_mutually_exclusive_group()
    long.add_argument("--runs", type=int, default=300, help="executions for each target")
    long.add_argument("--seconds", type=int, help="for each target, in place of --runs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same inputs")
    parser.add_argument("--keep", type=Path, help="a folder for inputs that reached something new")
    parser.add_argument(
        "--crashes", type=Path, default=Path(), help="a folder for inputs that crash or hang"
    )
    return parser


def _run(target: str, args: argparse.Namespace, folder: Path) -> bool:
    """Whether all went well."""
    found = folder / target
    found.mkdir(parents=True, exist_ok=True)
    length = f"-max_total_time={args.seconds}" if args.seconds else f"-runs={args.runs}"
    options = [
        length,
        f"-seed={args.seed}",
        f"-timeout={_LONGEST_BY_THE_CLOCK}",
        f"-max_len={_LARGEST_BYTES}",
        f"-rss_limit_mb={_MOST_MB}",
        f"-dict={_WORDS}",
        f"-artifact_prefix={args.crashes}/{target}-",
        "-print_final_stats=1",
        f"{found}",
        f"{CORPUS / target}",
    ]
    begin = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            _fuzz(target, options, said.fileno(), args.crashes)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        text = said.read()
    count = sum(map(int, _EXECUTED.findall(text)))
    crashes = text.count(_CRASH)
    state = f"{crashes} crashes, exit code {code}" if code or crashes else "ok"
    print(
        f"{target:12} {count:9,} executions {time.monotonic() - begin:7.1f} s  {state}", flush=True
    )
    if code or crashes:
        print("\n".join(_worth_showing(text)), flush=True)
    return not (code or crashes)


def _worth_showing(text: str) -> Iterator[str]:
    """Without the engine's lines on its progress."""
    return (line for line in text.splitlines() if not _PROGRESS.match(line))


def _fuzz(target: str, options: Sequence[str], output: int, crashes: Path) -> None:
    """The life of the fork: the engine ends it."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    places: set[object] = set()

    def tried(data: bytes) -> None:
        """Goes on behind a crash: one of each place is kept."""
        start = time.process_time()
        try:
            check(target, data)
            assert time.process_time() - start < _LONGEST_SECONDS, "it hangs"
        except Exception as error:  # noqa: BLE001  # what is searched for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = (type(error), frame.filename, frame.lineno)
            if place not in places:
                places.add(place)
                file = crashes / f"{target}-crash-{hashlib.sha256(data).hexdigest()[:16]}"
                file.write_bytes(data)
                print(_CRASH, file, flush=True)
                traceback.print_exc()

    atheris.Setup([sys.argv[0], *options], tried)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
