"""Titles, bylines, dates, captions and credits of the product against gold.

    python -m tests.benchmarks.metadata [--model MODEL] [--every N] [--set fundus|wcxb]
        [--kind html|text] [--language] [--misses MEASURE]

Of Fundus pages everything is known, of WCXB pages the title alone. Without `--model` the weights
that ship judge, which saw these clips; MODEL is a folder that `cleaner train` wrote, and each
clip is judged by the model of the fold that has not seen its site. Measured as `measure.py`
beside the data does: a title is right from word F1 .9 on, captions are paired from word F1 .8 on
and credits from .75, over all clips; a caption of more than 25 characters that stands in the text
is left. Names are paired from .8 on; a date is right where it names the day, in gold's zone.
`--misses` prints what was missed of one measure instead: the clip, what was found, gold.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cleaner import Article, Cleaner
from cleaner.training.data import Row, read_rows
from cleaner.training.measures import plain, word_f1
from cleaner.training.report import EXTRACTED
from cleaner.training.train import fold_judge

from .files import CLIPS, PAGES

_PAIRED = {"captions": 0.8, "credits": 0.75, "byline": 0.8}
_RIGHT, _LEFT_CHARS = 0.9, 25
MEASURES = ("title", "byline", "date", "captions", "credits", "left")


class Counts:
    """What was found, what gold has, and what agrees, by measure."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()

    def add(self, measure: str, hits: int, found: int, gold: int) -> None:
        """Adds one clip."""
        self.hits[measure] += hits
        self.found[measure] += found
        self.gold[measure] += gold

    def share(self, measure: str) -> str:
        """What agrees as a share of gold: "0.921 (129 of 140)"."""
        if not self.gold[measure]:
            return ""
        return f"{self.hits[measure] / self.gold[measure]:.3f} of {self.gold[measure]}"

    def f1(self, measure: str) -> str:
        """F1, with precision and recall."""
        hits, found, gold = self.hits[measure], self.found[measure], self.gold[measure]
        if not gold:
            return ""
        return (
            f"{2 * hits / (found + gold):.3f} ({hits / max(1, found):.3f}, "
            f"{hits / gold:.3f} of {gold})"
        )


def paired(found: Sequence[str], gold: Sequence[str], least: float) -> tuple[list[str], list[str]]:
    """What of each has no partner in the other, by word F1."""
    left, lost = list(gold), []
    for each in found:
        best = max(left, key=lambda other: word_f1(each, other), default=None)
        if best is not None and word_f1(each, best) >= least:
            left.remove(best)
        else:
            lost.append(each)
    return lost, left


def unique(texts: Iterable[str | None]) -> list[str]:
    """Texts as words, each once."""
    return list(dict.fromkeys(key for text in texts if text and (key := plain(text))))


def right_day(found: str | None, gold: str) -> bool:
    """Whether a date names gold's day; in gold's zone, where it has one of its own."""
    if not found:
        return False
    wanted, moment = datetime.fromisoformat(gold), datetime.fromisoformat(found)
    if moment.tzinfo and wanted.tzinfo:
        moment = moment.astimezone(wanted.tzinfo)
    return moment.date() == wanted.date()


Miss = tuple[str, Any, Any]


def measure(article: Article, data: Mapping[str, Any], counts: Counts) -> Iterator[Miss]:
    """Counts an article, and gives what was missed: measure, found, gold."""
    if data.get("title"):
        right = word_f1(article.title or "", data["title"]) >= _RIGHT
        counts.add("title", right, 1, 1)
        if not right:
            yield "title", article.title, data["title"]
    if data.get("captions") is None:
        return
    shown = article.captions
    pairs = {
        "captions": ([c.text for c in shown], [c["caption"] for c in data["captions"]]),
        "credits": (
            [credit for c in shown for credit in c.credits],
            [credit for c in data["captions"] for credit in c["credits"]],
        ),
        "byline": (article.byline, data["authors"] or []),
    }
    for name, (found, gold) in pairs.items():
        ours, theirs = unique(found), unique(gold)
        lost, left = paired(ours, theirs, _PAIRED[name])
        counts.add(name, len(ours) - len(lost), len(ours), len(theirs))
        if lost or left:
            yield name, lost, left
    text, known = plain(article.text), unique(pairs["captions"][1])
    stays = [each for each in known if len(each) > _LEFT_CHARS and each in text]
    counts.add("left", len(stays), len(stays), len(known))
    if stays:
        yield "left", stays, ""
    if data.get("date") and article.kind == "html":
        right = right_day(article.published, data["date"])
        counts.add("date", right, 1, 1)
        if not right:
            yield "date", article.published, data["date"]


def clips(paths: Sequence[Path], every: int) -> Iterator[tuple[Row, dict[str, Any]]]:
    """The rows, each with its line's data; a dump has the authors and the date of its page."""
    with lzma.open(PAGES[2], "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for line in lines]
    pages = {page["id"]: {key: page[key] for key in ("authors", "date")} for page in known}
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            wanted = (json.loads(line) for at, line in enumerate(lines) if at % every == 0)
            for row, data in zip(read_rows([path], every), wanted, strict=True):
                yield row, {**pages.get(data["id"], {}), **data}


def group(row: Row) -> str:
    """The group that a clip is counted in."""
    if row.kind == "html":
        return f"{row.set}, html"
    how = "extracted" if row.style in EXTRACTED else "full page"
    return f"{row.set}, {how}"


def table(counts: Mapping[str, Counts]) -> Iterator[str]:
    """A markdown table, a row for each group."""
    yield "| clips | title right | byline F1 (P, R) | date right | caption F1 (P, R) | credit F1 (P, R) | captions left |"  # noqa: E501  # a table's row stands on one line
    yield "|---|---|---|---|---|---|---|"
    for name, each in sorted(counts.items()):
        pairs = {key: each.f1(key) for key in _PAIRED}
        cells = (
            each.share("title"),
            pairs["byline"],
            each.share("date"),
            pairs["captions"],
            pairs["credits"],
            each.share("left"),
        )
        yield f"| {name} | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a folder that train wrote, with folds")
    parser.add_argument("--every", type=int, default=1, help="take each N-th clip of a file")
    parser.add_argument("--set", choices=("fundus", "wcxb"), help="the clips of this set alone")
    parser.add_argument("--kind", choices=("html", "text"), help="pages or their dumps alone")
    parser.add_argument("--language", action="store_true", help="also by language")
    parser.add_argument("--misses", choices=MEASURES, help="print what was missed of this")
    args = parser.parse_args(arguments)
    shipped = Cleaner()
    judge: Callable[[Row], Cleaner] = fold_judge(args.model) if args.model else lambda _: shipped
    paths = [path for path in (*PAGES, CLIPS) if (path == CLIPS) != (args.kind == "html")]
    if args.kind is None:
        paths = [*PAGES, CLIPS]
    counts: dict[str, Counts] = defaultdict(Counts)
    for row, data in clips(paths, args.every):
        if not row.source.strip() or not row.set.startswith(args.set or ""):
            continue
        article = judge(row).clean(row.source, row.kind, row.url)
        named = [group(row)]
        for miss, found, gold in measure(article, data, counts[named[0]]):
            if miss == args.misses:
                print(f"{data['id']} {row.style}\n  found: {found}\n  gold:  {gold}")
        if args.language:
            list(measure(article, data, counts[f"{named[0]}, {row.language}"]))
    if not args.misses:
        print("\n".join(table(counts)))


if __name__ == "__main__":
    main()
