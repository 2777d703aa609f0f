"""The measures of ../shared/data/README.md, so that figures here and there compare."""

from __future__ import annotations

import json
import lzma
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CLIPS = "clips-dev.jsonl.xz"
PAGES = ("pages-wcxb-dev-0.jsonl.xz", "pages-wcxb-dev-1.jsonl.xz", "pages-fundus-dev.jsonl.xz")
EXTRACTED = ("readability", "trafilatura", "newspaper")
_WORD = re.compile(r"\w+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
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

T = TypeVar("T")


def rows(*names: str, every: int = 1) -> Iterator[dict[str, Any]]:
    """The rows of data files, each `every`-th one."""
    number = 0
    for name in names:
        with lzma.open(DATA / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                if number % every == 0:
                    yield json.loads(line)
                number += 1


def plain(text: str | None) -> str:
    """The words of a text, lower-cased, one space apart."""
    return " ".join(_WORD.findall((text or "").lower()))


def word_f1(found: str | None, gold: str | None) -> float:
    """F1 of the multisets of lower-cased words; two empty texts agree."""
    p, g = (
        Counter(_WORD.findall((found or "").lower())),
        Counter(_WORD.findall((gold or "").lower())),
    )
    if not p or not g:
        return float(not p and not g)
    return 2 * sum((p & g).values()) / (sum(p.values()) + sum(g.values()))


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


@dataclass
class Clip:
    """A labelled clip: its text as it would be scraped, its lines and their gold labels."""

    row: dict[str, Any]
    text: str
    starts: list[int]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Clip:
        """The clip in a row of the data."""
        pieces, starts, at = [], [], 0
        for line, blank in zip(row["lines"], row["blank_before"], strict=True):
            starts.append(at + blank)
            pieces.append("\n" * blank + line + "\n")
            at += len(pieces[-1])
        return cls(row, "".join(pieces), starts)

    @property
    def kind(self) -> str:
        """The kind of clip to read it as."""
        return "markdown" if self.row["style"] == "markdown" else "text"

    @property
    def lines(self) -> list[str]:
        """The lines as a cleaned text would hold them: markdown without link targets."""
        if self.kind == "text":
            return list(self.row["lines"])
        return [_LINK.sub(r"\1", _IMAGE.sub("", line)) for line in self.row["lines"]]

    @property
    def group(self) -> str:
        """What the clip is counted with beside its style."""
        if self.row["type"] != "article":
            return "other pages"
        return f"articles, {'extracted' if self.row['style'] in EXTRACTED else 'full page'}"


@dataclass
class Tally:
    """Sums over clips; `scores` holds one word F1 a clip."""

    counts: Counter[str] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)

    def add(self, clip: Clip, output: str) -> None:
        """Counts what a system's `output` keeps of `clip`, by the data's definitions."""
        lines, labels = clip.lines, clip.row["labels"]
        titles = {
            plain(line) for line, label in zip(lines, labels, strict=True) if label == "title"
        }
        kept, whole = {plain(line) for line in output.split("\n")}, plain(output)
        body = [i for i, label in enumerate(labels) if label == "body"]
        self.scores.append(word_f1(_without(titles, output), _without(titles, clip.row["gold"])))
        for i, (line, label) in enumerate(zip(lines, labels, strict=True)):
            key = plain(line)
            if not key or label in ("ambiguous", "title"):
                continue
            stays = key in kept or (len(key) > 30 and key in whole)
            words = key.count(" ") + 1
            if label == "body":
                self.counts.update({"body": len(line), "body kept": len(line) * stays})
                if words < 8:
                    self.counts.update({"short": 1, "short kept": int(stays)})
            else:
                size = "long" if words >= 5 else "brief"
                self.counts.update({size: 1, f"{size} gone": int(not stays)})
                if body and body[0] < i < body[-1] and words >= 5:
                    self.counts.update({"inside": 1, "inside gone": int(not stays)})

    def share(self, part: str, whole: str) -> float:
        """One count as a share of another, 0 where there is nothing to share."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0

    @property
    def f1(self) -> float:
        """The mean word F1 over clips."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


def _without(titles: set[str], text: str) -> str:
    return "\n".join(line for line in text.split("\n") if plain(line) not in titles)


class Clock:
    """CPU seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def run(self, name: str, call: Callable[[], T]) -> T:
        """Calls, and books the time that it took under `name`."""
        start = time.process_time()
        result = call()
        self.seconds[name] += time.process_time() - start
        return result
