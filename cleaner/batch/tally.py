"""What the report says, counted as documents pass: memory does not grow with their number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .task import Facts, Failure
from .work import LEAST_SHOWN, SHOWN

# Sites beyond so many are counted together.
MOST_SITES = 5_000
OTHER_SITES = "(other sites)"
NO_SITE = "(no URL)"


@dataclass
class Example:
    """A document that the report shows."""

    id: str
    seconds: float
    before: int
    after: int
    explanation: list[list[str]]

    @property
    def change(self) -> float:
        """The share of the text that went, 0 to 1."""
        return 1 - self.after / self.before if self.before else 0.0


@dataclass
class Tally:
    """Sums over all documents. Lengths are characters; histograms count documents by the
    power of two below their length."""

    documents: int = 0
    failed: int = 0
    seconds: float = 0.0
    before: int = 0
    after: int = 0
    labels: dict[str, list[int]] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    sites: dict[str, list[int]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    lengths_before: dict[str, int] = field(default_factory=dict)
    lengths_after: dict[str, int] = field(default_factory=dict)
    slowest: list[Example] = field(default_factory=list)
    changed: list[Example] = field(default_factory=list)

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Tally:
        """The tally that `asdict` took apart."""
        tally = cls(**data)
        tally.slowest = [Example(**each) for each in data.get("slowest", ())]
        tally.changed = [Example(**each) for each in data.get("changed", ())]
        return tally

    def saved(self) -> dict[str, Any]:
        """The tally as plain data."""
        return asdict(self)

    def fail(self, failure: Failure) -> None:
        """Counts a failure."""
        self.documents += 1
        self.failed += 1
        self.failures[failure.kind] = self.failures.get(failure.kind, 0) + 1

    def add(self, name: str, facts: Facts) -> None:
        """Counts an article."""
        self.documents += 1
        self.seconds += facts.seconds
        self.before += facts.before
        self.after += facts.after
        for label, found in facts.labels.items():
            sums = self.labels.setdefault(label, [0, 0])
            sums[0] += found[0]
            sums[1] += found[1]
        for rule, blocks in facts.rules.items():
            self.rules[rule] = self.rules.get(rule, 0) + blocks
        self._add_site(facts)
        _count(self.lengths_before, facts.before)
        _count(self.lengths_after, facts.after)
        if facts.explanation:
            self._show(name, facts)

    def _add_site(self, facts: Facts) -> None:
        site = facts.site or NO_SITE
        if site not in self.sites and len(self.sites) >= MOST_SITES:
            site = OTHER_SITES
        sums = self.sites.setdefault(site, [0, 0, 0])
        sums[0] += 1
        sums[1] += facts.before
        sums[2] += facts.after

    def _show(self, name: str, facts: Facts) -> None:
        rows = [list(row) for row in facts.explanation]
        shown = Example(name, facts.seconds, facts.before, facts.after, rows)
        self.slowest = sorted([*self.slowest, shown], key=lambda e: -e.seconds)[:SHOWN]
        if facts.before >= LEAST_SHOWN:
            self.changed = sorted([*self.changed, shown], key=lambda e: -e.change)[:SHOWN]


def _count(histogram: dict[str, int], length: int) -> None:
    # JSON has strings for keys.
    power = str(int(math.log2(length)) if length else -1)
    histogram[power] = histogram.get(power, 0) + 1
