"""What is above a limit ends in the error of that limit, and nothing else is harmed by it."""

from __future__ import annotations

import ctypes
import dataclasses
import gzip
import io
import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

import cleaner
from cleaner import (
    Article,
    Cleaner,
    CleanerError,
    DamagedError,
    IsolatedCleaner,
    LimitError,
    Limits,
)
from cleaner.readers.forms import Found

from .corpus import ROOT
from .strategies import SENTENCES
from .test_forms import MAIL, mhtml, page, path, record

PARAGRAPH = f"<p>{SENTENCES[0]}</p>"
# Some seconds of work on any machine.
LARGE = f"<!doctype html><html><body>{(PARAGRAPH + '<ul><li>x</ul>') * 30_000}"


def nested(depth: int) -> bytes:
    data = PARAGRAPH.encode()
    for _ in range(depth):
        data = gzip.compress(data)
    return data


# For each limit a clip that is above it, and the limits that it is above.
BROKEN: dict[str, tuple[str | bytes, Limits]] = {
    "input_bytes": (PARAGRAPH * 100, Limits(input_bytes=1000)),
    "unpacked_bytes": (gzip.compress(b" " * 5_000_000), Limits(unpacked_bytes=1_000_000)),
    "ratio": (gzip.compress(b" " * 40_000_000), Limits()),
    "parts": (mhtml(*[("", PARAGRAPH)] * 30), Limits(parts=20)),
    "nesting": (nested(5), Limits(nesting=4)),
    "blocks": (PARAGRAPH * 300, Limits(blocks=200)),
    "seconds": (LARGE, Limits(seconds=0.01)),
}
ERRORS = {
    "input_bytes": cleaner.InputLimitError,
    "unpacked_bytes": cleaner.UnpackedLimitError,
    "ratio": cleaner.RatioLimitError,
    "parts": cleaner.PartsLimitError,
    "nesting": cleaner.NestingLimitError,
    "blocks": cleaner.BlocksLimitError,
    "seconds": cleaner.TimeLimitError,
}


def test_each_limit_has_its_error() -> None:
    assert [field.name for field in dataclasses.fields(Limits)] == list(ERRORS) == list(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_above_a_limit_ends_in_its_error(name: str) -> None:
    source, limits = BROKEN[name]
    with pytest.raises(LimitError) as caught:
        cleaner.clean(source, limits=limits)
    error = caught.value
    assert type(error) is ERRORS[name]
    assert error.limit == name
    assert error.allowed == getattr(limits, name) < error.found
    for said in (f"{error.allowed:,.7g}", f"{error.found:,.7g}", f"cleaner.Limits({name}=...)"):
        assert said in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.found) == (type(error), str(error), error.found)


@pytest.mark.parametrize("name", BROKEN)
def test_the_limits_are_those_of_the_cleaner_and_of_archives(name: str, cleaner_: Cleaner) -> None:
    source, limits = BROKEN[name]
    data = source.encode() if isinstance(source, str) else source
    judge = cleaner_.limited(limits)
    with pytest.raises(ERRORS[name]):
        judge.clean(data)
    with pytest.raises(ERRORS[name]):
        list(judge.clean_archive(data))
    with pytest.raises(ERRORS[name]):
        list(cleaner.clean_archive(cast(BinaryIO, io.BytesIO(data)), limits=limits))
    assert cleaner_.limits == Limits()


def test_a_raised_limit_lets_it_pass() -> None:
    assert cleaner.clean(nested(18), limits=Limits(nesting=20)).text == SENTENCES[0]
    bomb, _ = BROKEN["ratio"]
    assert cleaner.clean(bomb, limits=Limits(ratio=10_000)).text == ""
    parts, _ = BROKEN["parts"]
    assert cleaner.clean(parts).text.count(SENTENCES[0]) > 0


@pytest.mark.parametrize("name", ERRORS)
def test_a_limit_that_is_none_is_refused(name: str) -> None:
    for value in (0, -1):
        with pytest.raises(ValueError, match=name):
            Limits(**{name: value})
    with pytest.raises(ValueError, match="nesting"):
        Limits(nesting=1000)


@pytest.mark.parametrize(
    "source",
    ["A mill. " * 3_000_000, "A line.\n" * 300_000, "<p>x" * 2_100_000, "# x\n" * 300_000],
    ids=["sentences in one line", "many lines", "many tags", "many headings"],
)
def test_a_clip_of_too_many_blocks_is_refused_before_they_are_made(source: str) -> None:
    start = time.process_time()
    try:
        article = cleaner.clean(source)
    except cleaner.BlocksLimitError:
        assert time.process_time() - start < 5
    else:
        assert len(article.clip.blocks) < 200_000


def test_a_mail_of_parts_in_parts_ends() -> None:
    mail = MAIL + "Content-Type: multipart/mixed; boundary=b\n\n"
    mail += "--b\nContent-Type: text/plain\n\nThe mill.\n" * 200
    with pytest.raises(cleaner.PartsLimitError):
        cleaner.clean(mail.encode(), limits=Limits(parts=100))


def test_a_page_of_an_archive_that_is_above_a_limit_is_named_and_the_rest_is_given() -> None:
    large = f"<html><body>{PARAGRAPH * 300}".encode()
    archive = b"".join(
        record(f"http://o.example/{number}", body)
        for number, body in enumerate([page(1), large, page(2)])
    )
    for limits, limit in (
        (Limits(input_bytes=10_000), "input_bytes"),
        (Limits(blocks=200), "blocks"),
    ):
        found: list[cleaner.Article] = []
        with pytest.raises(cleaner.DamagedError) as caught:
            found.extend(cleaner.clean_archive(archive, limits=limits))
        assert len(found) == 2
        (problem,) = caught.value.problems
        assert "http://o.example/1" in problem
        assert f"Limits({limit}=" in problem


def test_a_film_in_an_archive_is_passed_over_whatever_its_size() -> None:
    film = record("http://o.example/film", b"\0" * 300_000, kind="video/mp4")
    archive = film + record("http://o.example/", page(1))
    (article,) = cleaner.clean_archive(archive, limits=Limits(input_bytes=100_000))
    assert article.url == "http://o.example/"


def test_the_time_of_whoever_takes_the_pages_is_not_that_of_the_next() -> None:
    archive = b"".join(record(f"http://o.example/{n}", page(n)) for n in range(3))
    assert len(list(cleaner.clean_archive(archive))) == 3
    for _ in cleaner.clean_archive(archive, limits=Limits(seconds=4)):
        time.sleep(2)


def test_a_bomb_of_notes_takes_no_memory() -> None:
    """A file in a note is passed over; a note's text is held no longer than the limit."""
    head, tail = b"<en-export><note><content>", b"</content></note></en-export>"
    with pytest.raises(cleaner.UnpackedLimitError):
        cleaner.clean(head + b"a " * 600_000 + tail, limits=Limits(unpacked_bytes=1_000_000))
    note = b"<title>Osk</title><resource><data>" + b"QUJD\n" * 600_000 + b"</data></resource>"
    data = b"<en-export><note><content>The mill.</content>" + note + b"</note></en-export>"
    assert cleaner.clean(data, limits=Limits(unpacked_bytes=1000)).text == "The mill."


def test_the_readme_names_each_limit_with_its_default_and_its_error() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = dict(
        re.findall(r"^\| `(\w+)` \| ([\d,.]+(?: MiB)?) \|[^|]*\| `(?:\w+)` \|$", readme, re.M)
    )
    sizes = {name: value.replace(" MiB", "").replace(",", "") for name, value in rows.items()}
    units = {name: 1 << 20 if "MiB" in value else 1 for name, value in rows.items()}
    found = {name: float(size) * units[name] for name, size in sizes.items()}
    assert found == dataclasses.asdict(Limits())
    for name, error in ERRORS.items():
        assert re.search(rf"^\| `{name}` .*\| `{error.__name__}` \|$", readme, re.M)


# --- in a process of its own


class Hang(str):
    """A clip that hangs in C code which lets no other Python code run."""

    def __len__(self) -> int:
        ctypes.PyDLL(None).sleep(60)
        return 1


class Crash(str):
    """A clip with which a library crashes."""

    def __len__(self) -> int:
        os.kill(os.getpid(), signal.SIGSEGV)
        return 1


class AtTheSecondPage(str):
    """An address for the pages of an archive, which is asked of each page whether it is empty."""

    def __bool__(self) -> bool:
        # Of which page, only the one who asks knows.
        page = sys._getframe(1).f_locals.get("found")
        if isinstance(page, Found) and page.document.url == "http://o.example/1":
            self.harm()
        return True

    def harm(self) -> None:
        raise NotImplementedError


class HangsAtTheSecondPage(AtTheSecondPage):
    """It hangs in C code which lets no other Python code run."""

    def harm(self) -> None:
        ctypes.PyDLL(None).sleep(60)


class CrashesAtTheSecondPage(AtTheSecondPage):
    """With it a library crashes."""

    def harm(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


@pytest.fixture(scope="module")
def isolated() -> Iterator[IsolatedCleaner]:
    with IsolatedCleaner(limits=Limits(seconds=6)) as judge:
        yield judge


def test_another_process_gives_the_same_articles(
    isolated: IsolatedCleaner, cleaner_: Cleaner
) -> None:
    for name in ("plain/tide-mill.html", "mhtml/chrome--frames.mhtml"):
        data = path(name).read_bytes()
        assert isolated.clean(data).to_json() == cleaner_.clean(data).to_json()
    archive = path("warc/wget--three-pages.warc")
    wanted = [article.to_json() for article in cleaner_.clean_archive(archive)]
    assert [article.to_json() for article in isolated.clean_archive(archive)] == wanted
    with archive.open("rb") as stream:
        assert [article.to_json() for article in isolated.clean_archive(stream)] == wanted


def test_a_hang_in_c_ends_in_its_error_and_the_next_clip_is_cleaned(
    isolated: IsolatedCleaner,
) -> None:
    start = time.monotonic()
    with pytest.raises(cleaner.TimeLimitError, match="6 seconds for one clip"):
        isolated.clean(Hang("The mill."))
    assert time.monotonic() - start < 60
    assert isolated.clean("The mill.").text == "The mill."


def test_a_crash_is_an_error_and_the_next_clip_is_cleaned(isolated: IsolatedCleaner) -> None:
    with pytest.raises(CleanerError, match="SIGSEGV"):
        isolated.clean(Crash("The mill."))
    assert isolated.clean("The mill.").text == "The mill."


def test_errors_come_over_as_they_are(isolated: IsolatedCleaner, tmp_path: Path) -> None:
    with pytest.raises(cleaner.UnknownKindError):
        isolated.clean("The mill.", "ghost")
    with pytest.raises(cleaner.ManyPagesError):
        isolated.clean(path("warc/wget--three-pages.warc").read_bytes())
    with pytest.raises(cleaner.InputError, match="cannot be read"):
        list(isolated.clean_archive(tmp_path / "none"))
    with pytest.raises(cleaner.PackError):
        IsolatedCleaner((tmp_path / "none.toml",))


def test_archives_that_are_read_at_once_do_not_mix(isolated: IsolatedCleaner) -> None:
    archive = path("warc/wget--three-pages.warc")
    one, two = isolated.clean_archive(archive), isolated.clean_archive(archive)
    pairs = [(a.url, b.url) for a, b in zip(one, two, strict=True)]
    assert len(pairs) == 3
    assert all(first == second for first, second in pairs)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (HangsAtTheSecondPage("http://o.example/"), "at least 6 seconds for one clip"),
        (CrashesAtTheSecondPage("http://o.example/"), "the process ended in this clip (SIGSEGV)"),
    ],
)
def test_an_archive_goes_on_behind_a_page_that_hangs_or_crashes(
    isolated: IsolatedCleaner, url: str, reason: str
) -> None:
    archive = b"".join(record(f"http://o.example/{n}", page(n)) for n in range(4))
    broken = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: much\r\n\r\n"
    wanted = [article.text for article in cleaner.clean_archive(archive)]
    found: list[Article] = []
    with pytest.raises(DamagedError) as caught:
        found.extend(isolated.clean_archive(broken + archive, url=url))
    assert [article.text for article in found] == [wanted[0], *wanted[2:]]
    lost, harmed = caught.value.problems
    assert "does not say how long it is" in lost
    assert harmed.startswith(f"http://o.example/1: {reason}")


def test_an_archive_of_one_page_that_crashes_ends_in_that_error(isolated: IsolatedCleaner) -> None:
    with pytest.raises(CleanerError, match="SIGSEGV") as caught:
        list(isolated.clean_archive(record("http://o.example/", page(1)), url=Crash("o")))
    assert not isinstance(caught.value, DamagedError)


def test_an_archive_outlives_the_process_that_reads_it(isolated: IsolatedCleaner) -> None:
    archive = path("warc/wget--three-pages.warc")
    pages = isolated.clean_archive(archive)
    found = [next(pages)]
    with pytest.raises(CleanerError):
        isolated.clean(Crash("The mill."))
    found.extend(pages)
    wanted = [article.to_json() for article in cleaner.clean_archive(archive)]
    assert [article.to_json() for article in found] == wanted


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_reading_that_hangs_ends_the_archive(isolated: IsolatedCleaner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.warc")
    with pytest.raises(cleaner.TimeLimitError):
        list(isolated.clean_archive(tmp_path / "never.warc"))
    assert isolated.clean("The mill.").text == "The mill."


def test_a_closed_cleaner_says_so_and_starts_nothing() -> None:
    before = set(multiprocessing.active_children())
    with IsolatedCleaner() as judge:
        pages = judge.clean_archive(path("warc/wget--three-pages.warc"))
        next(pages)
    with pytest.raises(CleanerError, match="the work was ended"):
        judge.clean("The mill.")
    with pytest.raises(CleanerError, match="the work was ended"):
        next(pages)
    assert set(multiprocessing.active_children()) <= before


def test_the_command_gives_up_a_clip_that_takes_too_long(tmp_path: Path) -> None:
    large, small = tmp_path / "large.html", tmp_path / "small.html"
    large.write_text(LARGE, encoding="utf-8")
    small.write_text(PARAGRAPH, encoding="utf-8")
    done = _command("clean", large, small, "--seconds", "4", "-o", f"{tmp_path}/out/")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"cleaner: {large}: at least 4")
    assert "--seconds" in line
    assert (tmp_path / "out" / "small.txt").read_text("utf-8") == SENTENCES[0] + "\n"


def test_the_command_refuses_a_clip_that_is_too_large(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_text(f"{SENTENCES[0]}\n\n" * 500 + "o" * 1_100_000, encoding="utf-8")
    assert _command("clean", large).returncode == 0
    done = _command("clean", large, "--max-mb", "1")
    assert done.returncode == 1
    assert "--max-mb" in done.stderr


def _command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
