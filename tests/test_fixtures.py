"""Each folder of `fixtures/` is a test: a clip and what a reader wants of it.

`article.txt` is the text; `article.json` holds whichever fields the fixture is about. A file
that is missing fails: an expectation is written by a person, never by the code under test.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cleaner import Action, Article, Cleaner

from .conftest import REWRITTEN
from .corpus import ROOT, SEEDS, clip_file, fixture_folders, kind_of, seed_files

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-].+)?")
_PLAIN_KEYS = ("title", "subtitle", "byline", "site", "url")
_KEYS = frozenset(
    {*_PLAIN_KEYS, "language", "dateline", "published", "modified", "captions", "videos"}
    | {"removed", "kind", "negative"}
)


# What is known to come out wrong, with the reason; one that comes out right has to leave here.
KNOWN_FAILURES = {
    "newsletter-form--moulin": "the promise of a newsletter box in words that no rule knows: the"
    " classifier takes it for text, and the box's class name alone is wrong too often on pages",
}


def _with_known_failures(folder: Path) -> object:
    reason = KNOWN_FAILURES.get(folder.name)
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(folder, marks=marks, id=folder.name)


@pytest.mark.parametrize("folder", [_with_known_failures(f) for f in fixture_folders()])
def test_fixture(folder: Path, cleaner_: Cleaner, request: pytest.FixtureRequest) -> None:
    path = clip_file(folder)
    article = cleaner_.clean(path.read_bytes(), kind=kind_of(path))
    if request.config.getoption("--update-fixtures"):
        _rewrite(folder / "article.txt", article.text, request.config)
    wanted_text, wanted = expectation(folder)
    wrong = differences(wanted, article)
    if "kind" in wanted:
        sniffed = cleaner_.clean(path.read_bytes(), kind="auto").kind
        wrong += _compare("kind (auto)", wanted["kind"], sniffed)
    wrong += difflib.unified_diff(
        wanted_text.splitlines(), article.text.splitlines(), "article.txt", "got", lineterm=""
    )
    if wrong or article.text != wanted_text:
        pytest.fail("\n".join(wrong or ["the text differs in its line ends"]), pytrace=False)


def expectation(folder: Path) -> tuple[str, dict[str, Any]]:
    """The text and the fields that a fixture expects. A file that is missing fails."""
    text = (folder / "article.txt").read_text(encoding="utf-8")
    fields = json.loads((folder / "article.json").read_text(encoding="utf-8"))
    unknown = set(fields) - _KEYS
    assert not unknown, f"{folder.name}/article.json: nothing compares {sorted(unknown)}"
    return text.removesuffix("\n"), fields


def differences(wanted: Mapping[str, Any], article: Article) -> list[str]:
    """A line for each field that is not as expected."""
    wrong = []
    for key in _PLAIN_KEYS:
        if key in wanted:
            wrong += _compare(key, wanted[key], getattr(article, key))
    if "language" in wanted:
        wrong += _compare("language", wanted["language"], _language(article, wanted["language"]))
    if "dateline" in wanted:
        got = article.dateline
        wrong += _compare("dateline", wanted["dateline"], got and got._asdict())
    for key in ("published", "modified"):
        if key in wanted and not same_moment(wanted[key], getattr(article, key)):
            wrong += [f"{key}: wanted {wanted[key]!r}, got {getattr(article, key)!r}"]
    if "captions" in wanted:
        wrong += _captions(wanted["captions"], article)
    if "videos" in wanted:
        got_videos = [
            {"title": v.title, "duration": v.duration and v.duration.total_seconds()}
            for v in article.videos
        ]
        wrong += _compare("videos", wanted["videos"], got_videos)
    return wrong + _removals(wanted, article)


def same_moment(wanted: str | None, got: str | None) -> bool:
    """Whether two ISO 8601 strings say the same. Seconds of `:00` say nothing; a zone is
    compared where the expectation has one."""
    if wanted is None or got is None:
        return wanted is got
    ours, theirs = _MOMENT.fullmatch(wanted), _MOMENT.fullmatch(got)
    if ours is None or theirs is None:
        return wanted == got
    if ours[4] and _zone(ours[4]) != _zone(theirs[4]):
        return False
    return (ours[1], ours[2], _seconds(ours[3])) == (theirs[1], theirs[2], _seconds(theirs[3]))


def _zone(zone: str | None) -> str | None:
    return "+00:00" if zone == "Z" else zone


def _seconds(seconds: str | None) -> str | None:
    return None if seconds == "00" else seconds


def _language(article: Article, wanted: str | None) -> str | None:
    """The article's language, without its region where the expectation names none."""
    got = article.language
    return got.partition("-")[0] if got and wanted and "-" not in wanted else got


def _captions(wanted: list[dict[str, Any]], article: Article) -> list[str]:
    if len(wanted) != len(article.captions):
        return [f"captions: wanted {len(wanted)}, got {[c.text for c in article.captions]}"]
    wrong = []
    for at, (ours, theirs) in enumerate(zip(wanted, article.captions, strict=True)):
        got = {"text": theirs.text, "title": theirs.title, "credits": list(theirs.credits)}
        for key, value in ours.items():
            wrong += _compare(f"captions[{at}].{key}", value, got[key])
    return wrong


def _removals(wanted: Mapping[str, Any], article: Article) -> list[str]:
    gone = [d for d in article.decisions if d.action is Action.REMOVE]
    got = Counter((d.label.value, d.block.text) for d in gone)
    listed: dict[str, list[str]] = wanted.get("removed", {})
    missing = Counter((label, text) for label, texts in listed.items() for text in texts) - got
    wrong = []
    for label, text in missing:
        fate = [
            f"{d.action.value} as {d.label.value} by {[e.id for e in d.evidence]}"
            for d in article.decisions
            if d.block.text == text
        ]
        wrong.append(f"removed: wanted {text!r} removed as {label}, got {fate or 'no such block'}")
    if wanted.get("negative"):
        wrong += [f"negative, but {d.block.text!r} went by {d.evidence[0].id}" for d in gone]
    return wrong


def _compare(name: str, wanted: object, got: object) -> list[str]:
    return [] if wanted == got else [f"{name}: wanted {wanted!r}, got {got!r}"]


def _rewrite(path: Path, text: str, config: pytest.Config) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before != text + "\n":
        path.write_text(text + "\n", encoding="utf-8")
        config.stash[REWRITTEN].append(path.relative_to(ROOT))


# --- the fixtures as a whole


def test_there_are_enough_fixtures_of_every_kind_and_a_third_hold_nothing_to_remove() -> None:
    folders = fixture_folders()
    negatives = [folder for folder in folders if expectation(folder)[1].get("negative")]
    assert len(folders) >= 40
    assert len(negatives) * 3 >= len(folders)
    assert {kind_of(clip_file(folder)) for folder in folders} == {"text", "markdown", "html"}


def test_fixtures_are_named_by_concern_and_slug() -> None:
    named = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]+(?:-[a-z0-9]+)*")
    assert [f.name for f in fixture_folders() if not named.fullmatch(f.name)] == []


@pytest.mark.parametrize("missing", ["article.txt", "article.json"])
def test_a_fixture_without_its_expectation_fails(missing: str, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("A line.\n", encoding="utf-8")
    (tmp_path / "article.json").write_text("{}", encoding="utf-8")
    (tmp_path / missing).unlink()
    with pytest.raises(FileNotFoundError, match=missing):
        expectation(tmp_path)


def test_a_fixture_that_expects_an_unknown_field_fails(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("A line.\n", encoding="utf-8")
    (tmp_path / "article.json").write_text('{"titel": "A line."}', encoding="utf-8")
    with pytest.raises(AssertionError, match="titel"):
        expectation(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "got", "same"),
    [
        ("2024-05-02", "2024-05-02", True),
        ("2024-05-02T10:00", "2024-05-02T10:00:00", True),
        ("2024-05-02T10:00", "2024-05-02T10:00:00+01:00", True),
        ("2024-05-02T10:00Z", "2024-05-02T10:00:00+00:00", True),
        ("2024-05-02T10:00+01:00", "2024-05-02T10:00", False),
        ("2024-05-02", "2024-05-02T10:00", False),
        ("2024-05-02T10:00:05", "2024-05-02T10:00", False),
        ("2024-05-02", None, False),
        (None, None, True),
    ],
)
def test_moments_are_compared_as_far_as_the_expectation_says(
    wanted: str | None, got: str | None, same: bool
) -> None:
    assert same_moment(wanted, got) is same


# --- the seeds


@pytest.mark.parametrize("path", seed_files(), ids=lambda path: path.name)
def test_seed_gives_an_article_and_loses_chrome(path: Path, cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path.read_bytes(), kind=kind_of(path))
    actions = Counter(decision.action for decision in article.decisions)
    assert article.title
    assert len(article.text.split()) > 200
    assert actions[Action.REMOVE] > 0
    assert json.loads(article.to_json())["text"] == article.text


CHROME = (
    "Watch CBS News",
    "View CBS News In",
    "CBS News App Open",
    "Chrome Safari Continue",
    "Be the first to know",
    "Get browser notifications for breaking news, live events, and special reports.",
)
CAPTION_TITLES = (
    "Selland Foreign Minister Aksel Straum meets with Tarnholm's minister Gunnhild Varr in Ludvik",
    "Straum Varr Meeting",
)
CAPTION_TEXTS = (
    "Selland's Foreign Minister Aksel Straum and Tarnholm's minister Gunnhild Varr walk to a "
    "lunch in the old customs house after their talks in Ludvik, Selland, May 3, 2023.",
    "Foreign Minister Aksel Straum, left, hands a brass sextant to Tarnholm's minister Gunnhild "
    "Varr at the end of their talks in Ludvik, Selland, May 3, 2023.",
)
VIDEOS = {
    "Tarnholm refuses to receive harbour envoy Orrin Peake": 99,
    "Four things to know about the Brindle strait dispute": 139,
}


@pytest.fixture(scope="module")
def summit(cleaner_: Cleaner) -> Article:
    return cleaner_.clean((SEEDS / "summit.txt").read_bytes(), kind="text")


def test_summit_title(summit: Article) -> None:
    assert summit.title == (
        "Straum says Varr needs written assurances on the strait before Tarnholm opens its ports"
    )


def test_summit_captions_stand_apart_from_their_credits(summit: Article) -> None:
    assert [caption.text for caption in summit.captions] == list(CAPTION_TEXTS)
    assert [caption.title for caption in summit.captions] == list(CAPTION_TITLES)
    assert [caption.credits for caption in summit.captions] == [("SPUTNIK/REUTERS",), ("AP",)]


def test_summit_videos_have_their_durations(summit: Article) -> None:
    got = {v.title: v.duration.total_seconds() if v.duration else None for v in summit.videos}
    assert got == VIDEOS


def test_summit_loses_its_chrome_each_line_by_a_rule(summit: Article) -> None:
    gone = [d for d in summit.decisions if d.action is Action.REMOVE]
    assert [d.block.text for d in gone] == list(CHROME)
    assert all(d.evidence and d.evidence[0].source == "rule" and d.evidence[0].id for d in gone)


def test_summit_keeps_every_other_line(summit: Article) -> None:
    lines = [line.strip() for line in summit.clip.source.splitlines() if line.strip()]
    elsewhere = {*CHROME, *CAPTION_TITLES}
    story = [
        line
        for line in lines
        if line not in elsewhere and not line.startswith((*CAPTION_TEXTS, *VIDEOS))
    ]
    assert len(story) == 27
    assert summit.text.split("\n\n") == story
