"""The product on all labelled pages and dumps, beside peers in the same run.

    python -m tests.benchmarks.quality --model MODEL [--every N] [--no-peers]

MODEL is a folder that `cleaner train ../shared/data/*.xz -o MODEL` wrote: each clip is judged by
the model of the fold that has not seen its site. Prints the tables by page type, dump style and
language, then what counts: CPU ratios, memory of a worker, how the time grows with a page.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cleaner.training.data import read_rows
from cleaner.training.report import report
from cleaner.training.train import fold_judge

from .files import CLIPS, PAGES

_GROWTH = (100_000, 1_000_000, 10_000_000)
_WORKER = """
import re
import cleaner
judge = cleaner.Cleaner()
page = "<html><body><main>" + "<p>The ferry was late, and nobody minded.</p>" * 60 + "</main></body></html>"
judge.clean(page, kind="html")
judge.clean("The ferry was late, and nobody minded.\\n\\n" * 60, kind="text")
# The peak of the process itself: rusage has that of its parent too, where it is higher.
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""  # noqa: E501  # a program in one string


def memory() -> float:
    """Megabytes resident of a worker that has cleaned a page and a text, both models loaded."""
    found = subprocess.run([sys.executable, "-c", _WORKER], capture_output=True, check=True)
    return float(found.stdout)


def growth(kind: str) -> list[tuple[int, float]]:
    """CPU seconds for clips of 0.1, 1 and 10 MB."""
    import cleaner

    judge = cleaner.Cleaner()
    rows = list(read_rows([PAGES[2]], every=10))
    bodies = [row.source for row in rows] if kind == "html" else [row.gold for row in rows]
    judge.clean(bodies[0], kind=kind)
    found = []
    for size in _GROWTH:
        text = _grown(bodies, size)
        start = time.process_time()
        judge.clean(text, kind=kind)
        found.append((len(text), time.process_time() - start))
    return found


def _grown(bodies: Sequence[str], size: int) -> str:
    """Text of about this size, put together from whole bodies, each time another line first."""
    pieces: list[str] = []
    length = 0
    while length < size:
        for body in bodies:
            pieces.append(f"\n<!-- {len(pieces)} -->\n{body}" if "<" in body[:500] else body)
            length += len(pieces[-1])
            if length >= size:
                break
    return "\n".join(pieces)[:size]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="a folder that train wrote")
    parser.add_argument("--favor", default="balanced", choices=("balanced", "precision", "recall"))
    parser.add_argument("--every", type=int, default=1, help="take each N-th clip")
    parser.add_argument("--no-peers", action="store_true", help="the product alone")
    args = parser.parse_args(arguments)
    judge = fold_judge(args.model, args.favor)
    found = report(read_rows((*PAGES, CLIPS), args.every), judge, with_peers=not args.no_peers)
    for line in (*found.lines(), "", *found.speed()):
        print(line)
    print(f"\nmemory of a worker with both models: {memory():.0f} MB resident")
    for kind in ("html", "text"):
        steps = ", ".join(f"{size / 1e6:.1f} MB {spent:.2f} s" for size, spent in growth(kind))
        print(f"time as a clip grows, {kind}: {steps}")


if __name__ == "__main__":
    main()
