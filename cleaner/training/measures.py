"""The measures by which cleaned clips are judged against gold.

Word F1 is the overlap of the multisets of lower-cased words, a clip at a time, then the mean.
The other measures count lines: a line stays where its words stand in the text, and titles and
ambiguous lines are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .align import words
from .data import Row

# Lines of fewer words are short; chrome inside of a text counts from so many words on.
_SHORT, _INSIDE = 8, 5
# A longer line also stays where its words stand inside of a longer line of the text.
_FOUND_CHARS = 30
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def plain(text: str) -> str:
    """The words of a text, lower-cased, one space apart."""
    return " ".join(words(text))


def f1(found: Counter[str], gold: Counter[str]) -> float:
    """Twice the overlap over both sizes; two empty bags agree."""
    if not found or not gold:
        return float(not found and not gold)
    return 2 * (found & gold).total() / (found.total() + gold.total())


def word_f1(found: str, gold: str) -> float:
    """The word F1 of a text."""
    return f1(Counter(words(found)), Counter(words(gold)))


def paragraph_f1(found: str, gold: str) -> float:
    """The F1 of whole paragraphs: lines that agree in all their words."""
    return f1(_paragraphs(found), _paragraphs(gold))


def _paragraphs(text: str) -> Counter[str]:
    return Counter(filter(None, map(plain, text.split("\n"))))


@dataclass
class Tally:
    """Sums over clips; `scores` and `paragraphs` hold one F1 a clip."""

    scores: list[float] = field(default_factory=list)
    paragraphs: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add_page(self, row: Row, text: str) -> None:
        """Counts the text made of a row that has gold but no labelled lines."""
        self.scores.append(word_f1(text, row.gold))
        self.paragraphs.append(paragraph_f1(text, row.gold))

    def add_lines(self, row: Row, text: str) -> None:
        """Counts the text made of a row with labelled lines."""
        lines = _shown(row)
        labelled = list(zip(lines, row.labels, strict=True))
        titles = {plain(line) for line, label in labelled if label == "title"}
        self.scores.append(word_f1(_without(titles, text), _without(titles, row.gold)))
        kept, whole = {plain(line) for line in text.split("\n")}, plain(text)
        body = [at for at, label in enumerate(row.labels) if label == "body"]
        first, last = (body[0], body[-1]) if body else (0, 0)
        for at, (line, label) in enumerate(labelled):
            key = plain(line)
            if key and label not in ("ambiguous", "title"):
                stays = key in kept or (len(key) > _FOUND_CHARS and key in whole)
                self._add_line(line, label == "body", stays, first < at < last)

    def _add_line(self, line: str, body: bool, stays: bool, inside: bool) -> None:
        size = len(words(line))
        if body:
            self.counts.update({"body": len(line), "body kept": len(line) * stays})
            if size < _SHORT:
                self.counts.update({"short": 1, "short kept": int(stays)})
        elif size < _INSIDE:
            self.counts.update({"brief": 1, "brief gone": int(not stays)})
        elif inside:
            self.counts.update({"inside": 1, "inside gone": int(not stays)})

    def share(self, part: str, whole: str) -> float | None:
        """One count as a share of another; None where there was nothing to count."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else None

    @property
    def figures(self) -> dict[str, float | None]:
        """The measures by name, each 0 to 1; None where nothing was there to measure."""
        return {
            "word F1": mean(self.scores),
            "paragraphs": mean(self.paragraphs),
            "in-article noise gone": self.share("inside gone", "inside"),
            "body kept": self.share("body kept", "body"),
            "short body kept": self.share("short kept", "short"),
        }


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None


def _shown(row: Row) -> Iterable[str]:
    """The lines as a cleaned text would hold them: markdown without link targets."""
    if row.kind != "markdown":
        return row.lines
    return [_LINK.sub(r"\1", _IMAGE.sub("", line)) for line in row.lines]


def _without(titles: set[str], text: str) -> str:
    return "\n".join(line for line in text.split("\n") if plain(line) not in titles)
