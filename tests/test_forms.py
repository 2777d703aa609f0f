"""Saved pages as people have them: each form gives the article of the plain page that it holds.

`fixtures/forms/forms.json` says of each file which pages are in it, and what its form knows of
them. The pages themselves lie in `fixtures/forms/plain`.
"""

from __future__ import annotations

import email
import email.policy
import gzip
import html.parser
import io
import itertools
import json
import plistlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

import cleaner
from cleaner import Action, Article, Cleaner, Clip, DamagedError, InputError
from cleaner.readers import read
from cleaner.readers.forms import names, unfold
from cleaner.readers.forms.budget import Budget

from .corpus import FORMS, ROOT

EXPECTED: dict[str, dict[str, Any]] = json.loads((FORMS / "forms.json").read_text("utf-8"))
SAVED = sorted(name for name in EXPECTED if not name.startswith("plain/"))
ONE_PAGE = [name for name in SAVED if len(EXPECTED[name]["pages"]) == 1]
MANY_PAGES = [name for name in SAVED if len(EXPECTED[name]["pages"]) > 1]
MARKDOWN_MARKS = re.compile(r"^#+ ", re.M)


def path(name: str) -> Path:
    return FORMS / name


@pytest.fixture(scope="module")
def plain(cleaner_: Cleaner) -> dict[str, Article]:
    """The articles of the plain pages."""
    files = sorted((FORMS / "plain").iterdir())
    return {file.stem: cleaner_.clean(file.read_bytes()) for file in files}


def articles(name: str, judge: Cleaner) -> list[Article]:
    return list(judge.clean_archive(path(name)))


# --- what each form gives


def test_each_form_has_three_files_or_more() -> None:
    folders = {folder.name for folder in FORMS.iterdir() if folder.is_dir()}
    count = {folder: sum(name.startswith(f"{folder}/") for name in EXPECTED) for folder in folders}
    assert {folder: number for folder, number in count.items() if number < 3} == {}
    files = {str(file.relative_to(FORMS)) for file in FORMS.glob("*/*")}
    assert files - set(EXPECTED) == {"mhtml/chrome--frames.mhtml"}
    covered = {form for wanted in EXPECTED.values() for form in wanted["forms"]}
    assert covered >= set(names())


@pytest.mark.parametrize("name", SAVED)
def test_a_form_gives_the_article_of_the_page_that_it_holds(
    name: str, plain: dict[str, Article], cleaner_: Cleaner
) -> None:
    found = articles(name, cleaner_)
    wanted = EXPECTED[name]["pages"]
    assert len(found) == len(wanted)
    for article, page in zip(found, wanted, strict=True):
        if name.startswith("wet/"):
            # The page is a plain text; what of its chrome is known there is another matter.
            text = cleaner_.clean(article.clip.source, kind="text").text
            assert article.text == text
            assert paragraphs(plain[page].text) <= paragraphs(text)
        elif EXPECTED[name].get("text"):
            assert headless(article) == plain[page].text
            assert article.title == plain[page].title
            assert article.byline == plain[page].byline
        else:
            assert article.text == plain[page].text
            assert article.title == plain[page].title
            assert article.byline == plain[page].byline
            assert [c.text for c in article.captions] == [c.text for c in plain[page].captions]


def paragraphs(text: str) -> set[str]:
    return {line for line in text.split("\n") if line}


def headless(article: Article) -> str:
    """The text without the headline, which text and markdown keep in it."""
    text = MARKDOWN_MARKS.sub("", article.text)
    return text.removeprefix(f"{article.title}\n\n")


@pytest.mark.parametrize("name", SAVED)
def test_a_form_says_where_and_when_its_page_was_saved(name: str, cleaner_: Cleaner) -> None:
    wanted = EXPECTED[name]
    for at, article in enumerate(articles(name, cleaner_)):
        origin = article.origin or cleaner.Origin()
        assert list(origin.forms) == wanted["forms"]
        assert article.url == (wanted["url"][at] if wanted["url"] else None)
        assert origin.status == wanted.get("status", 200 if "warc" in origin.forms else None)
        if wanted["date"] is None:
            assert origin.date is None
        else:
            assert (origin.date or "").replace("Z", "+00:00").startswith(wanted["date"])
        assert [note for note in origin.notes if wanted.get("note", "\0") not in note] == []
        assert len(origin.notes) == ("note" in wanted)


@pytest.mark.parametrize("name", ONE_PAGE)
def test_bytes_give_what_the_file_gives(name: str, cleaner_: Cleaner) -> None:
    data = path(name).read_bytes()
    assert cleaner_.clean(data).to_json() == articles(name, cleaner_)[0].to_json()


@pytest.mark.parametrize("name", MANY_PAGES)
def test_one_page_of_several_is_not_chosen_for_the_user(name: str, cleaner_: Cleaner) -> None:
    with pytest.raises(cleaner.ManyPagesError, match="clean_archive"):
        cleaner_.clean(path(name).read_bytes())


@pytest.mark.parametrize(
    "name",
    [
        "eml/newsletter--tide-mill.eml",
        "mhtml/chrome--tide-mill.mhtml",
        "enex/evernote--tide-mill.enex",
        "json/firecrawl-scrape--ferry-cat.json",
    ],
)
def test_a_form_that_was_read_as_text_is_taken_apart_as_well(name: str, cleaner_: Cleaner) -> None:
    source = path(name).read_bytes().decode()
    assert cleaner_.clean(source).text == cleaner_.clean(source.encode()).text
    assert cleaner_.clean(source).origin is not None


def test_a_kind_that_is_named_takes_the_bytes_as_they_are_once_unpacked(cleaner_: Cleaner) -> None:
    page = path("plain/tide-mill.html").read_bytes()
    assert cleaner_.clean(gzip.compress(page), kind="text").clip.source == page.decode()
    mail = path("eml/newsletter--tide-mill.eml").read_bytes()
    article = cleaner_.clean(mail, kind="text")
    assert article.clip.source == mail.decode()
    assert article.origin is None


def test_a_plain_page_has_no_origin(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path("plain/tide-mill.html").read_bytes())
    assert article.origin is None
    assert article.to_dict()["origin"] is None


def test_the_callers_address_outranks_that_of_the_form(cleaner_: Cleaner) -> None:
    data = path("mhtml/chrome--tide-mill.mhtml").read_bytes()
    article = cleaner_.clean(data, url="http://mirror.example/mill")
    assert article.url == "http://mirror.example/mill"
    assert article.origin is not None
    assert article.origin.url == "http://gazette.example/harbour/tide-mill.html"


# --- nothing lost


class _Visible(html.parser.HTMLParser):
    """The text of a page by the standard library's parser, for comparison."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        held = dict(attrs).get("srcdoc")
        if held:
            self.pieces += visible(held)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces += re.findall(r"\w+", data)


def visible(page: str) -> list[str]:
    parser = _Visible()
    parser.feed(page)
    parser.close()
    return parser.pieces


def _of_mail(data: bytes) -> Iterator[str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    yield from re.findall(r"\w+", message["Subject"])
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = cast(bytes, part.get_payload(decode=True))
            yield from visible(content.decode(part.get_content_charset() or "utf-8"))


def _of_archive(data: bytes) -> Iterator[str]:
    def each(archive: dict[str, Any]) -> Iterator[str]:
        main = archive["WebMainResource"]
        yield from visible(main["WebResourceData"].decode(main["WebResourceTextEncodingName"]))
        for frame in archive.get("WebSubframeArchives", ()):
            yield from each(frame)

    yield from each(plistlib.loads(data))


def _of_enex(data: bytes) -> Iterator[str]:
    for note in ET.fromstring(data).iter("note"):
        yield from re.findall(r"\w+", note.findtext("title") or "")
        yield from visible((note.findtext("content") or "").partition("<en-note>")[2])


def _of_json(data: bytes) -> Iterator[str]:
    for line in data.decode().split("\n{") if data.startswith(b'{"markdown') else [data.decode()]:
        value = json.loads(line if line.startswith("{") else "{" + line)
        found = value.get("data", value)
        for entry in found if isinstance(found, list) else [found]:
            page = entry.get("rawHtml")
            text = entry.get("markdown") or entry.get("content") or ""
            yield from visible(page) if page else re.findall(r"\w+", text)


def _of_plain(name: str) -> Iterator[str]:
    for page in EXPECTED[name]["pages"]:
        yield from visible(path(f"plain/{page}.html").read_text("utf-8"))


def words_of(name: str) -> Iterator[str]:
    """The words that a reader of the file sees, found by other means than the package's."""
    data = path(name).read_bytes()
    folder = name.partition("/")[0]
    if folder in ("mhtml", "eml"):
        yield from _of_mail(data)
    elif folder in ("webarchive", "enex", "json"):
        yield from {"webarchive": _of_archive, "enex": _of_enex, "json": _of_json}[folder](data)
    elif folder in ("warc", "packed"):
        yield from _of_plain(name)
    elif folder == "wet":
        for record in re.split(rb"WARC/1\.0\r\n", gzip.decompress(data) if data[0] == 31 else data):
            yield from re.findall(r"\w+", record.partition(b"\r\n\r\n")[2].decode())
    elif folder == "obsidian":
        yield from re.findall(r"\w+", data.decode())
    else:
        yield from visible(data.decode("cp1252" if "internet-explorer" in name else "utf-8"))


def ledger(article: Article) -> Iterator[str]:
    """All that an article holds: text, metadata and what was removed, with where links lead."""
    for decision in article.decisions:
        yield decision.block.text
        yield from (image.alt + " " + image.src for image in decision.block.images)
        yield from (link.href for link in decision.block.links)
    yield from (article.title or "", article.site or "", article.url or "", *article.byline)
    yield from article.clip.facts.values()


@pytest.mark.parametrize("name", [*SAVED, "mhtml/chrome--frames.mhtml"])
def test_every_visible_word_of_a_form_is_in_text_metadata_or_removed(
    name: str, cleaner_: Cleaner
) -> None:
    held = {
        word
        for article in articles(name, cleaner_)
        for line in ledger(article)
        for word in re.findall(r"\w+", line)
    }
    wanted = list(words_of(name))
    assert len("".join(wanted)) > 300
    assert [word for word in wanted if word not in held] == []


# --- single forms


def texts(clip: Clip) -> list[str]:
    return [block.text for block in clip.blocks]


def test_the_waybacks_toolbar_leaves_and_its_addresses_are_the_pages_own(
    cleaner_: Cleaner,
) -> None:
    article = cleaner_.clean(path("wayback/2024--tide-mill.html").read_bytes())
    gone = [d.block.text for d in article.decisions if d.action is Action.REMOVE]
    assert any("7 captures" in text for text in gone)
    assert any(text.startswith("The Wayback Machine - ") for text in gone)
    links = [link.href for d in article.decisions for link in d.block.links]
    assert "/harbour/bell.html" not in links
    assert "http://gazette.example/harbour/bell.html" in links
    image = article.captions[0].image
    assert image is not None
    assert image.src == "http://gazette.example/img/wheel.png"


def test_a_pages_own_links_into_the_archive_stay() -> None:
    page = (
        '<html><script>__wm.wombat("http://osk.example/","20240101000000","x")</script>'
        '<a href="/web/20240101000000/https://web.archive.org/web/2010/http://a.example/">Old</a>'
        "<p>See https://web.archive.org/web/2010/http://b.example/ for more.</p>"
    )
    clip = read(page)
    assert clip.blocks[0].links[0].href == "https://web.archive.org/web/2010/http://a.example/"
    assert texts(clip)[1] == "See https://web.archive.org/web/2010/http://b.example/ for more."


def test_pictures_written_out_in_a_page_do_not_fill_the_article(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path("singlefile/firefox--tide-mill.html").read_bytes())
    assert "AAAAAAAA" not in article.to_json()
    assert article.captions[0].image is not None


@pytest.mark.parametrize("mark", ["shadowrootmode", "shadowroot", "shadowmode"])
def test_what_stands_in_shadow_dom_is_seen_and_a_template_is_not(mark: str) -> None:
    page = (
        f'<x-story><template {mark}="open"><p>Shown.</p><template><p>Stamp.</p></template>'
        "</template></x-story><template><p>Mould.</p></template><p>End.</p>"
    )
    clip = read(f"<!doctype html><html><body>{page}")
    hidden = {block.text: bool(block.inside & 4096) for block in clip.blocks}
    assert hidden == {"Shown.": False, "Stamp.": True, "Mould.": True, "End.": False}


def test_frames_and_shadow_dom_of_chromes_mhtml_are_read(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path("mhtml/chrome--frames.mhtml").read_bytes())
    blocks = [d.block.text for d in article.decisions]
    tide = next(at for at, text in enumerate(blocks) if "High water" in text)
    assert blocks.index(next(t for t in blocks if t.startswith("The figures"))) < tide
    assert tide < blocks.index(next(t for t in blocks if t.startswith("Since the spring")))
    assert "Notes of the harbour master are written on the door" in article.text


def mhtml(*parts: tuple[str, str]) -> bytes:
    head = "From: <Saved by Blink>\nSubject: Osk\nMIME-Version: 1.0\n"
    head += 'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n'
    pieces = (f"--b\nContent-Type: text/html\nContent-Location: {u}\n\n{t}\n" for u, t in parts)
    return (head + "".join(pieces) + "--b--\n").encode()


def test_frames_that_hold_each_other_come_to_an_end() -> None:
    one = '<p>One.</p><iframe src="two.html"></iframe>'
    two = '<p>Two.</p><iframe src="one.html"></iframe>'
    clip = read(mhtml(("http://o.example/one.html", one), ("http://o.example/two.html", two)))
    assert texts(clip) == ["One.", "Two."]


def test_a_page_of_an_mhtml_that_no_frame_shows_is_not_lost() -> None:
    clip = read(mhtml(("http://o.example/", "<p>One.</p>"), ("http://o.example/x", "<p>Two.</p>")))
    assert texts(clip) == ["One.", "Two."]


@pytest.mark.parametrize("stray", ["</iframe><p>Three.</p>", "<!-- ", "<script>", "<iframe>"])
def test_a_frame_cannot_break_out_of_its_place(stray: str) -> None:
    page = (
        f'<p>One.</p><iframe srcdoc="<p>Two.</p>{stray.replace(chr(34), "")}"></iframe><p>End.</p>'
    )
    assert texts(read(f"<!doctype html><body>{page}"))[:2] == ["One.", "Two."]
    assert texts(read(f"<!doctype html><body>{page}"))[-1] == "End."


def test_of_a_mails_alternatives_the_html_is_read_once(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path("eml/newsletter--tide-mill.eml").read_bytes())
    assert article.kind == "html"
    assert article.text.count("Forty volunteers") == 1
    assert article.published == "2024-03-12T07:30:00+00:00"


MAIL = """\
Received: from mx.osk.example
From: "Tove Brandt" <tove@osk.example>
To: all@osk.example
Subject: =?iso-8859-1?Q?Die_M=FChle?=
Date: Fri, 1 Mar 2024 08:00:00 +0100
Message-ID: <1@osk.example>
MIME-Version: 1.0
"""


def test_a_mail_in_plain_text_is_a_text_with_its_head_as_metadata(cleaner_: Cleaner) -> None:
    body = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"
    data = (MAIL + body + "Die Mühle mahlt wieder, und das Brot ist gut.\n").encode("latin-1")
    article = cleaner_.clean(data)
    assert (article.kind, article.title, article.byline) == ("text", "Die Mühle", ["Tove Brandt"])
    assert article.published == "2024-03-01T08:00:00+01:00"
    assert article.text == "Die Mühle mahlt wieder, und das Brot ist gut."


def test_a_mail_in_a_mail_is_read_with_its_subject() -> None:
    inner = "From: Ines Falk <i@osk.example>\nSubject: Bread\n\nThe bread is good.\n"
    data = MAIL + (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n"
        f"--b\nContent-Type: message/rfc822\n\n{inner}--b--\n"
    )
    shown = texts(read(data.encode()))
    assert shown[0] == "See below."
    assert {"Subject: Bread", "The bread is good."} <= set(shown)


def test_a_text_that_begins_like_a_letter_is_no_mail(cleaner_: Cleaner) -> None:
    text = "From: the harbour\nSubject: herons\nDate: Friday\n\nThe heron has left the bow again."
    assert cleaner_.clean(text.encode()).origin is None


def test_an_entity_of_an_evernote_export_is_neither_read_nor_spread(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Nobody reads this.")
    data = (
        '<?xml version="1.0"?><!DOCTYPE en-export [<!ENTITY file SYSTEM '
        f'"{secret.as_uri()}"><!ENTITY lol "lol"><!ENTITY lols "&lol;&lol;&lol;">]>'
        "<en-export><note><title>&file; &lols; Osk</title><content>&lt;en-note&gt;&lt;p&gt;The "
        "mill grinds.&lt;/p&gt;&lt;/en-note&gt;</content></note></en-export>"
    )
    article = cleaner.clean(data.encode())
    assert "Nobody" not in article.to_json()
    assert "lollol" not in article.to_json()
    assert article.text == "The mill grinds."


def test_json_that_is_no_clip_is_refused_by_name() -> None:
    with pytest.raises(cleaner.UnknownFormError, match="Firecrawl"):
        cleaner.clean(b'{"status": "ok", "data": {"count": 3}}')


def test_a_service_that_gives_html_and_markdown_gives_one_article(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(path("json/firecrawl-scrape--ferry-cat.json").read_bytes())
    assert article.kind == "html"


# --- packed, and not known


@pytest.mark.parametrize("suffix", ["gz", "zst", "br"])
@pytest.mark.parametrize("size", [100, 300_000, 3_000_000])
def test_a_packed_page_of_any_size_is_whole(suffix: str, size: int) -> None:
    words = " ".join(f"word{number}" for number in range(size // 10))
    source = f"<!doctype html><html><body><pre>{words}</pre></body></html>"
    clip = read(_packed(source.encode(), suffix))
    assert clip.source == source
    assert clip.origin is not None
    assert clip.origin.notes == ()


def test_layers_may_be_in_any_order(cleaner_: Cleaner, plain: dict[str, Article]) -> None:
    data = path("mhtml/chrome--tide-mill.mhtml").read_bytes()
    article = cleaner_.clean(gzip.compress(gzip.compress(data)))
    assert article.text == plain["tide-mill"].text
    assert article.origin is not None
    assert article.origin.forms == ("gzip", "gzip", "mhtml")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00word", "a ZIP"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "a program"),
        (bytes(range(256)) * 8, "no text"),
    ],
)
def test_what_no_reader_reads_is_refused_with_the_forms_that_are_known(
    data: bytes, what: str
) -> None:
    with pytest.raises(cleaner.UnknownFormError, match=what) as caught:
        cleaner.clean(data)
    assert all(form in str(caught.value) for form in names())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["MZ was the name of the boat.", "ID3 is on the door.", "RIFF!"])
def test_a_text_that_begins_as_a_file_does_is_a_text(text: str, cleaner_: Cleaner) -> None:
    assert cleaner_.clean(text.encode()).text == text


def test_a_bomb_ends_in_its_error() -> None:
    bomb = gzip.compress(bytes(20_000_000))
    budget = Budget(cleaner.Limits(unpacked_bytes=1_000_000))
    with pytest.raises(cleaner.UnpackedLimitError, match="once unpacked"):
        list(unfold(cast(BinaryIO, io.BytesIO(bomb)), budget, packed_only=True))


def test_layers_without_end_end_in_an_error() -> None:
    data = b"The mill grinds."
    for _ in range(20):
        data = gzip.compress(data)
    with pytest.raises(cleaner.LimitError, match="layers"):
        cleaner.clean(data)
    mail = MAIL
    for at in range(40):
        mail += f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n"
    with pytest.raises(cleaner.LimitError, match="layers"):
        cleaner.clean(mail.encode())


# --- damage


def damaged(name: str, keep: float) -> bytes:
    data = path(name).read_bytes()
    return data[: int(len(data) * keep)]


@pytest.mark.parametrize("suffix", ["gz", "zst", "br"])
def test_a_packed_page_that_is_cut_off_is_read_as_far_as_it_goes(
    suffix: str, tmp_path: Path, cleaner_: Cleaner
) -> None:
    page = path("plain/tide-mill.html").read_text("utf-8") + "<p>" + "tail " * 40_000
    data = _packed(page.encode(), suffix)
    file = tmp_path / f"page.html.{suffix}"
    file.write_bytes(data[:-1])
    article = next(cleaner_.clean_archive(file))
    assert "Forty volunteers" in article.text
    assert article.origin is not None
    assert "cannot be unpacked" in article.origin.notes[0]


def _packed(data: bytes, suffix: str) -> bytes:
    if suffix == "gz":
        return gzip.compress(data)
    if suffix == "br":
        return bytes(pytest.importorskip("brotli").compress(data))
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return bytes(pytest.importorskip(name).compress(data))


def test_of_a_packed_file_nothing_of_which_can_be_read_the_error_says_so() -> None:
    with pytest.raises(DamagedError, match="the gzip cannot be unpacked beyond byte 0"):
        cleaner.clean(b"\x1f\x8b\x08\x00garbage that is no deflate stream")


def test_an_mhtml_that_is_cut_off_is_read_and_says_so(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(damaged("mhtml/chrome--ferry-cat.mhtml", 0.8))
    assert "渡し船" in article.text
    assert article.origin is not None
    assert "cut off" in article.origin.notes[0]


def test_an_mhtml_without_a_page_is_an_error() -> None:
    with pytest.raises(DamagedError, match="no HTML"):
        cleaner.clean(b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: image/png\n\nx")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_broken_web_archive_is_an_error(keep: float) -> None:
    with pytest.raises(DamagedError, match="property list"):
        cleaner.clean(damaged("webarchive/safari--tide-mill.webarchive", keep))


def test_a_property_list_of_something_else_is_an_error() -> None:
    data = plistlib.dumps({"name": "Osk"}, fmt=plistlib.FMT_BINARY)
    with pytest.raises(DamagedError, match="no web archive"):
        cleaner.clean(data)


def test_a_number_for_the_page_of_a_web_archive_is_no_page() -> None:
    """`bytes` of a number would be as many zeros."""
    main = {"WebResourceData": 10**9, "WebResourceMIMEType": 7, "WebResourceURL": 9}
    frames = [{"WebMainResource": {"WebResourceData": b"<p>The mill turns.", "WebResourceURL": 1}}]
    data = plistlib.dumps({"WebMainResource": main, "WebSubframeArchives": [*frames, 5]})
    article = cleaner.clean(data, limits=cleaner.Limits(unpacked_bytes=100_000))
    assert article.text == "The mill turns."


@pytest.mark.parametrize("bad", ['xml:id="a&#10;b"', 'xmlns="a&#10;b"', 'title="a\nb" title="c"'])
def test_an_error_in_an_export_is_told_in_one_line(bad: str) -> None:
    note = f"<en-export><note {bad}><content>The mill turns.</content></note><note"
    with pytest.raises(DamagedError) as caught:
        list(cleaner.clean_archive(note.encode()))
    (problem,) = caught.value.problems
    assert len(str(caught.value).splitlines()) == len(problem.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("warc/wget--three-pages.warc", 2),
        ("enex/evernote--three-notes.enex", 2),
        ("json/firecrawl--three-lines.jsonl", 2),
    ],
)
def test_what_is_whole_of_a_cut_archive_is_given_and_the_rest_is_named(
    name: str, whole: int, tmp_path: Path, cleaner_: Cleaner
) -> None:
    file = tmp_path / Path(name).name
    file.write_bytes(damaged(name, 0.75))
    pages: list[Article] = []
    with pytest.raises(DamagedError) as caught:
        pages.extend(cleaner_.clean_archive(file))
    assert len(pages) >= whole
    assert len(caught.value.problems) == 1


def record(url: str, body: bytes, *headers: str, kind: str = "text/html") -> bytes:
    """A WARC record of a response."""
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {kind}", *headers]) + "\r\n\r\n"
    block = head.encode() + body
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Date: 2024-05-06T07:08:09Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    ).encode() + block + b"\r\n\r\n"  # fmt: skip


def page(number: int, filling: int = 0) -> bytes:
    scripts = f"<script>{'x' * filling}</script>"
    return f"<html><body>{scripts}<p>Page {number} of the mill's book.</p></body></html>".encode()


def all_of(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    """The texts of an archive's pages, and the problems that were named."""
    found: list[str] = []
    try:
        archive = cast(BinaryIO, io.BytesIO(data))
        # What came before an error is in the list.
        found.extend(article.text for article in cleaner.clean_archive(archive))
    except DamagedError as error:
        return found, error.problems
    return found, ()


def test_a_warc_goes_on_behind_what_is_no_record() -> None:
    one, two = record("http://o.example/1", page(1)), record("http://o.example/2", page(2))
    found, problems = all_of(one + b"spilt ink\r\n" * 9 + two)
    assert found == ["Page 1 of the mill's book.", "Page 2 of the mill's book."]
    assert problems == ("99 bytes that are no WARC record",)


def test_a_warc_goes_on_behind_a_record_without_a_length() -> None:
    one, two = record("http://o.example/1", page(1)), record("http://o.example/2", page(2))
    broken = re.sub(rb"(?m)^Content-Length: \d+\r\n", b"Content-Length: long\r\n", one)
    found, problems = all_of(broken + two)
    assert found == ["Page 2 of the mill's book."]
    assert problems == ("the record of http://o.example/1 does not say how long it is",)


def test_a_record_whose_encoding_nobody_knows_is_named() -> None:
    odd = record("http://o.example/1", b"?", "Content-Encoding: sdch")
    found, problems = all_of(odd + record("http://o.example/2", page(2)))
    assert found == ["Page 2 of the mill's book."]
    assert "http://o.example/1" in problems[0]
    assert "sdch" in problems[0]


def test_many_problems_are_counted_and_not_all_kept() -> None:
    odd = b"".join(record(f"http://o.example/{n}", b"?", "Content-Encoding: x") for n in range(99))
    _, problems = all_of(odd)
    assert len(problems) == 21
    assert problems[-1] == "and 79 more"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_a_body_whose_encoding_was_taken_off_already_is_read(encoding: str) -> None:
    data = record("http://o.example/", page(7), f"Content-Encoding: {encoding}")
    assert all_of(data) == (["Page 7 of the mill's book."], ())


def test_a_response_that_says_chunked_and_is_not_is_read() -> None:
    data = record("http://o.example/", page(7), "Transfer-Encoding: chunked")
    assert all_of(data) == (["Page 7 of the mill's book."], ())


def test_pictures_redirects_and_requests_are_no_pages() -> None:
    image = record("http://o.example/i.png", b"\x89PNG", kind="image/png")
    away = record("http://o.example/away", b"", "Location: /")
    asked = record("http://o.example/", b"<p>Asked.").replace(b"Type: response", b"Type: request")
    assert all_of(image + away + asked + record("http://o.example/", page(3)))[0] == [
        "Page 3 of the mill's book."
    ]


@pytest.mark.parametrize("source", [io.StringIO("<p>Text."), 3, None])
def test_what_is_no_archive_is_refused(source: object) -> None:
    with pytest.raises(InputError, match="path, bytes or a stream"):
        list(cleaner.clean_archive(source))  # type: ignore[arg-type]  # what is tested


def test_an_archive_may_be_bytes() -> None:
    data = record("http://o.example/1", page(1)) + record("http://o.example/2", page(2))
    assert len(list(cleaner.clean_archive(data))) == 2


def test_an_archive_without_a_page_is_an_error() -> None:
    with pytest.raises(InputError, match="no page"):
        cleaner.clean(record("http://o.example/i.png", b"\x89PNG", kind="image/png"))


def test_the_header_names_the_encoding_of_a_page() -> None:
    body = "<html><body><p>Zwölf Möwen saßen auf der Mühle.</p></body></html>".encode("cp1252")
    data = record("http://o.example/", body, kind="text/html; charset=ISO-8859-1")
    assert all_of(data)[0] == ["Zwölf Möwen saßen auf der Mühle."]
    czech = "<html><body><p>Žluťoučký kůň úpěl.</p></body></html>".encode("cp1250")
    data = record("http://o.example/", czech, kind="text/html; charset=windows-1250")
    assert all_of(data)[0] == ["Žluťoučký kůň úpěl."]


# --- many pages


class Endless(io.RawIOBase):
    """A WARC without an end."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.waiting = b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.waiting:
            self.waiting = record("http://o.example/", page(next(self.numbers), 200_000))
        piece, self.waiting = self.waiting[: len(buffer)], self.waiting[len(buffer) :]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def test_pages_are_given_while_the_archive_is_read() -> None:
    source = Endless()
    found = cleaner.clean_archive(cast(BinaryIO, source))
    assert [article.text for article in itertools.islice(found, 3)] == [
        f"Page {number} of the mill's book." for number in (1, 2, 3)
    ]
    assert source.given < 2_000_000


def test_memory_does_not_grow_with_the_number_of_pages() -> None:
    code = """
import itertools, resource, cleaner
from tests.test_forms import Endless
pages = cleaner.clean_archive(Endless())
for article in itertools.islice(pages, 20): pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for article in itertools.islice(pages, 250): pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    pytest.importorskip("resource")
    # 50 MB of pages pass through.
    assert int(_run(code).stdout) < 10_000


def _run(code: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=check, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("packed/tide-mill.html.zst", "backports.zstd", "zst"),
        ("packed/tide-mill.html.br", "brotli", "br"),
    ],
)
def test_a_missing_library_is_one_line_that_names_the_extra(
    name: str, module: str, extra: str
) -> None:
    code = f"""
import sys
sys.modules[{module!r}] = sys.modules["compression.zstd"] = None
import cleaner
try:
    list(cleaner.clean_archive({str(path(name))!r}))
except cleaner.MissingExtraError as error:
    print(error)
"""
    said = _run(code).stdout.splitlines()
    assert len(said) == 1
    assert f"web-clip-cleaner[{extra}]" in said[0]


# --- the command


def command(*arguments: object, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        cwd=ROOT, input=data, capture_output=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_command_cleans_all_pages_of_an_archive(tmp_path: Path) -> None:
    archive = path("warc/wget--three-pages.warc")
    assert command("clean", archive, "-o", f"{tmp_path}/").returncode == 0
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == [f"wget--three-pages-000{number}.txt" for number in (1, 2, 3)]
    lines = command("clean", archive, "-f", "jsonl").stdout.decode().splitlines()
    assert [json.loads(line)["url"] for line in lines] == EXPECTED["warc/wget--three-pages.warc"][
        "url"
    ]
    shown = command("clean", archive).stdout.decode()
    assert shown.count("==> ") == 3
    assert f"==> {archive}, page 3 <==" in shown


def test_the_command_reads_a_form_from_a_pipe() -> None:
    name = "packed/tide-mill.html.gz"
    done = command("clean", "-", data=path(name).read_bytes())
    assert done.stdout.decode().startswith("The wheel of the tide mill")


def test_several_pages_are_no_single_json(tmp_path: Path) -> None:
    done = command("clean", "-f", "json", path("warc/wget--three-pages.warc"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"jsonl" in done.stderr


def test_the_command_gives_what_is_whole_and_fails_with_the_rest_named(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc"
    file.write_bytes(damaged("warc/wget--three-pages.warc", 0.75))
    done = command("clean", "-f", "jsonl", file)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.count(b"\n") == 1


def test_the_command_says_what_of_a_page_was_not_read() -> None:
    done = command("clean", path("eml/latin1-with-attachment--moorbahn.eml"))
    assert done.returncode == 0
    assert b"tides.pdf" in done.stderr
