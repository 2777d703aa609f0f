"""How safe and how useful the rules are, on the labelled clips.

    python -m tests.benchmarks.rules [--every N] [--style STYLE]... [--worst N]

Prints, for every rule, how many lines it took and how many of them were body (`--worst` adds
examples), then over all and by dump style: in-article noise removed, body kept, short body
kept, word F1, beside identity and C4's line rules on the same rows.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import cleaner
from cleaner.training.data import Row, read_rows
from cleaner.training.measures import Tally, mean
from cleaner.training.report import groups

from .files import CLIPS

SYSTEMS = ("ours", "identity", "C4")
# C4's line rules (Raffel et al. 2020, as in tensorflow-datasets c4_utils): a line ends in one
# of these marks, has five words or more, and does not speak of Javascript or cookie policies.
_C4_ENDS = (".", "?", "!", '"')
_C4_WORDS = 5
_C4_BANNED = (
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def c4(text: str) -> str:
    """What C4's line rules leave of a text."""
    kept = []
    for raw in text.split("\n"):
        line = raw.strip()
        low = line.lower()
        if (
            line.endswith(_C4_ENDS)
            and not line.endswith("...")
            and len(line.split()) >= _C4_WORDS
            and not any(banned in low for banned in _C4_BANNED)
        ):
            kept.append(line)
    return "\n".join(kept)


class RuleTally:
    """For each rule the gold labels of the lines that it took, and some that were body."""

    def __init__(self, examples: int) -> None:
        self.labels: dict[str, Counter[str]] = defaultdict(Counter)
        self.wrong: dict[str, list[str]] = defaultdict(list)
        self.totals: Counter[str] = Counter()
        self._examples = examples
        self._random = random.Random(1)

    def add(self, row: Row, article: cleaner.Article) -> None:
        """Books the decisions of one article."""
        labels = row.labels
        self.totals["body"] += labels.count("body")
        for decision in article.decisions:
            if decision.action is cleaner.Action.KEEP or decision.block.span is None:
                continue
            taken = [i for i in range(len(labels)) if _overlaps(row, i, decision)]
            body = sum(labels[i] == "body" for i in taken)
            sure = any(e.source == "rule" and e.strength == "sure" for e in decision.evidence)
            self.totals["body taken by sure rules" if sure else "body taken otherwise"] += body
            for evidence in decision.evidence:
                self.labels[evidence.id].update(labels[i] for i in taken)
                if body:
                    self._example(evidence.id, decision.block.text)

    def _example(self, rule: str, text: str) -> None:
        kept = self.wrong[rule]
        if len(kept) < self._examples:
            kept.append(text)
        elif kept and self._random.random() < 0.2:
            kept[self._random.randrange(len(kept))] = text

    def report(self) -> None:
        """One line a rule, the most wrong first."""
        print(f"{'rule':32s} {'lines':>7s} {'body':>5s}  precision")
        order = sorted(self.labels.items(), key=lambda item: -item[1]["body"])
        for rule, counts in order:
            right = counts["noise"] + counts["caption"] + counts["credit"]
            known = right + counts["body"]
            precision = right / known if known else float("nan")
            print(f"{rule:32s} {known:7d} {counts['body']:5d}  {precision:.4f}")
            for text in self.wrong[rule]:
                print(f"    body: {text[:110]!r}")
        body, sure = self.totals["body"], self.totals["body taken by sure rules"]
        print(
            f"body lines {body}, taken by sure rules {sure} ({1000 * sure / body:.2f} in 1,000),"
            f" otherwise {self.totals['body taken otherwise']}"
        )


def _overlaps(row: Row, line: int, decision: cleaner.Decision) -> bool:
    start, end = decision.block.span or (0, 0)
    at = row.starts[line]
    return at < end and start < at + len(row.lines[line])


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1, help="take each N-th clip")
    parser.add_argument("--style", action="append", help="take these dump styles alone")
    parser.add_argument("--lang", help="take clips of this language alone")
    parser.add_argument(
        "--worst", type=int, default=0, help="show N body lines that each rule took"
    )
    args = parser.parse_args(arguments)
    judge = cleaner.Cleaner()
    rules = RuleTally(args.worst)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for row in read_rows([CLIPS], args.every):
        if not row.lines or (args.style and row.style not in args.style):
            continue
        if args.lang and row.language != args.lang:
            continue
        article = judge.clean(row.source, kind=row.kind)
        rules.add(row, article)
        outputs = {"ours": article.text, "identity": row.source, "C4": c4(row.source)}
        for group in ("all", *groups(row)[:2]):
            for system, output in outputs.items():
                tallies[group, system].add_lines(row, output)
    rules.report()
    print(
        f"\n{'':28s} {'clips':>5s} {'system':9s} {'word F1':>8s} {'in-article':>10s} {'brief':>7s}"
        f" {'body kept':>9s} {'short kept':>10s}"
    )
    for group in sorted({group for group, _ in tallies}):
        for system in SYSTEMS:
            t = tallies[group, system]
            inside, brief = t.share("inside gone", "inside"), t.share("brief gone", "brief")
            body, short = t.share("body kept", "body"), t.share("short kept", "short")
            print(
                f"{group:28s} {len(t.scores):5d} {system:9s} {mean(t.scores) or 0:8.4f}"
                f" {inside or 0:10.3f} {brief or 0:7.3f} {body or 0:9.4f} {short or 0:10.3f}"
            )


if __name__ == "__main__":
    main()
