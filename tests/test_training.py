"""Training and evaluation: labels by alignment, rows, examples, what is learnt, the commands."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner import Cleaner, InputError
from cleaner.classifier.dom import Tree, read_tree
from cleaner.classifier.lines import Floats
from cleaner.classifier.model import Model
from cleaner.classifier.network import DILATIONS, FAR, Inputs, Tokens, shapes
from cleaner.readers import read
from cleaner.training.align import AMBIGUOUS, coverage, words
from cleaner.training.data import Row, checksum, joined, read_rows
from cleaner.training.distil import taught
from cleaner.training.examples import LABELS, Labelled, labelled, line_labels, weights
from cleaner.training.fit import fit, vocabulary
from cleaner.training.learning import UNKNOWN, Example, Settings, _learn_one, initial, learn
from cleaner.training.look_alikes import look_alikes
from cleaner.training.made_up import fragment, inside_noise, rule_phrases, set_in
from cleaner.training.measures import Tally, paragraph_f1, word_f1
from cleaner.training.train import fold_judge

from . import strategies as clips
from .commands import ENVIRONMENT
from .commands import run as run_here
from .small_models import SETTINGS, examples, line_rows, page_rows, parsed, write_rows

A, B, C, D = clips.SENTENCES[:4]


# --- alignment


def test_paragraphs_of_the_gold_text_are_covered_and_others_are_not() -> None:
    texts = ["Menu", A, "Sign up for our newsletter today", B, "Imprint and contact of the paper"]
    assert coverage(texts, f"{A}\n{B}") == [0, 1, 0, 1, 0]


def test_case_punctuation_and_line_ends_do_not_matter() -> None:
    gold = A.upper().replace(" ", "\n", 3).replace(" late", ", late!")
    assert coverage([A], gold) == [1]


def test_a_paragraph_that_holds_more_than_the_gold_text_is_covered_in_part() -> None:
    share = coverage([f"{A} {B}"], A)[0]
    assert share == pytest.approx(len(words(A)) / len(words(f"{A} {B}")), abs=0.01)


def test_a_paragraph_that_the_gold_text_holds_in_parts_is_covered_by_all_of_them() -> None:
    assert coverage([f"{A} {B}"], f"{A}\nA picture of the heron in between\n{B}") == [1]


def test_a_copy_out_of_its_place_is_ambiguous() -> None:
    # A teaser of the story in the list below it, once more.
    assert coverage([A, B, C, B], f"{A}\n{B}\n{C}") == [1, 1, 1, AMBIGUOUS]


def test_what_a_page_gives_in_another_order_is_covered_all_the_same() -> None:
    assert coverage([B, C, A], f"{A}\n{B}\n{C}") == [1, 1, 1]


@pytest.mark.parametrize(("line", "share"), [("The heron", 1), ("the", 0), ("on the", 0)])
def test_a_short_line_is_covered_only_as_a_whole_line_of_the_gold_text(
    line: str, share: float
) -> None:
    assert coverage([A, line, B], f"{A}\nThe heron\n{B}") == [1, share, 1]


def test_a_short_line_is_taken_at_the_place_where_it_belongs() -> None:
    # The menu says it as well; the subheading between the paragraphs is meant.
    assert coverage(["Tides", A, "Tides", B], f"{A}\nTides\n{B}") == [0, 1, 1, 1]


def test_a_line_that_is_a_gold_line_is_meant_before_one_that_only_holds_its_words() -> None:
    assert coverage(["Menu of tides at Osk", "Tides at Osk", A], f"Tides at Osk\n{A}") == [0, 1, 1]


def test_three_words_may_be_a_gold_line_or_a_piece_of_one() -> None:
    gold = f"Tides at Osk are low\n{A}\nTides at Osk"
    assert coverage(["Tides at Osk", A], gold) == [1, 1]
    assert coverage([A, "Tides at Osk"], gold) == [1, 1]


def test_a_text_of_a_million_words_hides_no_other() -> None:
    assert coverage(["x " * 1_000_000 + A, "The heron"], f"{A}\nThe heron")[1] == 1


def test_a_text_without_words_is_not_covered() -> None:
    assert coverage(["", "* * *", A], A) == [0, 0, 1]
    assert coverage([A], "") == [0]
    assert coverage([], A) == []


gold_lines = st.lists(
    st.one_of(clips.paragraphs, st.sampled_from(clips.HEADLINES), st.sampled_from(clips.STUBS)),
    min_size=1,
    max_size=12,
)


@given(gold_lines)
@example(["a", "a b", "a b c", "a b c d", "a"])
def test_a_text_equal_to_the_gold_text_is_covered_fully(lines: list[str]) -> None:
    assert coverage(lines, "\n".join(lines)) == [1] * len(lines)


@given(st.lists(clips.lines, max_size=12), st.lists(clips.lines, max_size=8))
def test_every_text_has_a_share_or_is_ambiguous(texts: list[str], gold: list[str]) -> None:
    shares = coverage(texts, "\n".join(gold))
    assert len(shares) == len(texts)
    assert all(0 <= share <= 1 or share == AMBIGUOUS for share in shares)
    assert [share for text, share in zip(texts, shares, strict=True) if not words(text)] == [
        0 for text in texts if not words(text)
    ]


@given(gold_lines, st.lists(st.sampled_from(["Menu", "Imprint now", "More"]), max_size=6))
def test_chrome_around_a_text_changes_nothing_about_it(lines: list[str], chrome: list[str]) -> None:
    shares = coverage([*chrome, *lines, *chrome], "\n".join(lines))
    assert shares[len(chrome) : len(chrome) + len(lines)] == [1] * len(lines)


# --- rows


def row(folder: Path, **data: Any) -> Row:
    """The row that training reads of these keys."""
    return parsed(folder, [data])[0]


def test_a_page_is_a_row_with_its_gold_text(tmp_path: Path) -> None:
    found = row(tmp_path, html="<p>A", gold=A, url="https://news.osk.example/a", title="T")
    assert (found.kind, found.source, found.gold, found.title) == ("html", "<p>A", A, "T")
    assert (found.site, found.url) == ("osk.example", "https://news.osk.example/a")
    assert (found.labels, found.lines) == ((), ())


def test_the_gold_text_may_come_in_sections(tmp_path: Path) -> None:
    sections = [
        {"headline": [], "paragraphs": [A, B]},
        {"headline": ["Tides"], "paragraphs": [C]},
    ]
    assert row(tmp_path, html="<p>A", sections=sections).gold == "\n".join([A, B, "Tides", C])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text": A}, "text"),
        ({"text": A, "kind": "markdown"}, "markdown"),
        ({"lines": [A]}, "text"),
        ({"lines": [A], "kind": "markdown"}, "markdown"),
        ({"lines": [A], "style": "markdown"}, "markdown"),
        ({"html": A}, "html"),
    ],
)
def test_a_row_is_of_the_kind_that_it_says(data: dict[str, Any], kind: str, tmp_path: Path) -> None:
    assert row(tmp_path, gold=A, **data).kind == kind


def test_lines_are_joined_with_the_blank_lines_before_them(tmp_path: Path) -> None:
    found = row(
        tmp_path, lines=["Menu", A, B], blank_before=[0, 2, 0], labels=["noise", "body", "body"],
        gold=f"{A}\n{B}",
    )  # fmt: skip
    assert found.source == f"Menu\n\n\n{A}\n{B}\n"
    assert found.starts == (0, 7, 7 + len(A) + 1)
    assert row(tmp_path, lines=["Menu", A], gold=A).source == f"Menu\n{A}\n"


@given(st.lists(st.tuples(clips.html_words, st.integers(0, 3)), max_size=6))
def test_every_joined_line_begins_where_it_says(pieces: list[tuple[str, int]]) -> None:
    text, starts = joined([line for line, _ in pieces], [blank for _, blank in pieces])
    for (line, _), start in zip(pieces, starts, strict=True):
        assert text[start : start + len(line) + 1] == line + "\n"


def test_captions_and_their_credits_are_read(tmp_path: Path) -> None:
    captions = [{"caption": "At dusk", "credits": ["AP", "Ines Falk"]}, {"caption": ""}]
    found = row(tmp_path, html="<p>A", gold=A, captions=captions)
    assert (found.captions, found.credits) == (("At dusk",), ("AP", "Ines Falk"))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}


@pytest.mark.parametrize("suffix", PACKERS)
def test_packed_files_are_read_as_plain_ones(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows.jsonl{suffix}"
    line = json.dumps({"text": A, "gold": A})
    path.write_bytes(PACKERS[suffix](f"{line}\n\n{line}\n".encode()))
    assert [found.source for found in read_rows([path])] == [A, A]
    assert checksum(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".bz2"])
@pytest.mark.parametrize("damage", ["cut", "spoilt", "no archive"])
def test_a_broken_archive_is_named(suffix: str, damage: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows.jsonl{suffix}"
    rng = np.random.default_rng(0)
    text = "".join(json.dumps({"text": str(rng.random()), "gold": A}) + "\n" for _ in range(300))
    packed = bytearray(PACKERS[suffix](text.encode()))
    if damage == "cut":
        packed = packed[: len(packed) // 2]
    elif damage == "spoilt":
        packed[len(packed) // 2 : len(packed) // 2 + 40] = bytes(range(40))
    else:
        packed = bytearray(text.encode())
    path.write_bytes(packed)
    with pytest.raises(InputError, match=re.escape(str(path))):
        list(read_rows([path]))


def test_every_nth_row_is_counted_over_all_files(tmp_path: Path) -> None:
    paths = [
        write_rows(tmp_path / name, [{"text": f"{name}{at}", "gold": A} for at in range(3)])
        for name in ("a", "b")
    ]
    assert [found.source for found in read_rows(paths, every=2)] == ["a0", "a2", "b1"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"html": "<p>A"}',
        '{"gold": "A"}',
        '{"html": "<p>A", "gold": 3}',
        '{"html": null, "gold": "A"}',
        '{"text": "A", "gold": "A", "kind": "pdf"}',
        '{"text": "A", "gold": "A", "site": 3}',
        '{"text": "A", "gold": "A", "url": 3}',
        '{"text": "A", "gold": "A", "title": ["A"]}',
        '{"text": "A", "gold": "A", "captions": [{"credits": []}, 3]}',
        '{"html": "<p>A", "sections": [{"headline": []}]}',
        '{"lines": ["A"], "labels": [], "blank_before": [0, 0], "gold": "A"}',
        '{"lines": ["A"], "labels": ["body", "body"], "gold": "A"}',
        '{"lines": ["A"], "labels": ["text"], "gold": "A"}',
        '{"lines": [3], "labels": ["body"], "gold": "A"}',
        '{"lines": "A", "gold": "A"}',
        '{"lines": ["A"], "blank_before": [-1], "gold": "A"}',
        '{"html": "<p>A", "lines": ["A"], "labels": ["body"], "gold": "A"}',
        '{"text": "A", "sections": [{"headline": "A", "paragraphs": []}]}',
        '{"text": "A", "gold": "A", "captions": [{"caption": "A", "credits": "AP"}]}',
    ],
)
def test_a_line_that_is_no_labelled_clip_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"text": A, "gold": A}) + f"\n\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read_rows([path]))
    assert f"{path}, line 3: no " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_line_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "\xff", "gold": "A"}\n')
    with pytest.raises(InputError, match=re.escape(f"{path}: cannot be read")):
        list(read_rows([path]))


# --- folds


@pytest.mark.parametrize(
    ("site", "fold"), [("osk.example", 2), ("varn.example", 0), ("", 1), ("ö", 1)]
)
def test_a_fold_stays_what_it_was(site: str, fold: int, tmp_path: Path) -> None:
    # Whoever evaluates must part the sites as whoever trained did, on whatever machine.
    assert replace(row(tmp_path, text=A, gold=A), site=site).fold(5) == fold


def test_clips_of_one_site_stay_in_one_fold_and_sites_are_spread(tmp_path: Path) -> None:
    def fold(**where: str) -> int:
        return row(tmp_path, text=A, gold=A, **where).fold(7)

    sites = [f"s{number}.example" for number in range(60)]
    for site in sites[:5]:
        assert (
            fold(url=f"https://www.{site}/a") == fold(url=f"http://m.{site}/b?c") == fold(site=site)
        )
        assert fold(site="osk", url=f"https://{site}/") == fold(publisher="osk") == fold(site="osk")
    counts = [[fold(site=site) for site in sites].count(number) for number in range(7)]
    assert min(counts) >= 2


# --- examples


@pytest.fixture(scope="module")
def teacher() -> Cleaner:
    return Cleaner(model=False)


def example_of(found: Row, teacher: Cleaner) -> Labelled:
    clip = labelled(found, read(found.source, found.kind, found.url), teacher)
    assert clip is not None
    return clip


def names(clip: Labelled) -> list[str | None]:
    """The labels of an example's blocks; None where nobody knows."""
    return [None if at == UNKNOWN else LABELS[at].value for at in clip.labels.tolist()]


def test_labelled_lines_become_labels_of_blocks(tmp_path: Path, teacher: Cleaner) -> None:
    lines = ["The crane stays", "Share this article", A, "At dusk. AP", "Osk loves herons", B, C]
    labels = ["title", "noise", "body", "caption", "noise", "body", "ambiguous"]
    found = row(tmp_path, lines=lines, labels=labels, blank_before=[0] + [1] * 6, gold=f"{A}\n{B}")
    clip = example_of(found, teacher)
    assert names(clip) == ["title", "share", "paragraph", "caption", None, "paragraph", None]
    assert clip.text.tolist() == [0, 0, 1, 0, 0, 1, 0]
    assert [weight > 0 for weight in clip.weight.tolist()] == [
        False, True, True, True, True, True, False,
    ]  # fmt: skip
    assert clip.gold == len(words(f"{A} {B}"))


def test_a_page_is_aligned_with_its_gold_text(tmp_path: Path, teacher: Cleaner) -> None:
    page = (
        f"<nav><a href=/>Home</a></nav><h1>The crane stays</h1><p>{A}</p>"
        f"<figure><img src=x><figcaption>The crane at dusk</figcaption></figure><p>{B}</p>"
    )
    captions = [{"caption": "The crane at dusk", "credits": []}]
    found = row(tmp_path, html=page, gold=f"{A}\n{B}", title="The crane stays!", captions=captions)
    clip = example_of(found, teacher)
    blocks = read(page, "html", None).blocks
    of = dict(zip([block.text for block in blocks], names(clip), strict=True))
    assert (of[A], of[B]) == ("paragraph", "paragraph")
    assert of["The crane stays"] == "title"
    assert of["The crane at dusk"] == "caption"
    assert of["Home"] == "navigation"
    text = dict(zip([block.text for block in blocks], clip.text.tolist(), strict=True))
    assert [line for line, share in text.items() if share] == [A, B]


def test_a_copy_of_the_gold_text_weighs_nothing(tmp_path: Path, teacher: Cleaner) -> None:
    page = f"<p>{A}</p><p>{B}</p><aside>{A}</aside>"
    clip = example_of(row(tmp_path, html=page, gold=f"{A}\n{B}"), teacher)
    assert clip.weight[2] == 0
    assert clip.weight[0] > 0


@pytest.mark.parametrize(("html", "gold"), [("", A), (f"<p>{A}</p>", ""), (f"<p>{A}</p>", " ! ")])
def test_a_clip_without_blocks_or_gold_text_teaches_nothing(
    html: str, gold: str, tmp_path: Path, teacher: Cleaner
) -> None:
    found = row(tmp_path, html=html, gold=gold)
    assert labelled(found, read(html, "html", None), teacher) is None


def test_training_sees_what_cleaning_sees(tmp_path: Path, teacher: Cleaner) -> None:
    # A dump without blank lines: a cleaned text puts them around what is long.
    lines, labels = [A, "Menu", f"{B} {C}", D], ["body", "noise", "body", "body"]
    dense = row(tmp_path, lines=lines, labels=labels, gold=A)
    spread = row(tmp_path, lines=lines, labels=labels, gold=A, blank_before=[0, 1, 1, 1])
    clips_ = [example_of(found, teacher) for found in (dense, spread)]
    assert (clips_[0].raw.numbers == clips_[1].raw.numbers).all()


def test_weights_sum_to_one_and_noise_within_the_text_counts_twice() -> None:
    text = np.array([0, 1, 0, 1, 0], np.float32)
    weight = weights(text, np.array([4, 4, 4, 400, 4], np.float32), 2.0)
    assert weight.sum() == pytest.approx(1)
    assert weight[2] == pytest.approx(2 * weight[0])
    assert weight[1] == weight[0] == weight[4]
    assert weight[3] == pytest.approx(5 * weight[0])  # the root of 100 words at most
    assert weights(np.zeros(2, np.float32), np.zeros(2, np.float32), 2.0).tolist() == [0, 0]


def test_characters_of_a_block_are_counted_by_their_lines_label(tmp_path: Path) -> None:
    found = row(
        tmp_path, lines=["Menu", "ab", "cd ef"], labels=["noise", "body", "caption"], gold="ab"
    )
    clip = read("\n\nx", "text", None)
    block = clip.blocks[0]._replace(span=(3, 13))
    assert line_labels(found, block) == {"noise": 1, "body": 2, "caption": 5}
    assert line_labels(found, block._replace(span=None)) == {}


# --- made-up clips


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return parsed(tmp_path_factory.mktemp("dumps"), line_rows())


def test_phrases_of_the_rules_are_lines_of_chrome() -> None:
    phrases = rule_phrases()
    assert len(phrases) > 200
    assert not [line for line in phrases if "{" in line or not line.strip() or "\n" in line]


def test_chrome_inside_of_an_article_is_found(tmp_path: Path) -> None:
    lines = ["Menu of all", A, "Read more here", "Ad", B, "Read less here"]
    labels = ["noise", "body", "noise", "noise", "body", "noise"]
    assert inside_noise(row(tmp_path, lines=lines, labels=labels, gold=A)) == ["Read more here"]
    assert inside_noise(row(tmp_path, lines=["Ad"], labels=["noise"], gold=A)) == []


def test_made_up_clips_are_articles_with_chrome_behind_their_first_line(dumps: list[Row]) -> None:
    made = list(set_in(dumps, 40, seed=3, folds=2))
    assert len(made) == 40
    phrases = set(rule_phrases())
    noise = phrases | {line for found in dumps for line in inside_noise(found)}
    for found in made:
        (origin,) = (other for other in dumps if other.site == found.site)
        assert found.type == "article"
        assert len(found.labels) == len(found.lines) == len(found.starts)
        body = [at for at, label in enumerate(found.labels) if label == "body"]
        new = [
            at
            for at, (line, label) in enumerate(zip(found.lines, found.labels, strict=True))
            if label == "noise" and line not in origin.lines
        ]
        assert new
        assert all(at > body[0] for at in new), "chrome stands behind the text's first line"
        assert {found.lines[at] for at in new} <= noise
        kept = [found.lines[at] for at in body]
        text = iter(kept)
        own = [x for x, label in zip(origin.lines, origin.labels, strict=True) if label == "body"]
        assert all(line in text for line in own), "the article is whole and in order"
        assert found.gold == "\n".join(kept)
        for line, start in zip(found.lines, found.starts, strict=True):
            assert found.source[start : start + len(line)] == line


def test_made_up_clips_are_the_same_for_one_seed_and_others_for_another(dumps: list[Row]) -> None:
    first, again, other = (list(set_in(dumps, 10, seed, 2)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_nothing_is_made_up_where_there_is_nothing_to_make_it_of(dumps: list[Row]) -> None:
    assert list(set_in([], 5, 1, 2)) == []
    short = [replace(found, type="forum") for found in dumps]
    assert list(set_in(short, 5, 1, 2)) == []


@pytest.mark.parametrize("seed", range(30))
def test_look_alikes_are_short_lines_of_the_texts_own_words(seed: int) -> None:
    lines = look_alikes([A, B], np.random.default_rng(seed))
    assert lines == look_alikes([A, B], np.random.default_rng(seed))
    assert 2 <= len(lines) <= 13
    own = set(words(f"{A} {B}"))
    for line in lines:
        assert 0 < len(line.split()) <= 8
        assert "{" not in line
        assert set(re.findall(r"[^\W\d_]{2,}", line.lower())) <= own


def test_look_alikes_have_many_shapes_and_need_no_words() -> None:
    made = {look_alikes([A], np.random.default_rng(seed))[-1] for seed in range(40)}
    shapes_ = {re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", line.lower())) for line in made}
    assert len(shapes_) > 8
    assert all(look_alikes([], np.random.default_rng(seed)) for seed in range(20))


@pytest.mark.parametrize("bare", [False, True])
def test_a_fragment_is_the_part_of_a_page_that_holds_its_text(bare: bool) -> None:
    story = "".join(f'<p class="line">{line}</p>' for line in clips.SENTENCES[:9])
    page = f'<body><nav>Menu</nav><div class="story">{story}</div><footer>Imprint</footer>'
    cut = fragment(read(page, "html", None), "\n".join(clips.SENTENCES[:9]), bare)
    assert cut is not None
    assert [block.text for block in cut.blocks] == list(clips.SENTENCES[:9])
    assert [block.index for block in cut.blocks] == list(range(9))
    tree, elements, _ = read_tree(cut.elements)
    assert len(tree.parent) == 10, "a root and nine paragraphs"
    assert elements == [" ", "p " if bare else "p line"]


def test_a_page_of_few_lines_has_no_fragment() -> None:
    page = read(f"<p>{A}</p><p>{B}</p>", "html", None)
    assert fragment(page, f"{A}\n{B}", bare=False) is None


# --- learning

OUTPUTS, HIDDEN, WIDTH = 4, 5, 3


def small_example(rng: np.random.Generator, tree: bool = True) -> Example:
    """A clip of seven blocks with known answers, drawn at random."""
    size = 7
    tokens = Tokens(rng.integers(6, size=12), np.sort(rng.integers(size, size=12)))
    seen = Inputs(rng.standard_normal((size, 3)).astype(np.float32), tokens)
    if tree:
        # a root, two elements in it, and one in each of these
        levels = ((0, 1), (1, 3), (3, 5))
        around = Tree(
            np.array([0, 1, 2, 3, 1]), np.array([0, 0, 0, 1, 2]), levels,
            np.array([1, 3, 3, 0, 4, 4, 2]),
        )  # fmt: skip
        named = Tokens(rng.integers(4, size=6), np.array([0, 1, 1, 2, 3, 3]))
        seen = seen._replace(names=named, tree=around, kinds=4)
    text = rng.random(size).astype(np.float32)
    weight = rng.random(size).astype(np.float32)
    labels = np.array([0, 1, UNKNOWN, 2, UNKNOWN, 1, 0])
    counted = np.array([9, 2, 30, 4, 1, 12, 3], np.float32)
    return Example(seen, text, weight / weight.sum(), counted, 40.0, labels)


def sizes(tree: bool) -> dict[str, tuple[int, ...]]:
    return shapes(3, 6, 4 if tree else 0, OUTPUTS, HIDDEN, WIDTH)


def loss_and_slopes(
    one: Example, parameters: Mapping[str, Floats]
) -> tuple[float, dict[str, Floats]]:
    """The loss of an example and its gradients; what is dropped is the same each time."""
    slopes = {name: np.zeros_like(value) for name, value in parameters.items()}
    loss = _learn_one(one, parameters, slopes, np.random.default_rng(5), 1)
    return loss, slopes


def difference(one: Example, parameters: Mapping[str, Floats], name: str, step: Floats) -> float:
    """Half of what the loss differs by, a step ahead and a step behind."""
    moved = (parameters[name] + np.float32(sign) * step for sign in (1, -1))
    ahead, behind = (loss_and_slopes(one, {**parameters, name: each})[0] for each in moved)
    return (ahead - behind) / 2


PARAMETERS = [
    "words", "names", "dense", "dense bias", "whole", "whole bias", "out", "out bias",
    *(f"{part} {at}" for at in range(len(DILATIONS)) for part in ("layer", "bias")),
    *(f"{part} {at}" for at in FAR for part in ("far", "far bias")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "name"),
    [(tree, name) for tree in (True, False) for name in PARAMETERS if tree or name != "names"],
)
def test_gradients_are_those_of_finite_differences(name: str, tree: bool) -> None:
    one = small_example(np.random.default_rng(11), tree)
    parameters = initial(sizes(tree), np.random.default_rng(12))
    noise = np.random.default_rng(13)
    for each in parameters:
        shape = parameters[each].shape
        parameters[each] += 0.2 * noise.standard_normal(shape).astype(np.float32)
    slope = loss_and_slopes(one, parameters)[1][name]
    # Along the gradient itself, and along a few of its greatest and of any other entries.
    rng = np.random.default_rng(14)
    most = np.argsort(-np.abs(slope), axis=None)[:4]
    directions = [slope / np.linalg.norm(slope)]
    for at in [*most, *rng.integers(slope.size, size=4)]:
        direction = np.zeros_like(slope)
        direction.flat[at] = 1
        directions.append(direction)
    for direction in directions:
        wanted = float((slope * direction).sum())
        # Where a unit falls silent within the longer step, the shorter one tells.
        found = [
            difference(one, parameters, name, step * direction) / step for step in (2e-3, 3e-4)
        ]
        assert min(abs(each - wanted) for each in found) < 0.01 + 0.03 * abs(wanted)
    assert np.abs(slope).max() > 1e-3, "there is something to compare"


def few_examples() -> list[Example]:
    """A few examples. Whether a block is text, its first number says."""
    some = [small_example(np.random.default_rng(seed)) for seed in range(6)]
    return [one._replace(text=(one.inputs.numbers[:, 0] > 0).astype(np.float32)) for one in some]


def mean_loss(parameters: Mapping[str, Floats]) -> float:
    return float(np.mean([loss_and_slopes(one, parameters)[0] for one in few_examples()]))


FEW = Settings(epochs=3, batch=2, hidden=HIDDEN, width=WIDTH)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    some = few_examples()
    first, again, other = (
        learn(some, sizes(tree=True), replace(FEW, seed=seed)) for seed in (1, 1, 2)
    )
    assert {name: value.tobytes() for name, value in first.items()} == {
        name: value.tobytes() for name, value in again.items()
    }
    assert all(
        (first[name] != other[name]).any() for name in sizes(tree=True) if "bias" not in name
    )


def test_the_loss_falls() -> None:
    passes: list[None] = []
    settings = replace(FEW, epochs=80, rate=5e-3)
    found = learn(few_examples(), sizes(tree=True), settings, lambda: passes.append(None))
    assert len(passes) == 80
    start = initial(sizes(tree=True), np.random.default_rng(settings.seed))
    assert mean_loss(found) < 0.5 * mean_loss(start)
    assert all(np.isfinite(value).all() for value in found.values())


def test_a_block_that_weighs_nothing_teaches_nothing() -> None:
    one = small_example(np.random.default_rng(1))
    none = np.zeros_like(one.weight)
    silent = one._replace(weight=none, words=none, gold=0.0, labels=np.full(7, UNKNOWN))
    parameters = initial(sizes(tree=True), np.random.default_rng(2))
    loss, slopes = loss_and_slopes(silent, parameters)
    assert loss == 0
    assert not any(slope.any() for slope in slopes.values())


def test_gold_that_the_teachers_do_not_believe_counts_half() -> None:
    one = small_example(np.random.default_rng(1))
    teachers = [initial(sizes(tree=True), np.random.default_rng(seed)) for seed in (2, 3)]
    for teacher, bias in zip(teachers, (40, -20), strict=True):
        teacher["out"][:, 0] = 0
        teacher["out bias"][0] = bias
    (softened,) = taught([one], teachers)
    # Between them they are sure that all of it is text.
    assert softened.text == pytest.approx(0.5 + one.text / 2, abs=1e-3)
    assert softened.weight is one.weight
    assert softened.labels is one.labels


@pytest.fixture(scope="module", params=["html", "text"])
def lesson(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Labelled]]:
    rows = page_rows() if request.param == "html" else line_rows()
    return request.param, examples(tmp_path_factory.mktemp("rows"), rows[:12])


def test_a_model_tells_text_from_chrome_in_the_clips_that_it_learnt(
    lesson: tuple[str, list[Labelled]],
) -> None:
    kind, some = lesson
    model = fit(some, kind, Settings(epochs=24, batch=2, rate=5e-3, hidden=12, width=6, teachers=0))
    text, chrome = [], []
    for clip in some:
        scores = model.score(model.inputs(clip.raw)).text
        text += scores[(clip.text > 0.9) & (clip.weight > 0)].tolist()
        chrome += scores[(clip.text < 0.1) & (clip.weight > 0)].tolist()
    assert min(len(text), len(chrome)) > 50
    right = np.mean([score >= 0.5 for score in text] + [score < 0.5 for score in chrome])
    assert right > 0.8


def test_fitting_again_gives_the_same_model(lesson: tuple[str, list[Labelled]]) -> None:
    kind, some = lesson
    first, again = (fit(some, kind, SETTINGS) for _ in range(2))
    assert (first.words == again.words).all()
    assert all((first.weights[name] == again.weights[name]).all() for name in first.weights)


def test_words_of_few_sites_are_not_learnt(lesson: tuple[str, list[Labelled]]) -> None:
    _, some = lesson
    bags = [(clip.row.site, clip.raw.words) for clip in some]
    known = vocabulary(bags, least=4, most=50)
    assert 0 < len(known) <= 50
    assert known.tolist() == sorted(set(known.tolist()))
    for token in known.tolist():
        assert len({site for site, bag in bags if token in bag.hashes}) >= 4
    assert vocabulary([("one", bags[0][1])] * 9, least=4, most=50).tolist() == [0]


# --- measures


@pytest.mark.parametrize(
    ("found", "gold", "f1"),
    [
        ("a b c", "A, b. C!", 1),
        ("a b", "c d", 0),
        ("a b c d", "a b", 2 * 2 / 6),
        ("a a b", "a b b", 2 * 2 / 6),
        ("", "", 1),
        ("", "a", 0),
        ("a", "", 0),
    ],
)
def test_word_f1(found: str, gold: str, f1: float) -> None:
    assert word_f1(found, gold) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("found", "gold", "f1"),
    [
        ("One two.\n\nThree", "one two\nthree!", 1),
        ("One two three", "One two\nthree", 0),
        ("One\nTwo\nThree", "One", 2 / 4),
        ("One\nOne", "One", 2 / 3),
        ("", "", 1),
    ],
)
def test_paragraph_f1(found: str, gold: str, f1: float) -> None:
    assert paragraph_f1(found, gold) == pytest.approx(f1)


def test_a_tally_counts_lines_by_their_labels(tmp_path: Path) -> None:
    lines = ["The crane", "Menu of all the pages here", A, "Sign up for our best newsletter",
             "Short line", B, "Imprint of this fine old paper", C]  # fmt: skip
    labels = ["title", "noise", "body", "noise", "body", "body", "noise", "ambiguous"]
    tally = Tally()
    found = row(tmp_path, lines=lines, labels=labels, gold=f"{A}\nShort line\n{B}")
    tally.add_lines(found, f"The crane\n{A}\nImprint of this fine old paper\n{B}")
    figures = tally.figures
    assert figures["in-article noise gone"] == 1
    assert figures["short body kept"] == 0
    assert figures["body kept"] == pytest.approx((len(A) + len(B)) / (len(A) + len(B) + 10))
    extra, missing, size = 6, 2, len(words(f"{A} {B}")) + 2
    assert figures["word F1"] == pytest.approx(
        2 * (size - missing) / (size - missing + extra + size)
    )
    assert tally.figures["paragraphs"] is None
    tally.add_page(found, f"{A}\nShort line\n{B}")
    assert (tally.scores[1], tally.paragraphs) == (1, [1])
    assert Tally().figures == dict.fromkeys(figures, None)


# --- the commands


def run(
    *arguments: str | Path, cwd: Path | None = None, without: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """The command; where modules are `without`, in a process in which they are not there."""
    if not without:
        return run_here(*arguments, cwd=cwd)
    code = f"import sys; sys.modules.update(dict.fromkeys({without!r})); import cleaner.cli"
    code += "; sys.exit(cleaner.cli.main())"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


Trained = tuple[Path, subprocess.CompletedProcess[str]]


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The line that a failed run says under its bars."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    said = [line for line in done.stderr.splitlines() if line.startswith("cleaner: ")]
    assert len(said) == 1, done.stderr
    assert done.stderr.endswith(said[0] + "\n")
    return said[0]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_rows(folder / "pages.jsonl", page_rows()[::2])
    plain = write_rows(folder / "plain.jsonl", line_rows()[::2])
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    return folder


@pytest.fixture(scope="module")
def trained(data: Path) -> Trained:
    """The folder of models trained on pages and dumps, and the run that did it."""
    target = data / "models" / "new"
    (data / "notes.md").write_text("## Where it comes from\n\nThe gate.\n", encoding="utf-8")
    done = run(
        "train", data / "pages.jsonl", data / "lines.jsonl.gz", "-o", target,
        "--folds", "2", "--epochs", "1", "--seed", "7",
        "--licence", "CC0 for tests", "--notes", data / "notes.md",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target, done


def test_a_training_writes_models_their_cards_and_the_models_of_the_folds(
    trained: Trained,
) -> None:
    target, done = trained
    found = sorted(str(path.relative_to(target)) for path in target.rglob("*.*"))
    assert found == sorted(
        ["html.md", "html.npz", "text.md", "text.npz"]
        + [f"folds/{fold}/{kind}.npz" for fold in (0, 1) for kind in ("html", "text")]
    )
    groups = [line.partition(" (")[0] for line in done.stdout.splitlines()]
    assert {"pages", "pages, article", "dumps articles, full page"} <= set(groups)
    assert done.stdout.splitlines()[-1] == f"{target}: models written, each with its card"
    for path in target.rglob("*.npz"):
        assert Model.load(path).kind == path.stem


def test_a_card_names_data_settings_figures_and_notes(trained: Trained, data: Path) -> None:
    target, _ = trained
    for kind, part in (("html", "### Pages"), ("text", "### Text dumps")):
        card = (target / f"{kind}.md").read_text(encoding="utf-8")
        assert card.startswith(f"# Model card: {kind}.npz\n")
        used, other = ("pages.jsonl", "lines.jsonl.gz")[:: 1 if kind == "html" else -1]
        digest = hashlib.sha256((data / used).read_bytes()).hexdigest()
        assert f"| {used} | 16 | `{digest}` |" in card
        assert other not in card
        assert "epochs 1, batch 8" in card
        assert "seed 7" in card
        assert "2 folds by site" in card
        assert "CC0 for tests" in card
        assert part in card
        assert "| cleaner |" in card
        assert "## Known weaknesses" in card
        assert card.endswith("## Where it comes from\n\nThe gate.\n")


def test_a_model_of_a_fold_has_not_seen_its_sites(
    trained: Trained, data: Path, teacher: Cleaner
) -> None:
    # The mean of what a model saw is that of the clips of the other fold.
    rows = list(read_rows([data / "pages.jsonl"]))
    assert {found.fold(2) for found in rows} == {0, 1}
    for fold in (0, 1):
        others = [number for number, found in enumerate(rows) if found.fold(2) != fold]
        seen = [example_of(rows[number], teacher).raw.numbers for number in others]
        for number in others:
            if number % 12 == 0:
                clip = read(rows[number].source, "html", rows[number].url)
                cut = fragment(clip, rows[number].gold, bare=number % 24 == 0)
                part = labelled(rows[number], cut, teacher) if cut is not None else None
                seen += [part.raw.numbers] if part is not None else []
        mean = Model.load(trained[0] / "folds" / str(fold) / "html.npz").mean
        assert mean == pytest.approx(np.concatenate(seen).mean(axis=0), abs=1e-4)


def test_each_clip_is_judged_by_the_model_of_its_fold(trained: Trained, data: Path) -> None:
    judge = fold_judge(trained[0])
    for found in read_rows([data / "pages.jsonl"]):
        classifier = judge(found).classifier
        assert classifier is not None
        assert classifier.folder == trained[0] / "folds" / str(found.fold(2))


def table(done: subprocess.CompletedProcess[str]) -> dict[tuple[str, str], list[str]]:
    """The rows of the tables that an evaluation prints: clips and system to cells."""
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if " | " in line]
    return {(cells[0], cells[2]): [cells[1], *cells[3:]] for cells in rows if cells[1].isdigit()}


def test_an_evaluation_prints_what_was_measured(trained: Trained, data: Path) -> None:
    files = (data / "pages.jsonl", data / "lines.jsonl.gz")
    found = table(run("evaluate", *files, "--model", trained[0], "--folds"))
    assert found["pages", "cleaner"][0] == "16"
    assert {system for _, system in found} == {"cleaner", "as it came"}
    # The same clips and models as in the training: the same figures.
    card = (trained[0] / "html.md").read_text(encoding="utf-8")
    assert "| pages | 16 | cleaner | " + " | ".join(found["pages", "cleaner"][1:]) in card


def test_an_evaluation_is_of_the_models_that_ship_where_none_are_named(data: Path) -> None:
    done = run("evaluate", data / "pages.jsonl", "--every", "4", "--favor", "recall")
    assert table(done)["pages", "cleaner"][0] == "4"
    (speed,) = (line for line in done.stdout.splitlines() if " ms a clip" in line)
    assert re.fullmatch(r"pages: cleaner \d+\.\d\d ms a clip", speed)


def test_peers_are_measured_on_the_same_clips(data: Path) -> None:
    pytest.importorskip("resiliparse", reason="needs the extra web-clip-cleaner[bench]")
    pytest.importorskip("justext", reason="needs the extra web-clip-cleaner[bench]")
    done = run("evaluate", data / "pages.jsonl", data / "lines.jsonl.gz", "--peers", "--every", "5")
    found = table(done)
    pages = {"cleaner", "trafilatura", "trafilatura fast", "resiliparse"}
    dumps_ = {"cleaner", "as it came", "jusText"}
    assert {system for clips_, system in found if clips_ == "pages"} == pages
    assert {system for clips_, system in found if clips_.startswith("dumps")} == dumps_
    assert len({cells[0] for (clips_, _), cells in found.items() if clips_ == "pages"}) == 1
    assert "cleaner takes" in done.stdout


def test_peers_that_are_not_installed_are_named(data: Path) -> None:
    done = run("evaluate", data / "pages.jsonl", "--peers", without=("resiliparse",))
    assert "web-clip-cleaner[bench]" in complaint(done)


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_missing_progress_bar_is_named(command: str, data: Path, tmp_path: Path) -> None:
    options = ["-o", str(tmp_path / "new")] if command == "train" else []
    done = run(command, data / "pages.jsonl", *options, without=("tqdm",))
    assert "web-clip-cleaner[train]" in complaint(done)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["train", "evaluate"])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("missing.jsonl", "missing.jsonl"),
        ("folder", "folder"),
        ("broken.jsonl", "broken.jsonl, line 2: no JSON"),
        ("empty.jsonl", "no labelled clip"),
        ("broken.gz", "broken.gz: cannot be read"),
    ],
)
def test_data_that_cannot_be_read_is_one_clear_line(
    command: str, file: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "broken.jsonl").write_text(json.dumps({"text": A, "gold": A}) + "\n{\n")
    (tmp_path / "broken.gz").write_bytes(b"no archive")
    options = ["-o", "new"] if command == "train" else []
    assert said in complaint(run(command, file, *options, cwd=tmp_path))
    assert not (tmp_path / "new").exists()


def test_an_old_model_in_the_folder_is_no_sign_of_success(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [{"text": A, "gold": ""}])
    (tmp_path / "html.npz").write_bytes(b"old")
    assert "no labelled clip" in complaint(run("train", tmp_path / "rows.jsonl", "-o", tmp_path))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "data"], "neither html.npz nor text.npz"),
        (["--folds"], "--folds needs --model"),
        (["--model", "models/new", "--every", "0"], "--every is 1 or more"),
    ],
)
def test_an_evaluation_that_makes_no_sense_is_one_clear_line(
    options: list[str],
    said: str,
    trained: Trained,
    data: Path,
) -> None:
    assert said in complaint(run("evaluate", "pages.jsonl", *options, cwd=data))


def test_an_evaluation_with_another_favor_is_wrong_usage(data: Path) -> None:
    wrong = run("evaluate", "pages.jsonl", "--favor", "speed", cwd=data)
    assert wrong.returncode == 2
    assert "recall" in wrong.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "new", "--folds", "-1"], "2 and more"),
        (["-o", "new", "--folds", "1"], "2 and more"),
        (["-o", "new", "--epochs", "-1"], "not negative"),
        (["-o", "new", "--notes", "missing.md"], "missing.md: cannot be read"),
        (["-o", "pages.jsonl/new"], "pages.jsonl/new"),
    ],
)
def test_a_training_that_makes_no_sense_is_one_clear_line(
    options: list[str], said: str, data: Path
) -> None:
    assert said in complaint(run("train", "pages.jsonl", *options, cwd=data))
    assert not (data / "new").exists()


def test_a_training_anew_leaves_no_folds_of_before(
    trained: Trained, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "models"
    shutil.copytree(trained[0], target)
    files = (data / "pages.jsonl", data / "lines.jsonl.gz")
    options = ("--folds", "0", "--epochs", "1", "-o", target)
    assert run("train", *files, *options).returncode == 0
    assert list((target / "folds").glob("*")) == []
    assert "trained without folds" in (target / "html.md").read_text(encoding="utf-8")
    assert "no folds for html" in complaint(run("evaluate", *files, "--model", target, "--folds"))


def test_a_kind_without_folds_is_told_of_before_the_others_are_measured(
    trained: Trained, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "models"
    shutil.copytree(trained[0], target)
    for path in (target / "folds").rglob("text.npz"):
        path.unlink()
    files = (data / "pages.jsonl", data / "lines.jsonl.gz")
    done = run("evaluate", *files, "--model", target, "--folds")
    assert f"{target}: holds no folds for text clips" in complaint(done)
    assert "measuring" not in done.stderr


def test_kinds_that_were_trained_with_other_numbers_of_folds_keep_theirs(
    trained: Trained, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "models"
    shutil.copytree(trained[0], target)
    few = write_rows(tmp_path / "few.jsonl", page_rows()[:4])
    assert run("train", few, "--folds", "3", "--epochs", "1", "-o", target).returncode == 0
    judge = fold_judge(target)
    for file, folds in (("pages.jsonl", 3), ("lines.jsonl.gz", 2)):
        for found in read_rows([data / file]):
            classifier = judge(found).classifier
            assert classifier is not None
            assert classifier.folder == target / "folds" / str(found.fold(folds))


def test_clips_of_one_site_make_no_folds(tmp_path: Path) -> None:
    rows = [{"html": f"<p>{A} {at}", "gold": A, "site": "a.example"} for at in range(4)]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    assert "one site" in complaint(run("train", path, "-o", tmp_path / "new", "--epochs", "1"))


def test_a_clip_that_names_no_site_is_one_of_its_own(tmp_path: Path) -> None:
    rows = [{"text": f"{A} {at}", "gold": A} for at in range(20)]
    found = list(read_rows([write_rows(tmp_path / "rows.jsonl", rows)]))
    assert len({row.site for row in found}) == 20
    assert {row.fold(2) for row in found} == {0, 1}


def test_a_text_without_labels_is_measured_as_a_text(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [{"text": A, "gold": A}])
    printed = run("evaluate", path).stdout
    assert "### Text dumps" in printed
    assert "### Pages" not in printed


def test_loading_is_no_part_of_what_a_clip_costs(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [{"text": "One short line.", "gold": "One"}])
    (spent,) = re.findall(r"cleaner (\d+\.\d\d) ms a clip", run("evaluate", path).stdout)
    # The rules alone take 100 ms to load.
    assert float(spent) < 20


def test_what_data_calls_itself_is_printed_safely(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [{"text": A, "gold": A, "style": "\x1b[31mred"}])
    printed = run("evaluate", path).stdout
    assert "\x1b" not in printed
    assert "\\x1b[31mred" in printed
