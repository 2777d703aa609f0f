"""The quality gate: pages made for it, what is measured on them, and the floors.

    python -m tests.gate

prints what the present code reaches, beside the floor, by the measures of `cleaner evaluate`.
The pages are few and made up, so their figures say nothing of the web; they say whether a change
made the cleaner worse.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import lxml.html
import tomli

from cleaner import Cleaner
from cleaner.training.data import Row, joined
from cleaner.training.measures import Tally, mean, plain

from .corpus import GATE
from .text_dump import dump

FLOORS = GATE / "floors.toml"
GROUPS = ("html articles", "html others", "text articles", "text others", "extracted")


class Result(NamedTuple):
    """What cleaning one clip came to."""

    name: str
    tally: Tally


class Measure(NamedTuple):
    """A figure of a Tally: one count as a share of another, or word F1 where none are named."""

    key: str
    title: str
    part: str = ""
    whole: str = ""

    def value(self, tally: Tally) -> float:
        """What the tally reaches."""
        found = tally.share(self.part, self.whole) if self.whole else mean(tally.scores)
        return found or 0.0

    def loss(self, tally: Tally) -> float:
        """How much one clip, or several, take from the group's figure."""
        if self.whole:
            return tally.counts[self.whole] - tally.counts[self.part]
        return sum(1 - score for score in tally.scores)

    def worst(self, results: Iterable[Result]) -> Result:
        """The clip that takes most."""
        return max(results, key=lambda result: self.loss(result.tally))


MEASURES = (
    Measure("word_f1", "word F1"),
    Measure("noise_removed", "in-article noise removed", "inside gone", "inside"),
    Measure("body_kept", "body kept", "body kept", "body"),
    Measure("short_body_kept", "short body kept", "short kept", "short"),
)


class Case(NamedTuple):
    """One clip of the gate, and its lines with their labels."""

    name: str
    group: str
    kind: str
    source: str
    row: Row


@dataclass(frozen=True)
class Shortfall:
    """A measure that its group does not reach, and the clip that costs it most."""

    measure: Measure
    value: float
    floor: float
    worst: Result

    def __str__(self) -> str:
        here = self.measure.value(self.worst.tally)
        return (
            f"{self.measure.title}: {self.value:.4f}, the floor is {self.floor:.4f}; "
            f"worst clip: {self.worst.name} ({here:.4f})"
        )


def folders() -> list[Path]:
    """The folder of every page of the gate."""
    return sorted(path for path in GATE.iterdir() if path.is_dir())


def cases() -> Iterator[Case]:
    """Every page as HTML and as text, and what an extractor left of it where there is that."""
    for folder in folders():
        page = _read(folder / "page.html")
        title, gold = _title(page), _read(folder / "gold.txt")
        side = "articles" if folder.name.startswith("article--") else "others"
        # Rows stay whole in the cleaned text of a page; so the page's lines hold whole rows too.
        lines = labelled(dump(page, "indented"), gold, title)
        yield Case(f"{folder.name}/page.html", f"html {side}", "html", page, lines)
        for name, group in (("page.txt", f"text {side}"), ("extracted.txt", "extracted")):
            if (folder / name).exists():
                text = _read(folder / name)
                row = labelled(text, gold, title)
                yield Case(f"{folder.name}/{name}", group, "text", text, row)


def labelled(text: str, gold: str, title: str) -> Row:
    """The lines of a text, each labelled by whether gold has it.

    Lines are compared whole, or cell by cell: a menu's "News" is no part of a sentence on news.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = {plain(part) for line in gold.splitlines() for part in (line, *line.split(" | "))}
    labels = ["title" if plain(line) == plain(title) else _label(line, wanted) for line in lines]
    source, starts = joined(lines, [0] * len(lines))
    return Row(
        source=source, kind="text", gold=gold, lines=tuple(lines), starts=tuple(starts),
        labels=tuple(labels), site="", url=None, title=title, captions=(), credits=(),
        type="article", style="gate", language="?", set="",
    )  # fmt: skip


def _label(line: str, wanted: set[str]) -> str:
    return "body" if plain(line) in wanted else "noise"


def cleaned(case: Case, judge: Cleaner) -> str:
    """What the cleaner makes of a clip."""
    return judge.clean(case.source, kind=case.kind).text


def measure(system: Callable[[Case], str]) -> dict[str, list[Result]]:
    """The results of every clip, by group."""
    results: dict[str, list[Result]] = defaultdict(list)
    for case in cases():
        tally = Tally()
        tally.add_lines(case.row, system(case))
        results[case.group].append(Result(case.name, tally))
    return results


def pooled(results: Iterable[Result]) -> Tally:
    """The tally of a group."""
    whole = Tally()
    for result in results:
        whole.counts.update(result.tally.counts)
        whole.scores.extend(result.tally.scores)
    return whole


def floors() -> dict[str, dict[str, float]]:
    """What each group has to reach, by the key of the measure."""
    return tomli.loads(_read(FLOORS))


def shortfalls(results: list[Result], floor: Mapping[str, float]) -> list[Shortfall]:
    """The measures in which a group does not reach its floor."""
    tally, short = pooled(results), []
    for each in MEASURES:
        value = each.value(tally)
        if value < floor[each.key]:
            short.append(Shortfall(each, value, floor[each.key], each.worst(results)))
    return short


def _title(page: str) -> str:
    found = lxml.html.document_fromstring(page).xpath("//meta[@property='og:title']/@content")
    assert isinstance(found, list)
    return str(found[0])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main() -> None:
    """The table: for each group what the code reaches, and in brackets the floor."""
    floor, results = floors(), measure(partial(cleaned, judge=Cleaner()))
    print(f"{'':16s} clips" + "".join(f"  {each.title:>24s}" for each in MEASURES))
    for group in GROUPS:
        tally = pooled(results[group])
        cells = [f"{m.value(tally):.4f} ({floor[group][m.key]:.3f})" for m in MEASURES]
        print(f"{group:16s} {len(results[group]):5d}" + "".join(f"  {cell:>24s}" for cell in cells))
    below = [f"{name}: {one}" for name in GROUPS for one in shortfalls(results[name], floor[name])]
    sys.exit("\n".join(below) or 0)


if __name__ == "__main__":
    main()
