"""CPU of this project beside its peers, on the same 200 pages and 200 clips, in turn, in one run.

    python -m tests.benchmarks.speed [--pages N] [--clips N]

Ratios, not milliseconds: machines are noisy, and a ratio from one run is not. Peers are
trafilatura fast (with and without metadata) and resiliparse on pages, jusText on clips whose
lines are wrapped in `<p>`. Needs the `bench` extra and ../shared/data.
"""

from __future__ import annotations

import argparse
import html
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cleaner
from cleaner.training.data import Row, read_rows

from .files import CLIPS, PAGES

_WARM_UP = 40
System = Callable[[Any], object]


def sample(files: Sequence[Path], count: int) -> list[Row]:
    """`count` rows spread evenly over the files."""
    everything = sum(1 for _ in read_rows(files))
    return list(read_rows(files, every=max(1, everything // count)))[:count]


def page_systems() -> dict[str, System]:
    """What is timed on pages, each a call on the HTML."""
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text

    return {
        "ours, text": lambda page: cleaner.clean(page, kind="html").text,
        "ours, with all metadata": lambda page: cleaner.clean(page, kind="html").to_dict(),
        "trafilatura fast": lambda page: trafilatura.extract(
            page, include_comments=False, fast=True
        ),
        "trafilatura fast with_metadata": lambda page: trafilatura.extract(
            page, include_comments=False, fast=True, with_metadata=True
        ),
        "resiliparse": lambda page: extract_plain_text(page, main_content=True, alt_texts=False),
    }


def clip_systems() -> dict[str, System]:
    """What is timed on clips, each a call on a `Row`."""
    import justext

    stoplist = justext.get_stoplist("English")

    def wrapped(clip: Row) -> object:
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in clip.lines)
        return justext.justext(f"<html><body>{lines}</body></html>", stoplist)

    return {
        "ours": lambda clip: cleaner.clean(clip.source, kind=clip.kind).text,
        "jusText": wrapped,
    }


def measure(inputs: Sequence[Any], systems: dict[str, System]) -> dict[str, float]:
    """CPU seconds of each system over the inputs, each input through all systems in turn."""
    seconds: dict[str, float] = defaultdict(float)
    for system in systems.values():
        for one in inputs[:_WARM_UP]:
            system(one)  # imports and compiled patterns are no part of a page's cost
    for one in inputs:
        for name, system in systems.items():
            start = time.process_time()
            system(one)
            seconds[name] += time.process_time() - start
    return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--clips", type=int, default=200)
    args = parser.parse_args(arguments)
    pages = [row.source for row in sample(PAGES, args.pages)]
    s = measure(pages, page_systems())
    for name, seconds in s.items():
        print(f"pages  {name:34s} {1000 * seconds / len(pages):8.2f} ms a page")
    print(f"pages  ours / trafilatura fast = {s['ours, text'] / s['trafilatura fast']:.2f}")
    print(f"pages  ours / resiliparse = {s['ours, text'] / s['resiliparse']:.2f}")
    ratio = s["ours, with all metadata"] / s["trafilatura fast with_metadata"]
    print(f"pages  with all metadata, ours / trafilatura fast with_metadata = {ratio:.2f}")
    clips = [row for row in sample([CLIPS], args.clips) if row.lines]
    s = measure(clips, clip_systems())
    for name, seconds in s.items():
        print(f"clips  {name:34s} {1000 * seconds / len(clips):8.2f} ms a clip")
    print(f"clips  ours / jusText = {s['ours'] / s['jusText']:.2f}")


if __name__ == "__main__":
    main()
