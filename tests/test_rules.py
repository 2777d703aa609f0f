"""Packs of a user's own, the errors of broken ones, what outranks what, and the ready tables."""

from __future__ import annotations

import copyreg
import json
import pickle
import time
from pathlib import Path

import pytest
import regex

import cleaner
from cleaner.prove import check
from cleaner.rules import RuleSet, load_packs, tables
from cleaner.rules.compiled import PATTERNS, Compiled
from cleaner.rules.coverage import coverage

from .corpus import ROOT, seed_files

STORY = "\n\n".join(
    [
        "The ferry to the island was late on Monday because the crew had gone to look for the"
        " captain, who was asleep under the nets and would not be woken by anybody.",
        "Nobody on the quay complained, since the baker had opened early and the loaves were"
        " still warm, and the post had come with a parcel for nearly every house in the street.",
        "At noon the captain woke, asked what day it was, and took the whole town across for"
        " nothing, which the council has since paid him for out of the fund for clocks.",
    ]
)


def as_pickled(pattern: regex.Pattern[str]) -> object:
    """All that a pattern is made of."""
    return copyreg.dispatch_table[type(pattern)](pattern)


def pack(folder: Path, text: str) -> Path:
    """A pack file with this text."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rule(body: str, rule_id: str = "own.rule") -> str:
    """A rule table with an id, a label and a reason."""
    return f'[[rule]]\nid = "{rule_id}"\nlabel = "other_chrome"\nbecause = "a test"\n{body}\n'


def test_a_rule_of_ones_own_takes_its_line_out_and_says_so(tmp_path: Path) -> None:
    own = cleaner.Cleaner(rules=[pack(tmp_path, rule('lines = ["harbour bingo tonight"]'))])
    article = own.clean(f"{STORY}\n\nHarbour bingo tonight!", kind="text")
    assert article.text == STORY
    assert article.decisions[-1].evidence[0].id == "own.rule"


def test_a_users_keep_outranks_what_the_shipped_rules_take_out(tmp_path: Path) -> None:
    text = f"{STORY}\n\nShare this article\n\n{STORY}"
    assert "Share this article" not in cleaner.clean(text, kind="text").text
    keep = rule('lines = ["share this article"]').replace("other_chrome", "paragraph")
    own = cleaner.Cleaner(rules=[pack(tmp_path, keep)])
    assert "Share this article" in own.clean(text, kind="text").text


def test_a_users_keep_reaches_into_a_menu_element(tmp_path: Path) -> None:
    page = f"<nav><p>Tide tables for May</p></nav><p>{STORY}</p>"
    assert "Tide tables" not in cleaner.clean(page, kind="html").text
    keep = rule('lines = ["tide tables for may"]').replace("other_chrome", "paragraph")
    own = cleaner.Cleaner(rules=[pack(tmp_path, keep)])
    assert "Tide tables for May" in own.clean(page, kind="html").text


def test_a_rule_for_one_site_is_silent_elsewhere(tmp_path: Path) -> None:
    own = cleaner.Cleaner(
        rules=[pack(tmp_path, rule('lines = ["tide corner"]\nhost = ["harbour.example"]'))]
    )
    text = f"{STORY}\n\nTide corner\n\n{STORY}"
    assert "Tide corner" not in own.clean(text, url="https://www.harbour.example/a").text
    assert "Tide corner" in own.clean(text, url="https://notharbour.example/a").text
    assert "Tide corner" in own.clean(text).text


def test_rules_of_a_file_share_the_shapes_of_their_patterns(tmp_path: Path) -> None:
    shapes = "[shapes]\nnumber = '0{2,3}'\nferry = 'ferry no {number}'\n"
    path = pack(tmp_path, shapes + rule("pattern = '^{ferry}$'\nkeywords = ['ferry']"))
    own = cleaner.Cleaner(rules=[path])
    text = own.clean(f"{STORY}\n\nFerry no 123\n\nFerry no 7\n\n{STORY}", kind="text").text
    assert "Ferry no 123" not in text
    assert "Ferry no 7" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (rule('lines = ["a"]\ncolour = "red"'), "unknown key 'colour'"),
        (rule('lines = ["a"]').replace("other_chrome", "rubbish"), "unknown label 'rubbish'"),
        (rule('lines = ["a"]', "ad.label"), "already used"),
        (rule('pattern = "a"'), "'keywords' is missing"),
        ("[shapes]\nday = 3\n" + rule('lines = ["a"]'), "wrong type"),
        (rule(""), "matches everything"),
        (rule('lines = ["{no_such_term}"]'), "no pack has the term no_such_term"),
        (rule('lines = ["a"]\nzone = ["middle"]'), "not middle"),
        (rule('lines = ["a"]\nwords = [9, 2]'), "the least is above the most"),
        (rule('lines = ["a"]\nwords = "many"'), "wrong type"),
        ("[[rule]\n", "no valid TOML"),
    ],
)
def test_a_broken_pack_is_told_in_one_line_that_names_it(
    tmp_path: Path, text: str, says: str
) -> None:
    path = pack(tmp_path, text)
    with pytest.raises(cleaner.PackError) as caught:
        cleaner.Cleaner(rules=[path])
    message = str(caught.value)
    assert says in message
    assert str(path) in message
    assert "\n" not in message


def test_a_pattern_that_is_none_is_told_when_it_is_checked(tmp_path: Path) -> None:
    path = pack(tmp_path, rule("pattern = '(a'\nkeywords = [\"a\"]\nfires=['a']\nsilent=['b']"))
    with pytest.raises(cleaner.PackError, match="no valid pattern"):
        check([path])


def test_a_language_without_a_pack_is_an_error() -> None:
    with pytest.raises(cleaner.PackError, match="no language pack for tlh"):
        cleaner.Cleaner(languages=["tlh"])


def test_languages_can_be_limited() -> None:
    text = f"{STORY}\n\nArtikel teilen\n\n{STORY}"
    everything = cleaner.Cleaner(model=False)
    english = cleaner.Cleaner(languages=["en"], model=False)
    assert "Artikel teilen" not in everything.clean(text, kind="text").text
    assert "Artikel teilen" in english.clean(text, kind="text").text


def test_a_pattern_that_backtracks_without_end_stops_and_the_rest_goes_on(tmp_path: Path) -> None:
    runaway = rule("pattern = '(a+)+$'\nkeywords = [\"a\"]")
    own = cleaner.Cleaner(rules=[pack(tmp_path, runaway)])
    start = time.monotonic()
    article = own.clean(f"{STORY}\n\n{'a' * 60}!\n\nShare this article", kind="text")
    assert time.monotonic() - start < 20
    assert "Share this article" not in article.text


def test_a_check_names_what_is_wrong_with_a_rule(tmp_path: Path) -> None:
    body = 'lines = ["bingo"]\nzone = ["tail"]\nfires = ["lotto"]\nsilent = ["{prose}\\nBingo"]'
    problems = "\n".join(check([pack(tmp_path, rule(body))]).problems)
    assert "does not fire on 'lotto'" in problems
    assert "where it must not" in problems


def test_a_check_asks_for_a_proof_of_every_condition(tmp_path: Path) -> None:
    body = 'lines = ["bingo"]\nwords = [1, 9]\nfires = ["Bingo"]\nsilent = ["Lotto"]'
    assert "nothing shows that 'words' is needed" in check([pack(tmp_path, rule(body))]).problems[0]


def test_the_rules_that_ship_are_in_order() -> None:
    report = check()
    assert report.problems == []
    assert report.conditions > 100


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as a build writes them, with the compiled patterns beside them."""
    path = tmp_path_factory.mktemp("packs") / "tables.json"
    tables.write(path)
    return path


def test_the_ready_tables_give_what_the_packs_give(written: Path) -> None:
    assert tables.cached(written) is not None
    ready, plain = cleaner.Cleaner(), cleaner.Cleaner()
    ready.rules, plain.rules = RuleSet.shipped(written), RuleSet(load_packs())
    for seed in seed_files():
        data = seed.read_bytes()
        assert ready.clean(data).to_json() == plain.clean(data).to_json()


def test_the_patterns_of_a_build_are_those_that_the_rules_compile(written: Path) -> None:
    kept = Compiled(tables.digest(), written.with_name(PATTERNS.name))
    rules = pickle.loads(pickle.dumps(RuleSet(load_packs()))).spoken
    some = [(each, at) for each in rules for at in range(len(each.patterns))][::25]
    assert len(some) > 40
    for spoken, at in some:
        ready = pickle.loads(pickle.dumps(kept)).pattern(spoken.order, at)
        assert ready is not None
        assert as_pickled(ready) == as_pickled(spoken.patterns[at])


def test_patterns_of_another_release_of_regex_are_compiled_anew(
    written: Path, tmp_path: Path
) -> None:
    path = tmp_path / PATTERNS.name
    text = written.with_name(PATTERNS.name).read_text(encoding="utf-8")
    path.write_text(text.replace(regex.__version__, "2000.1.1", 1), encoding="utf-8")
    order, piece = json.loads(text.split("\n", 1)[0])["places"][0]
    assert Compiled(tables.digest(), path).pattern(order, piece) is None
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    assert Compiled(tables.digest(), path).pattern(order, piece) is None


def test_tables_of_other_packs_are_not_used(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "tables.json"
    text = written.read_text(encoding="utf-8")
    path.write_text(text.replace(tables.digest(), "00000000-1"), encoding="utf-8")
    assert tables.cached(path) is None
    path.write_text("{", encoding="utf-8")
    assert tables.cached(path) is None
    assert tables.cached(tmp_path / "missing.json") is None


def test_the_table_of_what_is_covered_is_current() -> None:
    table = "\n".join(coverage(load_packs())) + "\n"
    assert (ROOT / "cleaner" / "packs" / "COVERAGE.md").read_text(encoding="utf-8") == table, (
        "cleaner rules coverage > cleaner/packs/COVERAGE.md"
    )
    rows = dict(line.removeprefix("| ").split(" | ", 1) for line in table.splitlines()[2:])
    # English says each category with a rule, shown on an example.
    assert all(not row.startswith(("–", "0")) for row in rows.values())


def test_a_runaway_pattern_is_waited_for_once_in_a_clip(tmp_path: Path) -> None:
    runaway = rule("pattern = '(a+)+$'\nkeywords = [\"a\"]")
    own = cleaner.Cleaner(rules=[pack(tmp_path, runaway)])
    lines = "\n\n".join(f"{'a' * (60 + number)}!" for number in range(40))
    start = time.process_time()
    own.clean(f"{STORY}\n\n{lines}", kind="text")
    # A few times, as the clip is judged anew; not for each line.
    assert time.process_time() - start < 15


def test_a_check_names_a_runaway_pattern_and_shows_the_slowest(tmp_path: Path) -> None:
    body = 'pattern = \'(a+)+$\'\nkeywords = ["a"]\nfires = ["aaa"]\nsilent = ["b"]'
    report = check([pack(tmp_path, rule(body))])
    assert any("on a hostile block" in problem for problem in report.problems)
    (slowest,) = (line for line in report.lines() if line.startswith("slowest:"))
    assert "ms" in slowest
