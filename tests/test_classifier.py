"""The classifier: what it reads of a clip, its network, its files, and what it does to articles.

No test here depends on an exact score: what holds must hold for any weights, or for any that
are of use.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import subprocess
import sys
import time
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner import Action, Article, Cleaner, Clip, ModelError
from cleaner.classifier import SHIPPED, Classifier
from cleaner.classifier.dom import DOM_NAMES, name_tokens, read_tree
from cleaner.classifier.features import GROUPS, LINE_NAMES, Bag, word_tokens
from cleaner.classifier.lines import END, HEAD, Class, Floats, Lines, read_lines
from cleaner.classifier.model import FORMAT, Model, Raw, Vocabulary, number_names, read_raw
from cleaner.classifier.network import FAR, Inputs, Tokens, forward, shapes
from cleaner.readers import read
from cleaner.render import blank_before
from cleaner.training.learning import initial

from . import strategies as clips
from .corpus import GATE, ROOT, SEEDS, clip_files, kind_of
from .small_models import small_model

PROSE = "\n\n".join(" ".join(clips.SENTENCES[at : at + 5]) for at in range(4))


# --- lines: words


def words_of(lines: Lines, number: int = 0) -> list[int]:
    """The hashes of the words in a line."""
    return [int(each) for each in lines.words.hashes[lines.words.line == number]]


def test_equal_words_have_equal_hashes_wherever_they_stand() -> None:
    lines = read_lines(["The heron and the heron", "No heron", "heron"])
    first, second, third = (words_of(lines, at) for at in range(3))
    assert first[1] == first[4] == second[1] == third[0]
    assert first[0] == first[3]
    assert len({first[0], first[1], first[2], second[0]}) == 4


def test_equal_lines_have_equal_hashes_and_others_have_not() -> None:
    hashes = read_lines(["A heron", "The heron", "a HERON", "A heron", "A  heron"]).hashes.tolist()
    assert hashes[0] == hashes[2] == hashes[3]
    assert len(set(hashes)) == 3


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("HERON", "heron"),
        ("ÉTÉ Straße", "été straße"),
        ("МАЯК", "маяк"),
        ("1974", "2023"),
        ("٤٢", "17"),
    ],
)
def test_case_is_folded_and_every_digit_is_a_nought(one: str, same: str) -> None:
    assert words_of(read_lines([one])) == words_of(read_lines([same]))


def test_a_word_is_no_other_word() -> None:
    lines = read_lines(["heron herons hero n 10 100 a aa aaa"])
    assert len(set(words_of(lines))) == 9


def test_words_know_their_place_their_length_and_their_capital() -> None:
    words = read_lines(["Two herons, 1 Bow", "ok"]).words
    assert words.line.tolist() == [0, 0, 0, 0, 1]
    assert words.place.tolist() == [0, 1, 2, 3, 0]
    assert words.left.tolist() == [3, 2, 1, 0, 0]
    assert words.length.tolist() == [3, 6, 1, 3, 2]
    assert words.capital.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize("text", ["灯台守は語った", "ประภาคาร"])
def test_in_scripts_without_spaces_every_sign_is_a_word(text: str) -> None:
    lines = read_lines([text])
    signs = [char for char in text if read_lines([char]).counts[0, Class.SIGN]]
    assert len(signs) >= 5
    assert words_of(lines) == [words_of(read_lines([sign]))[0] for sign in signs]


def test_a_script_with_spaces_has_words_of_letters() -> None:
    assert len(words_of(read_lines(["مرحبا بالعالم"]))) == 2


def test_names_of_classes_are_parted_at_their_humps_and_prose_is_not() -> None:
    assert words_of(read_lines(["newsletterBox"], camel=True)) == words_of(
        read_lines(["newsletter box"])
    )
    assert len(words_of(read_lines(["McNulty"]))) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "…", "\x00", "\ud800", "🇸🇪👩‍👩‍👧", "\n\n", "İ", "\u200b"]
)
def test_empty_and_odd_texts_are_lines_like_others(text: str) -> None:
    lines = read_lines(["a heron", text, "a heron"])
    assert lines.lengths.tolist() == [7, len(text), 7]
    assert lines.hashes[0] == lines.hashes[2]
    assert words_of(lines, 0) == words_of(lines, 2) == words_of(read_lines(["a heron"]))


def test_of_a_long_line_head_and_end_are_seen() -> None:
    long = "head " + "middle " * 200 + "end"
    lines = read_lines([long])
    assert lines.lengths[0] == len(long)
    assert lines.seen[0] == HEAD + END + 1
    seen = words_of(lines)
    assert seen[0] == words_of(read_lines(["head"]))[0]
    assert seen[-1] == words_of(read_lines(["end"]))[0]


some_texts = st.lists(
    st.one_of(clips.any_text, clips.lines, st.sampled_from(clips.ODD)), min_size=1, max_size=8
)


@given(some_texts)
@example([""])
def test_every_character_that_is_seen_is_counted_once(texts: list[str]) -> None:
    lines = read_lines(texts)
    assert lines.counts.sum(axis=1).tolist() == lines.seen.tolist()
    assert (lines.counts >= 0).all()


ascii_texts = st.text(st.characters(max_codepoint=127), max_size=HEAD + END)


@given(st.lists(ascii_texts, min_size=1, max_size=6))
def test_words_of_ascii_texts_are_those_of_a_pattern(texts: list[str]) -> None:
    lines = read_lines(texts)
    wanted = [re.findall("[A-Za-z0-9]+", text) for text in texts]
    assert [len(words_of(lines, at)) for at in range(len(texts))] == [len(w) for w in wanted]
    assert lines.words.length.tolist() == [len(word) for words in wanted for word in words]
    folded = [re.sub("[0-9]", "0", word.lower()) for words in wanted for word in words]
    named = set(zip(folded, lines.words.hashes.tolist(), strict=True))
    assert len(named) == len({word for word, _ in named}) == len({number for _, number in named})


@given(some_texts, some_texts)
def test_what_a_line_is_does_not_depend_on_the_lines_around_it(
    before: list[str], texts: list[str]
) -> None:
    alone, among = read_lines(texts), read_lines([*before, *texts])
    n = len(before)
    assert (among.counts[n:] == alone.counts).all()
    assert among.hashes[n:].tolist() == alone.hashes.tolist()
    assert (among.first[n:] == alone.first).all()
    assert (among.last[n:] == alone.last).all()
    assert [words_of(among, n + at) for at in range(len(texts))] == [
        words_of(alone, at) for at in range(len(texts))
    ]


def test_first_last_and_paired_words_are_tokens_of_their_own() -> None:
    def tokens(text: str) -> set[int]:
        return set(word_tokens(read_lines([text])).hashes.tolist())

    assert tokens("heron bow") - tokens("bow heron") != set()
    assert len(tokens("heron bow")) == 5  # two words, a pair, a first and a last one
    assert tokens("heron") <= tokens("heron heron") | tokens("heron")
    assert tokens("") == set()


def test_pairs_do_not_reach_over_the_end_of_a_line() -> None:
    bag = word_tokens(read_lines(["heron", "bow"]))
    apart = [*word_tokens(read_lines(["heron"])).hashes, *word_tokens(read_lines(["bow"])).hashes]
    assert sorted(bag.hashes.tolist()) == sorted(int(each) for each in apart)


# --- features of blocks


def raw_of(clip: Clip) -> Raw:
    """What a model reads of all blocks of a clip."""
    blank = blank_before(clip.blocks) or [False] * len(clip.blocks)
    return read_raw(clip, clip.blocks, np.array(blank))


def raw_numbers(clip: Clip) -> Floats:
    """The numbers of all blocks of a clip."""
    return raw_of(clip).numbers


any_clip = st.one_of(
    st.tuples(clips.text_clips, st.sampled_from(["text", "markdown", "html"])),
    st.tuples(clips.markdown_clips, st.just("markdown")),
    st.tuples(clips.html_clips().map(lambda clip: clip[0]), st.just("html")),
    st.tuples(clips.torn_html, st.just("html")),
)


@given(any_clip)
def test_every_block_of_any_clip_has_every_number_and_each_is_finite(clip: tuple[str, str]) -> None:
    found = read(*clip, None)
    if not found.blocks:
        return
    numbers = raw_numbers(found)
    assert numbers.shape == (len(found.blocks), len(number_names(found.kind)))
    assert np.isfinite(numbers).all()


def test_every_number_has_a_name_of_its_own_and_belongs_to_one_group() -> None:
    names = number_names("html")
    assert len(set(names)) == len(names) == len(LINE_NAMES) + len(DOM_NAMES)
    of = {
        name: [group for group, starts in GROUPS.items() if name.startswith(starts)]
        for name in names
    }
    assert {name: groups for name, groups in of.items() if len(groups) != 1} == {}


def column(clip: Clip, name: str) -> list[float]:
    """A number of all blocks by its name."""
    at = number_names(clip.kind).index(name)
    return [round(float(each), 4) for each in raw_numbers(clip)[:, at]]


def text_clip(*lines: str) -> Clip:
    return read("\n\n".join(lines), "text", None)


SHARE = "Share 12:34"
LINES = text_clip(clips.SENTENCES[0], SHARE, "„Nein.“", SHARE, "Read on:", "• 7 x")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("word count", [round(float(np.log1p(n)), 4) for n in (18, 3, 1, 3, 2, 2)]),
        ("begins upper", [1, 1, 0, 1, 1, 0]),
        ("begins quote", [0, 0, 1, 0, 0, 0]),
        ("begins mark", [0, 0, 0, 0, 0, 1]),
        ("ends stop", [1, 0, 0, 0, 0, 0]),
        ("ends stop and quote", [0, 0, 1, 0, 0, 0]),
        ("ends colon", [0, 0, 0, 0, 1, 0]),
        ("ends duration", [0, 1, 0, 1, 0, 0]),
        ("prose", [1, 0, 0, 0, 0, 0]),
        ("copies in clip", [0, round(float(np.log(2)), 4), 0, round(float(np.log(2)), 4), 0, 0]),
        ("place", [0, 0.1667, 0.3333, 0.5, 0.6667, 0.8333]),
        ("prose before", [0, 1, 1, 1, 1, 1]),
        ("prose after", [0, 0, 0, 0, 0, 0]),
        ("kind list_item", [0, 0, 0, 0, 0, 1]),
        ("link share", [0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_column_holds_what_its_name_says(name: str, wanted: list[float]) -> None:
    assert column(LINES, name) == pytest.approx(wanted, abs=2e-4)


def test_a_line_of_the_storys_words_is_nearer_to_its_topic_than_another() -> None:
    clip = text_clip(
        clips.SENTENCES[0], clips.SENTENCES[1], "Ferry and heron at the quay", "Sportsbook bonus"
    )
    topic = column(clip, "topic")
    assert topic[2] > topic[3] == 0


STORY = [" ".join(clips.SENTENCES[at : at + 2]) for at in (0, 2, 4)]
PAGE = read(
    f"""<html><head><title>Why the bell of Osk rings twice</title></head><body>
<nav class="topMenu"><a href="/a">News</a> <a href="/b">Tides</a></nav>
<main><h1>Why the bell of Osk rings twice</h1>
<div class="story"><p>{STORY[0]}</p><p>{STORY[1]}</p><p>{STORY[2]}</p></div></main>
<footer><p>Imprint</p></footer></body></html>""",
    "html",
    None,
)
NAMES = [block.text for block in PAGE.blocks]


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("inside nav", ["News Tides"]),
        ("inside footer", ["Imprint"]),
        ("inside main", [NAMES[1], *STORY]),
        ("in story container", STORY),
        ("link share", ["News Tides"]),
        ("after headline", [*STORY, "Imprint"]),
        ("words of title", ["Why the bell of Osk rings twice"]),
        ("headline known", NAMES),
    ],
)
def test_a_column_of_a_page_holds_what_its_name_says(name: str, marked: list[str]) -> None:
    found = [text for text, value in zip(NAMES, column(PAGE, name), strict=True) if value > 0.6]
    assert found == marked


def test_paragraphs_of_one_form_are_counted_together() -> None:
    same = column(PAGE, "same form blocks")
    story = NAMES.index(STORY[0])
    assert same[story : story + 3] == pytest.approx([float(np.log1p(3))] * 3, abs=2e-4)
    assert same[-1] == pytest.approx(float(np.log1p(1)), abs=2e-4)


def test_a_container_holds_more_blocks_than_the_one_before() -> None:
    # Wrappers around a lone paragraph are no containers of their own.
    wrapped = f"<div><div><p>{clips.SENTENCES[0]}</p></div></div>"
    page = read(f"<body><main>{wrapped}<p>{clips.SENTENCES[1]}</p></main><p>End</p>", "html", None)
    for number, held in enumerate((1, 2, 3, 3)):
        blocks = column(page, f"container {number} blocks")[0]
        assert blocks == pytest.approx(float(np.log1p(held)), abs=2e-4)


# --- the tree of a page


@given(st.one_of(clips.torn_html, clips.html_clips().map(lambda clip: clip[0])))
def test_in_the_tree_of_a_page_parents_stand_before_children_and_blocks_in_their_element(
    source: str,
) -> None:
    clip = read(source, "html", None)
    blocks = clip.blocks
    if not blocks:
        return
    tree, names, flags = read_tree(clip.elements)
    size = len(tree.parent)
    assert len(flags) == len(tree.names) == size
    assert tree.parent[0] == 0
    assert (tree.parent[1:] < np.arange(1, size)).all()
    assert [start for start, _ in tree.levels] == [0, *(end for _, end in tree.levels[:-1])]
    assert tree.levels[-1][1] == size
    for (above, _), (start, end) in zip(tree.levels, tree.levels[1:], strict=False):
        assert ((tree.parent[start:end] >= above) & (tree.parent[start:end] < start)).all()
    for block, element in zip(blocks, tree.of_block.tolist(), strict=True):
        path, at = [], element
        while at:
            path.append(names[tree.names[at]])
            at = int(tree.parent[at])
        nodes = list(block.node.ancestors()) if block.node is not None else []
        assert path == [f"{node.tag} {node.names}" for node in nodes]
        assert flags[element] == block.inside


def test_a_tag_is_another_token_than_a_class_of_its_name() -> None:
    tag, name = name_tokens(["aside"]), name_tokens(["div aside"])
    assert set(tag.hashes.tolist()) & set(name.hashes.tolist()) == set()
    assert name.rows.tolist() == [0, 0]


# --- known tokens


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50, unique=True),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=40),
    st.lists(st.integers(0, 2**64 - 1), max_size=5),
)
def test_a_vocabulary_finds_known_tokens_alone_and_their_rows_in_order(
    known: list[int], asked: list[tuple[int, int]], strange: list[int]
) -> None:
    table = np.array(sorted(known), np.uint64)
    hashes = [known[which] if which < len(known) else which for which, _ in asked] + strange
    rows = [row for _, row in asked] + [6] * len(strange)
    bag = Bag(np.array(hashes, np.uint64), np.array(rows, np.int64))
    tokens = Vocabulary(table).tokens(bag)
    assert tokens.of.tolist() == sorted(tokens.of.tolist())
    found = Counter(zip(table[tokens.rows].tolist(), tokens.of.tolist(), strict=True))
    wanted = Counter(
        (token, row) for token, row in zip(hashes, rows, strict=True) if token in set(known)
    )
    assert found <= wanted
    # Two tokens may fall into one bucket; then one of them is not known at all.
    lost = {token for token, _ in wanted - found}
    assert len(lost) <= len(known) // 10 + 1
    assert not lost & {token for token, _ in found}


# --- the network


def network(rng: np.random.Generator, whole: bool = True, far: bool = True) -> dict[str, Floats]:
    """Random weights for three numbers, five words, without a page's names; deaf to the clip as
    a `whole`, to what stands `far` off."""
    weights = initial(shapes(3, 5, 0, 4, 6, 2), rng)
    silent = [] if whole else ["whole"]
    for name in silent if far else [*silent, *(f"far {number}" for number in FAR)]:
        weights[name] = np.zeros_like(weights[name])
    return weights


def inputs(rng: np.random.Generator, size: int) -> Inputs:
    of = np.sort(rng.integers(size, size=2 * size))
    numbers = rng.standard_normal((size, 3)).astype(np.float32)
    return Inputs(numbers, Tokens(rng.integers(5, size=2 * size), of))


# So many blocks on either side a block sees, as the network says of itself.
REACH = 31


def changed(weights: dict[str, Floats], at: int, by: float = 0.5) -> list[int]:
    """The blocks of a clip whose outputs change with a number of block `at`."""
    some = inputs(np.random.default_rng(1), 3 * REACH)
    other = some.numbers.copy()
    other[at] += by
    before, after = forward(weights, some)[0], forward(weights, some._replace(numbers=other))[0]
    return [int(at) for at in np.flatnonzero(np.abs(before - after).max(axis=1) > 1e-6)]


def test_a_block_is_heard_so_far_and_no_farther() -> None:
    deaf = network(np.random.default_rng(3), whole=False, far=False)
    far = changed(deaf, at=REACH + 5)
    assert 5 <= min(far) < 5 + 4
    assert 2 * REACH + 5 - 4 < max(far) <= 2 * REACH + 5


def test_farther_off_a_block_is_heard_as_a_part_of_the_whole_clip() -> None:
    heard = changed(network(np.random.default_rng(3), far=False), at=0)
    assert len(heard) > 2 * REACH


def test_what_stands_out_is_heard_by_all_below_it_and_all_above() -> None:
    weights = network(np.random.default_rng(3), whole=False)
    assert changed(weights, at=0, by=9)[-1] == 3 * REACH - 1
    assert changed(weights, at=-1, by=9)[0] == 0


def padded(some: Inputs, before: int, after: int) -> Inputs:
    """The clip between so many blocks of nothing."""
    gaps = (np.zeros((size, 3), np.float32) for size in (before, after))
    return Inputs(
        np.concatenate([next(gaps), some.numbers, next(gaps)]),
        Tokens(some.words.rows, some.words.of + before),
    )


@pytest.mark.parametrize("size", [1, 2, 17, 80])
def test_what_is_heard_does_not_depend_on_the_place_but_on_what_stands_around(size: int) -> None:
    weights = network(np.random.default_rng(2), whole=False, far=False)
    some = inputs(np.random.default_rng(4), size)
    here = forward(weights, padded(some, REACH, REACH + 9))[0][REACH:][:size]
    there = forward(weights, padded(some, REACH + 14, REACH))[0][REACH + 14 :][:size]
    assert here == pytest.approx(there, abs=1e-5)
    assert np.abs(here).max() > 1e-2


# --- models and their files


@pytest.fixture(scope="module", params=["html", "text"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    return small_model(tmp_path_factory.mktemp("rows"), request.param)


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    path = tmp_path / f"{model.kind}.npz"
    model.save(path)
    return path


def sample(kind: str) -> Clip:
    """A clip of a kind that no model saw."""
    path = SEEDS / ("library.html" if kind == "html" else "summit.txt")
    return read(path.read_bytes(), kind, None)


def scored(model: Model) -> tuple[Floats, Floats]:
    scores = model.score(model.inputs(raw_of(sample(model.kind))))
    return scores.text, scores.labels


def test_scores_are_probabilities(model: Model) -> None:
    text, labels = scored(model)
    assert len(text) == len(labels) == len(sample(model.kind).blocks)
    assert ((text > 0) & (text < 1)).all()
    assert labels.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_model_that_was_saved_and_loaded_gives_the_same_scores(model: Model, saved: Path) -> None:
    again = Model.load(saved)
    assert again.labels == model.labels
    for name, value in model.weights.items():
        assert (again.weights[name] == value.astype(np.float16).astype(np.float32)).all()
    for before, after in zip(scored(model), scored(again), strict=True):
        assert after == pytest.approx(before, abs=5e-3)


def test_saving_what_was_loaded_changes_nothing(saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    Model.load(saved).save(again)
    assert again.read_bytes() == saved.read_bytes()


def test_weighing_names_groups_of_features_and_weighs_every_block(model: Model) -> None:
    clip = sample(model.kind)
    names, weights = model.weigh(model.inputs(raw_of(clip)))
    assert weights.shape == (len(clip.blocks), len(names))
    assert np.isfinite(weights).all()
    assert len(set(names)) == len(names)
    own = {"words"} | ({"class names"} if model.kind == "html" else set())
    assert own <= set(names) <= own | set(GROUPS)
    assert np.abs(weights).max() > 0


def test_a_group_that_says_nothing_weighs_nothing(model: Model) -> None:
    raw = raw_of(sample(model.kind))
    at = number_names(model.kind).index("copies in clip")
    raw.numbers[:, at] = model.mean[at]
    names, weights = model.weigh(model.inputs(raw))
    assert weights[:, names.index("copies")] == pytest.approx(0, abs=1e-5)


def test_the_models_that_ship_are_small() -> None:
    files = list(SHIPPED.glob("*.npz"))
    assert {file.stem for file in files} == {"html", "text"}
    assert sum(file.stat().st_size for file in files) < 5_000_000


def test_a_model_of_ones_own_is_heard_and_named(saved: Path) -> None:
    clip = sample(saved.stem)
    blank = blank_before(clip.blocks)
    assert blank is not None
    own = Cleaner(model=saved.parent).classifier
    assert own is not None
    verdict = own.hear(clip, range(len(clip.blocks)), blank)
    assert verdict is not None
    assert verdict.evidence(0).id == f"classifier.{saved.stem}"
    assert verdict.text == scored(Model.load(saved))[0].tolist()


def test_where_a_folder_lacks_a_kinds_model_rules_decide_alone(saved: Path) -> None:
    other = "text" if saved.stem == "html" else "html"
    clip = sample(other)
    with_model = Cleaner(model=saved.parent).clean(clip.source, other)
    assert with_model == Cleaner(model=False).clean(clip.source, other)


def test_a_model_that_was_trained_anew_is_read_anew(saved: Path) -> None:
    kind, clip = saved.stem, sample(saved.stem)
    before = Cleaner(model=saved.parent).clean(clip.source, kind)
    model = Model.load(saved)
    for value in model.weights.values():
        np.negative(value, out=value)
    model.save(saved)
    os.utime(saved, (0, 0))
    assert Cleaner(model=saved.parent).clean(clip.source, kind) != before


# --- files that are no models


def cleaned_with(folder: Path) -> Article:
    kind = "html" if (folder / "html.npz").exists() else "text"
    return Cleaner(model=folder).clean(sample(kind).source, kind)


def refused(folder: Path, said: str) -> None:
    """Using the models in a folder fails with one line that names the place."""
    with pytest.raises(ModelError, match=re.escape(said)) as caught:
        cleaned_with(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing", "empty", "file"])
def test_a_folder_without_models_is_refused_at_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match=name) as caught:
        Cleaner(model=tmp_path / name)
    assert "neither html.npz nor text.npz" in str(caught.value)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_model_is_refused(share: float, saved: Path) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(share * len(data))])
    refused(saved.parent, "no model that can be read")


class Bomb:
    """An object whose unpickling leaves a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("part", ["head", "mean", "weights/dense", "other"])
def test_a_model_never_runs_code_of_its_maker(part: str, saved: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with np.load(saved) as file:
        arrays = {name: file[name] for name in file.files}
    arrays[part] = np.array([Bomb(mark)], object)
    np.savez(saved, **arrays)
    refused(saved.parent, "no model that can be read")
    assert not mark.exists()
    np.load(saved, allow_pickle=True)[part]
    assert mark.exists(), "the bomb of this test is one"


def test_a_pickle_in_a_models_place_is_not_loaded(saved: Path, tmp_path: Path) -> None:
    saved.write_bytes(pickle.dumps(Bomb(tmp_path / "mark")))
    refused(saved.parent, "no model that can be read")
    assert not (tmp_path / "mark").exists()


def test_a_lone_array_is_no_model(saved: Path) -> None:
    with saved.open("wb") as file:
        np.save(file, np.zeros(3))
    refused(saved.parent, "no model that can be read")


Change = tuple[str, object]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("format", FORMAT + 1), "made for another release"),
        (("features", ["characters"]), "made for another release"),
        (("features", None), "no model that can be read"),
        (("labels", ["paragraph", "ghost"]), "no model that can be read"),
        (("labels", ["paragraph", "title"]), "do not fit"),
        (("kind", 3), ".npz"),
    ],
)
def test_a_model_with_another_head_is_refused(change: Change, said: str, saved: Path) -> None:
    rewrite(saved, head=json.dumps(head_of(saved) | dict([change])))
    refused(saved.parent, said)


@pytest.mark.parametrize("head", ["", "[]", "null", "{}", '{"format": 1}', "\ud800"])
def test_a_model_without_a_head_is_refused(head: str, saved: Path) -> None:
    rewrite(saved, head=head)
    refused(saved.parent, "no model that can be read")


def head_of(path: Path) -> dict[str, object]:
    with np.load(path) as file:
        head: dict[str, object] = json.loads(str(file["head"]))
    return head


def rewrite(path: Path, **parts: object) -> None:
    """The archive with other parts; None: without it."""
    with np.load(path) as file:
        arrays: dict[str, object] = {name: file[name] for name in file.files} | parts
    kept: dict[str, Any] = {
        name: np.asarray(value) for name, value in arrays.items() if value is not None
    }
    with path.open("wb") as out:
        np.savez(out, **kept)


@pytest.mark.parametrize(
    "part",
    ["mean", "scale", "words", "weights/words", "weights/dense", "weights/layer 3",
     "weights/out bias", "weights/bias 0"],
)  # fmt: skip
@pytest.mark.parametrize("change", ["missing", "shorter", "number", "text"])
def test_a_model_whose_parts_do_not_fit_is_refused(part: str, change: str, saved: Path) -> None:
    with np.load(saved) as file:
        value = file[part]
    other = {
        "missing": None,
        "shorter": value[:-1],
        "number": np.float32(1),
        "text": np.array(["a"] * len(value)),
    }[change]
    rewrite(saved, **{part: other})
    refused(saved.parent, str(saved))


@pytest.mark.parametrize("part", ["mean", "scale", "weights/dense", "weights/out bias"])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_model_with_weights_that_are_no_numbers_is_refused(
    part: str, number: float, saved: Path
) -> None:
    with np.load(saved) as file:
        value = file[part]
    value.flat[-1] = number
    rewrite(saved, **{part: value})
    refused(saved.parent, "no numbers")


def test_a_model_whose_names_are_of_the_other_kind_is_refused(saved: Path) -> None:
    with np.load(saved) as file:
        width = file["weights/words"].shape[1]
    if saved.stem == "html":
        rewrite(saved, names=np.zeros(0, np.uint64), **{"weights/names": np.zeros((0, width))})
    else:
        rewrite(saved, names=np.zeros(1, np.uint64), **{"weights/names": np.zeros((1, width))})
    refused(saved.parent, "do not fit")


def test_a_model_of_the_other_kind_is_refused(saved: Path) -> None:
    other = saved.with_name("text.npz" if saved.stem == "html" else "html.npz")
    saved.rename(other)
    refused(saved.parent, other.name)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("archive")
    small_model(folder, "text").save(folder / "text.npz")
    return (folder / "text.npz").read_bytes()


@given(data=st.data())
def test_a_spoilt_model_is_refused_or_is_still_one(
    data: st.DataObject, archive: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Most of the file is numbers; what breaks readers is the ends and the heads of its parts.
    names = [info.header_offset for info in zipfile.ZipFile(io.BytesIO(archive)).infolist()]
    near = st.sampled_from([*names, len(archive) - 200]).flatmap(
        lambda at: st.integers(at, min(at + 200, len(archive) - 1))
    )
    spoilt = bytearray(archive)
    for place in data.draw(st.lists(near, min_size=1, max_size=3)):
        spoilt[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "text.npz"
    path.write_bytes(bytes(spoilt))
    with suppress(ModelError):
        assert scored(Model.load(path))


# --- the classifier in the cleaner


def every_clip() -> list[tuple[Path, str]]:
    """The clips of the repository and of the gate, with their kinds."""
    gate = [*GATE.glob("*/page.html"), *GATE.glob("*/page.txt"), *GATE.glob("*/extracted.txt")]
    return [(path, kind_of(path)) for path in [*clip_files(), *sorted(gate)]]


@pytest.fixture(scope="module")
def by_favor() -> dict[str, list[Article]]:
    return {
        "precision": cleaned_by(Cleaner(favor="precision")),
        "balanced": cleaned_by(Cleaner()),
        "recall": cleaned_by(Cleaner(favor="recall")),
    }


def cleaned_by(worker: Cleaner) -> list[Article]:
    return [worker.clean(path.read_bytes(), kind) for path, kind in every_clip()]


def kept_lines(article: Article) -> set[str]:
    """The texts that stay. Of a line that stands twice another one may stay: where the first
    is kept, the second is its copy."""
    return {d.block.text for d in article.decisions if d.action is Action.KEEP}


@pytest.mark.parametrize(("less", "more"), [("precision", "balanced"), ("balanced", "recall")])
def test_what_favors_recall_keeps_what_the_stricter_setting_keeps(
    less: str, more: str, by_favor: dict[str, list[Article]]
) -> None:
    lost = [
        (path.parent.name, path.name, line)
        for (path, _), strict, mild in zip(
            every_clip(), by_favor[less], by_favor[more], strict=True
        )
        for line in kept_lines(strict) - kept_lines(mild)
    ]
    lines = sum(len(kept_lines(article)) for article in by_favor[less])
    # What leaves changes what its neighbours stand beside: now and then one hint more holds.
    assert len(lost) <= lines // 500, lost
    assert sum(len(kept_lines(article)) for article in by_favor[more]) > lines


def test_another_favor_is_refused_and_the_settings_are_named() -> None:
    with pytest.raises(ValueError, match=r"'speed'.*balanced, precision, recall"):
        Cleaner(favor="speed")  # type: ignore[arg-type]  # the wrong use is what is tested


def test_a_cleaner_keeps_its_favor_and_its_model_when_it_is_pickled(saved: Path) -> None:
    kind, clip = saved.stem, sample(saved.stem)
    for worker in (Cleaner(favor="precision"), Cleaner(model=saved.parent), Cleaner(model=False)):
        copy = pickle.loads(pickle.dumps(worker))
        assert copy.explain(clip.source, kind) == worker.explain(clip.source, kind)
    assert len(pickle.dumps(Classifier())) < 10_000, "workers read the weights themselves"
    assert b"weights" not in pickle.dumps(Classifier()), "a worker may have the package elsewhere"


def plain(article: Article) -> list[tuple[object, ...]]:
    """The decisions without the weights that explain adds."""
    return [
        (d.label, d.action, *(e._replace(weights=()) for e in d.evidence))
        for d in article.decisions
    ]


def test_an_explanation_decides_as_cleaning_does_and_says_what_weighed(
    cleaner_: Cleaner, by_favor: dict[str, list[Article]]
) -> None:
    known = set(GROUPS) | {"words", "class names"}
    for (path, kind), article in list(zip(every_clip(), by_favor["balanced"], strict=True))[::5]:
        explained = cleaner_.explain(path.read_bytes(), kind)
        assert plain(explained) == plain(article), path
        spoken = [e for d in explained.decisions for e in d.evidence if e.source == "classifier"]
        for evidence in spoken:
            assert 1 <= len(evidence.weights) <= 3
            assert {name for name, _ in evidence.weights} <= known
        assert not [e for d in article.decisions for e in d.evidence if e.weights]


def test_every_decision_of_the_classifier_has_its_score(
    by_favor: dict[str, list[Article]],
) -> None:
    decisions = [d for article in by_favor["balanced"] for d in article.decisions]
    scores = [e.score for d in decisions for e in d.evidence if e.source == "classifier"]
    assert len(scores) > 1000
    assert all(score is not None and 0 <= score <= 1 for score in scores)
    alone = [d for d in decisions if d.evidence and d.evidence[0].source == "classifier"]
    assert {d.action for d in alone} == {Action.KEEP, Action.REMOVE, Action.METADATA}


@pytest.mark.parametrize(
    "name", ["article--lighthouse-keeper-vote", "article--how-to-lime-wash", "article--tuz-yolu"]
)
def test_a_paragraph_that_a_page_prints_twice_is_kept_once(name: str, cleaner_: Cleaner) -> None:
    page = (GATE / name / "page.html").read_text(encoding="utf-8")
    long = max(re.finditer(r"<p>([^<&]+)</p>", page), key=lambda found: len(found[1]))
    twice = page[: long.end()] + long[0] + page[long.end() :]
    text = " ".join(long[1].split())
    article = cleaner_.clean(twice, "html")
    assert article.text.count(text) == 1
    first, second = (d for d in article.decisions if d.block.text == text)
    assert first.action is Action.KEEP
    assert second.evidence[0].id == "context.copy"
    assert cleaner_.clean(page, "html").text.count(text) == 1


@pytest.mark.parametrize(("at", "other"), [(5, "7"), (350, "q")])
def test_paragraphs_that_differ_little_are_no_copies(
    at: int, other: str, cleaner_: Cleaner
) -> None:
    # As records of a season do: in a number, or in the middle of a long paragraph.
    first = "In 2021 " + " ".join(clips.SENTENCES[:9])
    assert len(first) > 600
    second = first[:at] + other + first[at + 1 :]
    story = f"<article><h1>Why the bell rings</h1><p>{first}</p><p>{second}</p></article>"
    decisions = cleaner_.clean(story, "html").decisions
    assert [e.id for d in decisions for e in d.evidence if e.id == "context.copy"] == []


def test_short_lines_that_stand_twice_are_no_copies(cleaner_: Cleaner) -> None:
    story = "".join(
        f"<p>{' '.join(clips.SENTENCES[at : at + 4])}</p><h2>Osk</h2>" for at in range(5)
    )
    article = cleaner_.clean(f"<article><h1>Why the bell rings</h1>{story}</article>", "html")
    copies = [d for d in article.decisions for e in d.evidence if e.id == "context.copy"]
    assert copies == []


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize(
    "name", ["article--lighthouse-keeper-vote", "article--how-to-lime-wash", "article--moorwasser"]
)
def test_a_text_that_is_clean_already_stays_whole(name: str, gap: str, cleaner_: Cleaner) -> None:
    lines = (GATE / name / "gold.txt").read_text(encoding="utf-8").splitlines()
    assert cleaner_.clean(gap.join(lines), "text").text.split() == "\n".join(lines).split()


def test_where_little_is_known_the_rules_decide_alone(cleaner_: Cleaner) -> None:
    alone = Cleaner(model=False)
    for text in ("", "A line.", "Share this article", "One\n\nTwo\n\nThree words here"):
        assert cleaner_.clean(text, "text") == alone.clean(text, "text")


# --- what it costs


def process(code: str) -> str:
    """What Python code prints in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


_CLEANED = "cleaner.Cleaner({}).clean({!r}, kind='text')"


@pytest.mark.parametrize(("options", "loaded"), [("model=False", "False"), ("", "True")])
def test_rules_alone_need_no_numpy(options: str, loaded: str) -> None:
    code = f"import sys, cleaner\n{_CLEANED.format(options, PROSE)}\nprint('numpy' in sys.modules)"
    assert process(code).strip() == loaded


def test_a_page_and_a_text_are_cleaned_in_150_megabytes() -> None:
    # Not by getrusage: a new process inherits that peak from the one that started it.
    if not Path("/proc/self/status").exists():
        pytest.skip("the system tells no process its memory")
    code = f"""
from pathlib import Path
import cleaner
judge = cleaner.Cleaner()
for name, kind in (("library.html", "html"), ("summit.txt", "text")):
    article = judge.explain((Path({str(SEEDS)!r}) / name).read_bytes(), kind)
    assert any(e.source == "classifier" for d in article.decisions for e in d.evidence)
print(Path("/proc/self/status").read_text())
"""
    peak = re.search(r"VmHWM:\s*(\d+) kB", process(code))
    assert peak is not None
    assert 20_000 < int(peak[1]) < 150_000


@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_page_of_ten_times_the_size_takes_about_ten_times_as_long(kind: str) -> None:
    lines = [*clips.SENTENCES, *clips.HEADLINES, *clips.CHROME[:40]]
    tagged = kind == "html"
    page = "\n".join(f"<p>{line}</p>" if tagged else f"{line}\n" for line in lines)
    classifier = Cleaner().classifier
    assert classifier is not None

    def seconds(size: int) -> float:
        clip = read(page * (size // len(page) + 1), kind, None)
        blank = blank_before(clip.blocks)
        assert blank is not None
        spent = []
        for _ in range(4):
            start = time.process_time()
            assert classifier.hear(clip, range(len(clip.blocks)), blank) is not None
            spent.append(time.process_time() - start)
        return min(spent)

    assert seconds(1_000_000) < 10 * 2 * seconds(100_000)
