"""`cleaner batch` and the adapters on a corpus made of ../shared/data, beside their peers.

    python -m tests.benchmarks.batch FOLDER [--count N] [--sample N] [--only NAME...]

FOLDER takes the corpus (20,000 documents where nothing is said) and the outputs. The whole corpus
goes through the batch with two workers, and is killed at half and resumed. What is slower (one
worker, loops, peers, engines) sees `--sample` documents, and so does the batch beside each of them:
every ratio is of runs over the same documents. Needs Linux; for the peers trafilatura, datatrove,
and pyspark with Java. A system that is not installed is left out, which is said.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .pages import SHARDS, corpus, unpacked_bytes
from .systems import Figures
from .watch import Usage, Watch

_MB = 1e6
NAMES = ("batch", "resume", "overhead", "peers", "spark")
_QUIET = {"PYTHONHASHSEED": "0", "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
TEXT = ("--fields", "text")


class Bench:
    """The measurements, each printed as it comes."""

    def __init__(self, folder: Path, count: int, sample: int) -> None:
        self.folder = folder
        self.whole = corpus(folder, count)
        self.some = self.whole if sample >= count else corpus(folder, sample)
        self.count, self.sample = count, min(sample, count)
        self.tiny = corpus(folder, SHARDS)
        self.startup: dict[str | int, Usage] = {}

    # --- running

    def batch(
        self, files: Sequence[Path], workers: int, *options: str, name: str = "out.jsonl"
    ) -> Watch:
        """Starts a batch, anew unless it resumes."""
        if "--resume" not in options:
            shutil.rmtree(self.folder / f".{name}.cleaner-batch", ignore_errors=True)
        command: list[str | Path] = [sys.executable, "-m", "cleaner", "batch"]
        command += [*files, "-o", self.folder / name]
        return Watch([*command, "--workers", str(workers), *options])

    def cleaned(self, files: Sequence[Path], workers: int, *options: str) -> Usage:
        """A whole batch, less what one over a document for each file takes: imports, rules and
        models."""
        if workers not in self.startup:
            self.startup[workers] = self.batch(self.tiny, workers, *options).wait()
        usage = self.batch(files, workers, *options).wait()
        assert usage.code == 0, f"the batch failed ({usage.code})"
        return usage.less(self.startup[workers])

    def system(self, name: str, workers: int, tiny: bool = False) -> tuple[Figures, Usage]:
        """What a system of `systems.py` takes for the sample: by its own clock, and in all less
        what it takes for a document of each file."""
        output = self.folder / f"system-{name}"
        shutil.rmtree(output, ignore_errors=True)
        output.unlink(missing_ok=True)
        files = self.tiny if tiny else self.some
        command: list[str | Path] = [sys.executable, "-m", "tests.benchmarks.systems"]
        command += [name, str(workers), output]
        usage = Watch([*command, *files], **_QUIET).wait()
        assert usage.code == 0, f"{name} failed: see it with SHOW=1"
        figures: Figures = json.loads(usage.output.splitlines()[-1])
        return figures, usage if tiny else usage.less(self.system(name, workers, tiny=True)[1])

    # --- measuring

    def run_batch(self) -> None:
        """The whole corpus with two workers; the sample with one and two."""
        size = unpacked_bytes(self.whole) / _MB
        usage = self.cleaned(self.whole, 2)
        say(
            f"batch, 2 workers, all fields, {self.count:,} documents of {size:,.0f} MB",
            usage,
            self.count,
            size,
        )
        size = unpacked_bytes(self.some) / _MB
        one, two = self.cleaned(self.some, 1), self.cleaned(self.some, 2)
        say(f"batch, 1 worker,  all fields, {self.sample:,} documents", one, self.sample, size)
        say(f"batch, 2 workers, all fields, {self.sample:,} documents", two, self.sample, size)
        print(f"two workers are {one.seconds / two.seconds:.2f} x as fast as one")

    def run_resume(self) -> None:
        """Killed at half; how long until the first document is cleaned that was not before."""
        name, half = "killed.jsonl", self.count // 2
        state = self.folder / f".{name}.cleaner-batch" / "state.json"
        shutil.rmtree(state.parent, ignore_errors=True)

        def beyond(done: int) -> bool:
            try:
                found: int = json.loads(state.read_text())["documents"]
            except (OSError, ValueError):
                return False
            return found > done

        self.batch(self.whole, 2, "--checkpoint", "0.2", name=name).wait(lambda: beyond(half))
        kept: int = json.loads(state.read_text())["documents"]
        again = self.batch(self.whole, 2, "--resume", "--checkpoint", "0.2", name=name)
        usage = again.wait(lambda: beyond(kept))
        print(
            f"killed with {kept:,} documents done, resumed: {usage.seconds:.1f} s until the next"
            f" ones are safe; an empty batch takes {self._start(2):.1f} s"
        )

    def _start(self, workers: int) -> float:
        if workers not in self.startup:
            self.cleaned(self.some[:1], workers)
        return self.startup[workers].seconds

    def run_overhead(self) -> None:
        """The batch with one worker beside the loop in one process."""
        for what, system, options in (("text", "loop", TEXT), ("all fields", "loop_whole", ())):
            bare, _ = self.system(system, 1)
            batch = self.cleaned(self.some, 1, *options)
            print(
                f"overhead, {what}: loop {bare['seconds']:.1f} s ({bare['cpu']:.1f} CPU), batch"
                f" {batch.seconds:.1f} s ({batch.cpu:.1f} CPU of all its processes):"
                f" {batch.seconds / bare['seconds'] - 1:+.1%} seconds,"
                f" {batch.cpu / bare['cpu'] - 1:+.1%} CPU",
                flush=True,
            )

    def run_peers(self) -> None:
        """trafilatura and datatrove, with two workers each."""
        ours = self.cleaned(self.some, 2, *TEXT)
        rate = self.sample / ours.seconds
        print(
            f"peers: batch, text: {rate:.1f} documents/s,"
            f" {1000 * ours.cpu / self.sample:.1f} ms CPU a document,"
            f" {sum(ours.memory):.0f} MB in all",
            flush=True,
        )
        for name in ("trafilatura", "datatrove", "datatrove_cleaner"):
            if find_spec(name.partition("_")[0]) is None:
                print(f"peers: {name} is not installed: left out")
                continue
            figures, usage = self.system(name, 2)
            peer = figures["documents"] / figures["seconds"]
            print(
                f"peers: {name}: {peer:.1f} documents/s,"
                f" {1000 * usage.cpu / self.sample:.1f} ms CPU a document,"
                f" {sum(usage.memory):.0f} MB in all; batch / {name} = {rate / peer:.2f}"
                f" by seconds, {usage.cpu / ours.cpu:.2f} by CPU",
                flush=True,
            )

    def run_spark(self) -> None:
        """Spark beside the plain loop."""
        if find_spec("pyspark") is None or not (
            shutil.which("java") or os.environ.get("JAVA_HOME")
        ):
            print("spark: pyspark or Java is not installed: left out")
            return
        for workers in (1, 2):
            figures, usage = self.system("spark", workers)
            more = workers * figures["seconds"] / figures["loop"] - 1
            # The loop runs in the same process: what is left is Spark's.
            cpu = usage.cpu - figures["loop_cpu"]
            print(
                f"spark, local[{workers}]: {figures['seconds']:.1f} s ({cpu:.1f} CPU of all its"
                f" processes), the plain loop {figures['loop']:.1f} s"
                f" ({figures['loop_cpu']:.1f} CPU): {more:+.1%} core seconds,"
                f" {cpu / figures['loop_cpu'] - 1:+.1%} CPU",
                flush=True,
            )


def say(what: str, usage: Usage, count: int, size: float) -> None:
    """A batch's figures."""
    parent, *others = usage.memory
    print(
        f"{what}: {usage.seconds:.1f} s, {count / usage.seconds:.1f} documents/s,"
        f" {size / usage.seconds:.1f} MB/s, {usage.cpu:.1f} s CPU, the parent"
        f" {usage.own_cpu:.2f}; peak memory: parent"
        f" {parent:.0f} MB, others {', '.join(f'{mb:.0f}' for mb in others)} MB",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=2_000)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    args = parser.parse_args(arguments)
    begin = time.monotonic()
    bench = Bench(args.folder, args.count, args.sample)
    print(f"corpus made in {time.monotonic() - begin:.0f} s", flush=True)
    for name in args.only:
        getattr(bench, f"run_{name}")()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
