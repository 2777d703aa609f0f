"""The quality gate: no change may make the cleaner worse than the floors unless it says so.

The figures and the way to lower a floor are in `fixtures/gate/floors.toml`;
`python -m tests.gate` prints them all.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.training.measures import plain

from .gate import (
    FLOORS,
    GROUPS,
    MEASURES,
    Case,
    Result,
    cleaned,
    floors,
    folders,
    measure,
    pooled,
    shortfalls,
)
from .text_dump import STYLES, dump

Results = dict[str, list[Result]]
_PAGES = pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)


@pytest.fixture(scope="module")
def results(cleaner_: Cleaner) -> Results:
    return measure(partial(cleaned, judge=cleaner_))


@pytest.mark.parametrize("group", GROUPS)
def test_group_reaches_its_floors(group: str, results: Results) -> None:
    short = shortfalls(results[group], floors()[group])
    if short:
        lines = [f"{group} fell below the floor ({FLOORS.name} says how a floor is lowered)"]
        pytest.fail("\n  ".join(lines + [str(each) for each in short]), pytrace=False)


def test_every_group_has_a_floor_for_every_measure(results: Results) -> None:
    keys = {each.key for each in MEASURES}
    assert {group: set(floor) for group, floor in floors().items()} == dict.fromkeys(GROUPS, keys)
    assert set(results) == set(GROUPS)


def test_every_measure_has_something_to_measure(results: Results) -> None:
    wholes = [each.whole for each in MEASURES if each.whole]
    counts = {group: pooled(results[group]).counts for group in GROUPS}
    empty = [(group, whole) for group in GROUPS for whole in wholes if not counts[group][whole]]
    assert empty == []


def test_a_system_that_keeps_nothing_falls_below_every_floor_but_that_for_noise() -> None:
    nothing = measure(lambda _: "")
    wanted = {each.key for each in MEASURES} - {"noise_removed"}
    for group in GROUPS:
        assert {each.measure.key for each in shortfalls(nothing[group], floors()[group])} == wanted


def test_a_system_that_keeps_everything_falls_below_the_floor_for_word_f1() -> None:
    everything = measure(lambda case: "\n".join(case.row.lines))
    for group in GROUPS:
        keys = {each.measure.key for each in shortfalls(everything[group], floors()[group])}
        assert "word_f1" in keys, group


def test_a_shortfall_names_the_value_the_floor_and_the_worst_clip(cleaner_: Cleaner) -> None:
    spoilt = "article--moorwasser/page.txt"

    def spoil(case: Case) -> str:
        return "" if case.name == spoilt else cleaned(case, cleaner_)

    results, floor = measure(spoil)["text articles"], floors()["text articles"]
    text = {short.measure.key: str(short) for short in shortfalls(results, floor)}["body_kept"]
    tally = pooled(results)
    assert f"{tally.share('body kept', 'body'):.4f}" in text
    assert f"{floor['body_kept']:.4f}" in text
    assert f"{spoilt} (0.0000)" in text


@_PAGES
def test_text_of_a_page_is_in_step_with_it(folder: Path) -> None:
    page = (folder / "page.html").read_text(encoding="utf-8")
    text = (folder / "page.txt").read_text(encoding="utf-8")
    assert text in [dump(page, style) for style in STYLES], (
        f"{folder.name}: after an edit run `python -m tests.text_dump` for page.txt again"
    )


@_PAGES
def test_gold_stands_in_the_page(folder: Path) -> None:
    # A line of gold with a typing error could never be kept; and it would make its line noise.
    page = dump((folder / "page.html").read_text(encoding="utf-8"), "indented")
    lines = {plain(line) for line in page.splitlines()}
    gold = (folder / "gold.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in gold if plain(line) not in lines] == []


def test_no_prose_is_used_twice() -> None:
    # Pages that share sentences are one page to whatever learns from the others' mistakes.
    seen: dict[str, str] = {}
    for folder in folders():
        for line in (folder / "gold.txt").read_text(encoding="utf-8").splitlines():
            if len(line) > 40:
                assert line not in seen, f"{folder.name} and {seen[line]}: {line}"
                seen[line] = folder.name
