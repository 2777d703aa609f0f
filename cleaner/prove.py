"""Proves a rule set: examples hold, conditions are needed, nothing is said twice, no pattern
runs away.

A condition is needed when the rule without it fires on one of its own `silent` examples.
Examples run through the real readers. The idea that every rule carries its positives and
negatives is gitleaks'.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from .clip import Clip
from .context import Context
from .readers import read
from .rules.loader import USER, Pack, load_packs, with_examples
from .rules.matcher import RuleSet
from .rules.schema import NEIGHBOURS, Example, Rule
from .rules.spoken import TIMEOUT_SECONDS, Spoken
from .shape import Shape, count_words, measured

# The slowest that a pattern may be on a hostile block of this many characters, in seconds of the
# processor. A pattern that backtracks without end takes the whole timeout; the best of a few tries
# counts, for a busy machine is no fault of the pattern.
SLOWEST_SECONDS = 0.25
_TRIES = 3
HOSTILE_CHARS = 4_000
_SHOWN = 5
_LONGEST_SHOWN = 120
_DEFAULT_LANGUAGE = "en"


class Timing(NamedTuple):
    """How long a pattern took on the worst of the hostile blocks."""

    seconds: float
    rule: str
    language: str | None


@dataclass
class Report:
    """What a check found. Without `problems` the rules are in order."""

    rules: int = 0
    examples: int = 0
    conditions: int = 0
    problems: list[str] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report as lines, problems first."""
        yield from self.problems
        yield (
            f"rules: {self.rules}, examples run: {self.examples}, conditions proved needed:"
            f" {self.conditions}, patterns timed: {len(self.timings)};"
            f" problems: {len(self.problems)}"
        )
        for timing in sorted(self.timings, reverse=True)[:_SHOWN]:
            language = f"@{timing.language}" if timing.language else ""
            yield f"slowest: {1000 * timing.seconds:7.2f} ms  {timing.rule}{language}"


def check(paths: Iterable[str | Path] = ()) -> Report:
    """Checks the rules that ship and those at `paths`; of the latter alone where there are
    any, since the former were checked when they were shipped. Raises `PackError` for a pack
    that cannot be loaded."""
    own = [str(path) for path in paths]
    packs = load_packs(own)
    rules = with_examples(packs)
    checked = [rule for rule in rules if not own or rule.level == USER]
    report = Report(rules=len(checked))
    prover = _Prover(packs, rules)
    for rule in checked:
        prover.prove(rule, report)
    _repeated(packs, checked, report)
    # The patterns of the rules that ship may have been compiled before.
    _time(RuleSet(packs, checked) if own else RuleSet.shipped(), report)
    return report


class _Prover:
    """Runs examples against a rule, or a variant of it, among the rules that it looks at."""

    def __init__(self, packs: Sequence[Pack], rules: Sequence[Rule]) -> None:
        self._packs = packs
        self._rules = rules
        self._prose = {pack.language: pack.prose for pack in packs if pack.prose}
        self._clips: dict[Example, tuple[Clip, Mapping[int, Shape]]] = {}

    def prove(self, rule: Rule, report: Report) -> None:
        if not rule.fires or not rule.silent:
            report.problems.append(f"{rule.id}: has no examples (give 'fires' and 'silent')")
        firing = self._fires(rule)
        for example in rule.fires:
            report.examples += 1
            if not firing(example):
                report.problems.append(f"{rule.id}: does not fire on {_shown(example)}")
        for example in rule.silent:
            report.examples += 1
            if firing(example):
                report.problems.append(f"{rule.id}: fires on {_shown(example)}, where it must not")
        for name in rule.conditions:
            report.conditions += 1
            dropped: dict[str, Any] = {name: () if name in _TUPLES else None}
            variant = self._fires(replace(rule, **dropped))
            if not any(variant(example) for example in rule.silent):
                report.problems.append(
                    f"{rule.id}: nothing shows that '{name}' is needed (no silent example fires"
                    " without it)"
                )

    def _fires(self, rule: Rule) -> _Firing:
        asked = (rule.before or frozenset()) | (rule.after or frozenset())
        labels = asked - frozenset(NEIGHBOURS)
        others = [r for r in self._rules if r.id != rule.id and r.label.value in labels]
        return _Firing(RuleSet(self._packs, [rule, *others]), rule.id, self)

    def clip(self, example: Example) -> tuple[Clip, Mapping[int, Shape]]:
        """The example as read, with `{prose}` filled in."""
        if example not in self._clips:
            clip = read(self._filled(example), example.kind)
            self._clips[example] = (clip, measured(clip.blocks, range(len(clip.blocks))))
        return self._clips[example]

    def _filled(self, example: Example) -> str:
        """`{prose}` stands for three paragraphs, so that one is enough to be a story."""
        prose = self._prose.get(example.language) or self._prose[_DEFAULT_LANGUAGE]
        between = "</p>\n<p>" if example.kind == "html" else "\n\n"
        return example.text.replace("{prose}", between.join([" ".join(prose)] * 3))


_TUPLES = ("classes", "host", "language")


class _Firing:
    """Whether a rule fires on an example: on any of its blocks."""

    def __init__(self, rules: RuleSet, rule_id: str, prover: _Prover) -> None:
        self._rules = rules
        self._id = rule_id
        self._prover = prover

    def __call__(self, example: Example) -> bool:
        clip, shapes = self._prover.clip(example)
        alive = range(len(clip.blocks))
        languages = self._rules.languages(clip, self._rules.voices(shapes), alive)
        hits = self._rules.match(clip, shapes, languages)
        found = self._rules.settle(hits, Context(clip, shapes, alive))
        return any(e.id == self._id for evidence in found.values() for e in evidence)


def _shown(example: Example) -> str:
    return repr(
        example.text
        if len(example.text) < _LONGEST_SHOWN
        else example.text[: _LONGEST_SHOWN - 3] + "..."
    )


def _repeated(packs: Sequence[Pack], rules: Sequence[Rule], report: Report) -> None:
    """Lines that two rules of one level claim for different labels, both sure and both
    anywhere: which of them wins would be chance."""
    claims: dict[tuple[str, int], dict[str, Rule]] = defaultdict(dict)
    for spoken in RuleSet(packs, rules).spoken:
        rule = spoken.rule
        if rule.lines and rule.strength == "sure" and not rule.conditions:
            for key in spoken.line_keys():
                claims[key, rule.level][rule.id] = rule
    for (key, _), claimants in claims.items():
        if len({rule.label for rule in claimants.values()}) > 1:
            names = ", ".join(f"{rule.id} ({rule.label.value})" for rule in claimants.values())
            report.problems.append(f"the line {key!r} is claimed by {names}")
    patterns: dict[tuple[object, ...], str] = {}
    for rule in rules:
        if rule.pattern:
            where = tuple(getattr(rule, name) for name in rule.conditions)
            first = patterns.setdefault((rule.pattern, rule.level, *where), rule.id)
            if first != rule.id:
                report.problems.append(f"{rule.id}: has the pattern and conditions of {first}")


def _time(rules: RuleSet, report: Report) -> None:
    for spoken in rules.spoken:
        if not (spoken.rule.pattern or spoken.rule.sequence):
            continue
        worst = max(_seconds(spoken, text) for text in _hostile(spoken))
        report.timings.append(Timing(worst, spoken.rule.id, spoken.language))
        if worst > SLOWEST_SECONDS and _slow_again(spoken):
            report.problems.append(
                f"{spoken.rule.id}: takes {1000 * worst:.0f} ms on a hostile block of"
                f" {HOSTILE_CHARS} characters"
            )


def _slow_again(spoken: Spoken) -> bool:
    return all(
        max(_seconds(spoken, text) for text in _hostile(spoken)) > SLOWEST_SECONDS
        for _ in range(_TRIES)
    )


def _seconds(spoken: Spoken, text: str) -> float:
    first = max(0, len(text) - spoken.rule.tail) if spoken.rule.tail else 0
    start = time.process_time()
    try:
        for pattern in spoken.sequence if spoken.rule.sequence else (spoken.pattern,):
            pattern.search(text, first, timeout=TIMEOUT_SECONDS)
    except TimeoutError:
        return TIMEOUT_SECONDS
    return time.process_time() - start


def _hostile(spoken: Spoken) -> Iterator[str]:
    """Blocks that make backtracking patterns work: their own keyword, and nearly the rest."""
    keyword = next(iter(spoken.keyword_literals()), "")
    for unit in (
        "a",
        "a ",
        "A. ",
        "0",
        "0:",
        ",",
        " ",
        "Ab ",
        "Ab/",
        ". ",
        "-",
        "(",
        "|",
        keyword,
        keyword + " ",
        keyword + " Ab ",
    ):
        if unit:
            body = f"{keyword} {unit * (HOSTILE_CHARS // len(unit))}\x00"
            # What the matcher would not search is no danger.
            while len(body) > spoken.longest or count_words(body) > spoken.most:
                body = body[: len(body) // 2]
            yield body
