"""What holds for every clip: the invariants of the design, sought to be broken by hypothesis.

Each test names the invariant that it holds. Where a clip broke one, it stands beside the
property as an `@example`.
"""

from __future__ import annotations

import os
import pickle
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner import Action, Article, Cleaner, CleanerError, Kind

from . import strategies as clips
from .corpus import ROOT, clip_files, fixture_folders, kind_of

# One cleaner for all examples: hypothesis does not renew function fixtures between them.
CLEANER = Cleaner()
RULE_IDS = frozenset(spoken.rule.id for spoken in CLEANER.rules.spoken)
KINDS = ("text", "markdown", "html")
SECONDS = 5.0

clip_and_kind = st.one_of(
    st.tuples(clips.text_clips, st.just("text")),
    st.tuples(clips.markdown_clips, st.just("markdown")),
    st.tuples(clips.html_clips().map(lambda clip: clip[0]), st.just("html")),
    st.tuples(clips.torn_html, st.just("html")),
    st.tuples(clips.text_clips, st.sampled_from(KINDS)),
)


def unmarked(text: str) -> str:
    """`text` without byte order marks, which nobody sees."""
    return text.replace("\ufeff", "")


def squeezed(text: str) -> str:
    """`text` without its white space and byte order marks."""
    return "".join(unmarked(text).split())


class HangError(BaseException):
    """A clip took too long. No `Exception`, so that no handler on the way swallows it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails where the body takes more of the processor; interrupts it where the system can."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangError

    start = time.process_time()
    before = signal.signal(signal.SIGPROF, ring) if hasattr(signal, "SIGPROF") else None
    if before is not None:
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except HangError:
        pytest.fail(f"still busy after {seconds} s")
    finally:
        if before is not None:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
    assert time.process_time() - start < seconds


# --- 1. lossless ledger


@given(clip_and_kind)
def test_every_block_has_one_decision_in_order(clip: tuple[str, str]) -> None:
    article = CLEANER.clean(*clip)
    blocks = article.clip.blocks
    assert [decision.block for decision in article.decisions] == list(blocks)
    assert [block.index for block in blocks] == list(range(len(blocks)))
    assert all(d.action is d.label.action for d in article.decisions)


@given(st.one_of(clips.text_clips, clips.any_text))
def test_blocks_and_gaps_join_to_a_text_clip_again(source: str) -> None:
    clip = CLEANER.clean(source, kind="text").clip
    assert clip.source == source
    end = 0
    for block in clip.blocks:
        assert block.span is not None
        start = block.span[0]
        assert end <= start < block.span[1], "spans lie in order and do not overlap"
        assert squeezed(source[end:start]) == "", "a gap holds white space alone"
        end = block.span[1]
        shown = unmarked(source[start:end]).split()
        assert unmarked(block.text).split() == shown, "a block holds what its span holds"
    assert squeezed(source[end:]) == ""


@given(st.one_of(clips.text_clips, clips.any_text))
def test_no_word_of_a_text_clip_is_missing_from_its_blocks(source: str) -> None:
    blocks = CLEANER.clean(source, kind="text").clip.blocks
    assert squeezed("".join(block.text for block in blocks)) == squeezed(source)


@given(clips.html_clips())
def test_no_word_of_an_html_clip_is_missing_from_its_blocks(clip: tuple[str, list[str]]) -> None:
    source, texts = clip
    assert_words_are_read(CLEANER.clean(source, kind="html"), " ".join(texts))


@given(clips.markdown_shown())
def test_no_word_of_a_markdown_clip_is_missing_from_its_blocks(shown: tuple[str, str]) -> None:
    source, text = shown
    assert_words_are_read(CLEANER.clean(source, kind="markdown"), text)


def assert_words_are_read(article: Article, text: str) -> None:
    """Each word of `text` stands, as often as there, in the blocks, their images or the facts."""
    blocks = article.clip.blocks
    seen = [block.text for block in blocks] + list(article.clip.facts.values())
    seen += [image.alt for block in blocks for image in block.images if image.alt != block.text]
    assert Counter(_words(text)) - Counter(_words(" ".join(seen))) == Counter()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


# --- 2. ordered


@given(clip_and_kind)
def test_the_text_is_the_kept_blocks_in_their_order_and_nothing_else(
    clip: tuple[str, str],
) -> None:
    article = CLEANER.clean(*clip)
    left = article.text
    for decision in article.decisions:
        if decision.action is Action.KEEP:
            before, found, left = left.partition(decision.block.text)
            assert found
            assert before.strip() in (("", "-") if decision.block.kind is Kind.LIST_ITEM else ("",))
    assert left.strip() == ""


@given(clips.text_clips)
def test_the_text_of_a_text_clip_is_an_ordered_subsequence_of_it(source: str) -> None:
    rest = iter(squeezed(source))
    assert all(char in rest for char in squeezed(CLEANER.clean(source, kind="text").text))


# --- 3. explained


@given(clip_and_kind)
def test_every_decision_that_is_not_keep_names_its_evidence(clip: tuple[str, str]) -> None:
    for decision in CLEANER.clean(*clip).decisions:
        assert decision.evidence or decision.action is Action.KEEP
        if decision.action is not Action.KEEP:
            assert decision.evidence[0].label is decision.label
        for evidence in decision.evidence:
            assert evidence.id
            assert evidence.source != "rule" or evidence.id in RULE_IDS
            for start, end in filter(None, [evidence.span, *(p[1:] for p in evidence.parts)]):
                assert 0 <= start <= end <= len(decision.block.text)


# --- 4. idempotent

# Clips whose cleaned text is cleaned on, with the reason: none.
EXCEPTIONS: dict[str, str] = {}


def _cleaned_again(text: str) -> tuple[str, Article]:
    once = CLEANER.clean(text, kind="text").text
    return once, CLEANER.clean(once, kind="text")


@given(clips.text_clips.filter(lambda source: source not in EXCEPTIONS))
def test_cleaning_a_cleaned_text_takes_nothing_more_out_of_it(source: str) -> None:
    _, again = _cleaned_again(source)
    gone = [(d.block.text, d.evidence[0].id) for d in again.decisions if d.action is not _KEEP]
    assert gone == []


@given(clips.text_clips.filter(lambda source: source not in EXCEPTIONS))
def test_cleaning_a_cleaned_text_gives_it_again(source: str) -> None:
    once, again = _cleaned_again(source)
    assert again.text == once


_KEEP = Action.KEEP
_TEXT_CLIPS = [path for path in clip_files() if kind_of(path) == "text"]


@pytest.mark.parametrize("path", _TEXT_CLIPS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_cleaning_the_text_of_a_fixture_gives_it_again(path: Path) -> None:
    once, again = _cleaned_again(path.read_text(encoding="utf-8"))
    assert again.text == once


# --- 5. stateless


@given(clip_and_kind, st.lists(clip_and_kind, max_size=4))
def test_a_clip_gives_the_same_article_whatever_was_cleaned_before(
    clip: tuple[str, str], others: list[tuple[str, str]]
) -> None:
    first = CLEANER.clean(*clip)
    for other in others:
        CLEANER.clean(*other)
    assert CLEANER.clean(*clip) == first


def _whole_article(path: Path, worker: Cleaner = CLEANER) -> str:
    return worker.clean(path.read_bytes(), kind=kind_of(path)).to_json()


@pytest.fixture(scope="module")
def alone() -> dict[Path, str]:
    """Every third clip of the repository, each cleaned by a cleaner of its own, which compiles
    its patterns anew."""
    return {path: _whole_article(path, Cleaner()) for path in clip_files()[::3]}


def test_order_does_not_change_an_article(alone: dict[Path, str]) -> None:
    shuffled = list(alone)
    random.Random(7).shuffle(shuffled)
    for order in (list(alone)[::-1], shuffled):
        assert {path: _whole_article(path) for path in order} == alone


def test_threads_share_one_cleaner(alone: dict[Path, str]) -> None:
    shared = Cleaner()
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda path: _whole_article(path, shared), list(alone) * 2)
    assert list(found) == list(alone.values()) * 2


@pytest.mark.parametrize("warm", [False, True], ids=["new", "used"])
def test_a_pickled_cleaner_gives_the_same_articles(alone: dict[Path, str], warm: bool) -> None:
    worker = Cleaner()
    if warm:
        for path in alone:
            _whole_article(path, worker)
    copy = pickle.loads(pickle.dumps(worker))
    assert {path: _whole_article(path, copy) for path in alone} == alone


_ALL_CLIPS_AS_JSON = """
import cleaner
from tests.corpus import clip_files, kind_of
for path in clip_files():
    article = cleaner.clean(path.read_bytes(), kind=kind_of(path))
    print(path.parent.name, path.name, ascii(article.to_json()))
"""


def test_the_order_of_hashes_does_not_change_an_article() -> None:
    # Python salts the hashes of strings anew in each process, and with them the order in
    # which a set is walked through.
    ledgers = [
        subprocess.run(
            [sys.executable, "-c", _ALL_CLIPS_AS_JSON],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.splitlines()
        for salt in ("1", "2", "3")
    ]
    assert len(ledgers[0]) == len(clip_files())
    unlike = {one.split()[0] for lines in zip(*ledgers, strict=True) for one in set(lines[1:])
              if one != lines[0]}  # fmt: skip
    assert unlike == set()


def test_articles_travel_between_processes() -> None:
    for folder in fixture_folders():
        for path in folder.glob("clip.*"):
            article = CLEANER.clean(path.read_bytes(), kind=kind_of(path))
            assert pickle.loads(pickle.dumps(article)) == article


# --- 6. total


def _all_of(article: Article) -> None:
    """Reads everything an article has, the parts that are worked out late as well."""
    article.to_json()
    article.to_markdown()


def _clean_or_documented_error(source: str | bytes, kind: str, url: str | None = None) -> None:
    with at_most(SECONDS):
        try:
            article = CLEANER.clean(source, kind, url)
        except CleanerError:
            return
        assert isinstance(article, Article)
        _all_of(article)


any_kind = st.sampled_from(["auto", *KINDS, *KINDS, "pdf", ""])
any_clip = st.one_of(
    clips.any_text, st.binary(), clips.torn_html, clips.text_clips, clips.markdown_clips
)


@given(any_clip, any_kind)
@example("", "auto")
@example(b"", "auto")
@example("<p>half \ud800 pair</p>", "html")
@example('<meta property="og:title" content="\x00"><p>A line.', "html")
@example("---\ndate: 99999-99-99\n---\nA line.\n", "markdown")
@example(b'<meta charset="utf-7">+2AA- \xff', "html")
@example(b"\xff\xfe\x00", "auto")
@example('<?xml version="1.0" encoding="shift_jis"?><html><p>A line.</p></html>', "auto")
def test_any_clip_gives_an_article_or_a_documented_error(source: str | bytes, kind: str) -> None:
    _clean_or_documented_error(source, kind)


BAD_URL = "http://[osk.example/crane"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "url", ["", "crane", "//", "http://", "\x00", "http://osk:99999/", BAD_URL]
)
def test_an_address_that_is_none_does_not_stop_a_clip(url: str, kind: str) -> None:
    _clean_or_documented_error(clips.SENTENCES[0], kind, url)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (f'<link rel="canonical" href="{BAD_URL}"><p>A line.', "html"),
        (f'<meta property="og:url" content="{BAD_URL}"><p>A line.', "html"),
        (f"Title: A\nURL Source: {BAD_URL}\n\nMarkdown Content:\nA line.", "markdown"),
        (f"---\nsource: {BAD_URL}\n---\nA line.\n", "markdown"),
        (f"[A line]({BAD_URL})", "markdown"),
        (f'<a href="{BAD_URL}">A line</a>', "html"),
    ],
    ids=["canonical", "og:url", "jina", "front matter", "markdown link", "html link"],
)
def test_a_clip_that_gives_a_bad_address_is_read(source: str, kind: str) -> None:
    _clean_or_documented_error(source, kind)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-7", "shift_jis", "hex", "rot13", "idna", "punycode", "x"]
)
@given(data=st.binary())
@example(data=b"\x80")
def test_bytes_under_any_declared_encoding_are_read(data: bytes, encoding: str) -> None:
    _clean_or_documented_error(f'<meta charset="{encoding}"><p>A'.encode() + data, "auto")


@given(st.one_of(st.none(), st.integers(), st.lists(st.text(max_size=2), max_size=2)))
def test_what_is_no_clip_is_refused_with_a_documented_error(source: object) -> None:
    with pytest.raises(CleanerError, match="str or bytes"):
        CLEANER.clean(source)  # type: ignore[arg-type]  # the wrong use is what is tested


@given(st.lists(st.sampled_from("0123456789/.-:, TZ+abJanMr"), max_size=24).map("".join))
@example("31/02/2024")
@example("0000-00-00")
@example("99.99.9999, 99:99")
def test_any_date_line_is_read_or_left(stamp: str) -> None:
    _clean_or_documented_error(f"Published {stamp}\n\n{clips.SENTENCES[0] * 3}", "text")


N = 20_000
HOSTILE: dict[str, Callable[[], str]] = {
    "open brackets": lambda: "[" * N,
    "open links": lambda: "[a](" * N,
    "nested links": lambda: "[" * 2000 + "a" + "](b)" * 2000,
    "open images": lambda: "![" * N,
    "parentheses": lambda: "[a](" + "(" * N,
    "stars": lambda: "*" * N,
    "open stars": lambda: "*a " * N,
    "open strong": lambda: "**a " * N,
    "underscores": lambda: "_a " * N,
    "backticks": lambda: "`a" * N,
    "rising backticks": lambda: " ".join("`" * n for n in range(1, 400)),
    "angles": lambda: "<" * N,
    "open tags": lambda: "<a " * N,
    "open comments": lambda: "<!--" * N,
    "comments before a page": lambda: "<!---->" * 3000,
    "rule signs": lambda: "- " * N + "x",
    "quotes": lambda: "> " * N + "x",
    "pipes": lambda: "|" * N,
    "table rule": lambda: "a|b\n" + "|--" * N + "x",
    "hashes": lambda: "# " * N,
    "front matter": lambda: "---\n" + "a: b\n" * N,
    "spaces": lambda: "a" + " " * (5 * N) + "b",
    "blank lines": lambda: "a" + "\n" * N + "b",
    "short lines": lambda: "a\n" * N,
    "one word": lambda: "x" * (50 * N),
    "digits": lambda: "0" * (5 * N),
    "clock": lambda: "01:" * N,
    "capitals": lambda: "A. " * N,
    "dots": lambda: "." * (5 * N),
    "open wiki links": lambda: "[[a" * N,
    "nested divs": lambda: "<div>" * 5000 + "x",
    "nested inline": lambda: "<b>" * 5000 + "x",
    "nested links in tags": lambda: "<a href=x>" * 5000 + "x",
    "many links": lambda: '<a href="/x">y</a> ' * 3000,
    "attributes": lambda: "<p " + "a=b " * N + ">x",
    "entities": lambda: "&amp;" * N,
    "credits": lambda: "Photo: " * 5000,
    "slashes": lambda: "Photo: " + "a/" * N,
    "by": lambda: "By " + "A and " * 5000,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_clip_does_not_hang(name: str, kind: str) -> None:
    with at_most(SECONDS):
        CLEANER.clean(HOSTILE[name](), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_clip_and_not_with_its_square(kind: str) -> None:
    page = "\n\n".join([*clips.SENTENCES, *clips.HEADLINES, *clips.CHROME[:40]])
    if kind == "html":
        page = "".join(f"<p>{line}</p>" for line in page.split("\n\n"))

    def seconds(pages: int) -> float:
        start = time.process_time()
        CLEANER.clean("\n\n".join([page] * pages), kind)
        return time.process_time() - start

    small, large = (min(seconds(pages) for _ in range(3)) for pages in (10, 80))
    assert large < 8 * 3 * small
