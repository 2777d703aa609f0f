"""The article: what a user takes out of it, and in which forms."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cleaner import (
    Action,
    Article,
    Audio,
    Block,
    Caption,
    Cleaner,
    Clip,
    Credit,
    Decision,
    Evidence,
    Image,
    Label,
)
from cleaner.article import assemble
from cleaner.decision import Part

from .corpus import ROOT, SEEDS
from .strategies import SENTENCES

# Long enough to have a body: below 150 words a clip has no head and no tail.
PARAGRAPHS = [" ".join(SENTENCES[at : at + 5]) for at in range(4)]
STORY = "\n\n".join(
    [
        "Harbour crane stays where it is",
        "By Tove Brandt",
        "The crane at dusk on May 3, 2023. SPUTNIK/REUTERS",
        PARAGRAPHS[0],
        PARAGRAPHS[1],
        "Inside the bell tower 02:17",
        PARAGRAPHS[2],
        PARAGRAPHS[3],
        "Sign up for our newsletter",
    ]
)


@pytest.fixture(scope="module")
def story(cleaner_: Cleaner) -> Article:
    return cleaner_.clean(STORY, kind="text")


@pytest.fixture(scope="module")
def page(cleaner_: Cleaner) -> Article:
    return cleaner_.clean((SEEDS / "library.html").read_bytes(), kind="html")


# --- plain data


def test_the_json_of_an_article_is_its_dict(story: Article) -> None:
    assert json.loads(story.to_json()) == story.to_dict()


def test_some_fields_can_be_asked_for(page: Article) -> None:
    whole = page.to_dict()
    assert page.to_dict(["title", "captions"]) == {
        "title": whole["title"],
        "captions": whole["captions"],
    }
    with pytest.raises(ValueError, match="no field 'body'"):
        page.to_dict(["text", "body"])


def test_the_dict_holds_every_field(story: Article) -> None:
    data = story.to_dict()
    assert data["schema_version"] == 1
    assert data["text"] == story.text
    assert data["title"] == "Harbour crane stays where it is"
    assert data["byline"] == ["Tove Brandt"]
    assert data["captions"] == [
        {
            "text": "The crane at dusk on May 3, 2023.",
            "title": None,
            "credits": ["SPUTNIK/REUTERS"],
            "credit_parts": [
                {
                    "text": "SPUTNIK/REUTERS",
                    "photographers": [],
                    "agencies": ["SPUTNIK", "REUTERS"],
                    "rights_holder": None,
                    "licence": None,
                    "source": None,
                }
            ],
            "image": None,
            "after": 0,
        }
    ]
    assert data["videos"][0]["title"] == "Inside the bell tower"
    assert data["videos"][0]["duration"] == 137
    fields = {"kind", "url", "subtitle", "dateline", "published", "modified", "language", "site"}
    assert fields <= set(data)


def test_the_dict_holds_the_whole_ledger(story: Article) -> None:
    ledger = story.to_dict()["decisions"]
    assert [entry["text"] for entry in ledger] == STORY.split("\n\n")
    removed = [entry for entry in ledger if entry["action"] == "remove"]
    assert [(entry["text"], entry["label"]) for entry in removed] == [
        ("Sign up for our newsletter", "newsletter")
    ]
    assert removed[0]["evidence"][0]["id"]
    start, end = removed[0]["span"]
    assert STORY[start:end] == removed[0]["text"]


def test_json_is_one_line_unless_asked_otherwise(story: Article) -> None:
    assert "\n" not in story.to_json()
    assert json.loads(story.to_json(indent=2)) == json.loads(story.to_json())


def test_json_keeps_letters_readable(cleaner_: Cleaner) -> None:
    assert "größte Glocke 灯台" in cleaner_.clean("Die größte Glocke 灯台", "text").to_json()


def test_json_can_be_written_as_utf_8_whatever_the_clip_held(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(f"{SENTENCES[0]} \ud800 {SENTENCES[1]}", "text")
    assert json.loads(article.to_json().encode("utf-8"))["text"].startswith(SENTENCES[0])


# --- markdown


def front_matter(markdown: str) -> tuple[dict[str, Any], str]:
    """The front matter of a markdown text as YAML reads it, and what follows it."""
    head, body = markdown.removeprefix("---\n").split("\n---\n", 1)
    return yaml.safe_load(head), body.strip("\n")


NASTY = [
    "He said \"stop\" and 'go'",
    "One\n---\nevil: true",
    "---",
    "a: b # c",
    "- x",
    "{curly} [square] *star* &amp; !tag %x @y `z`",
    "back\\slash \\n",
    "tab\there",
]


def titled(cleaner_: Cleaner, title: str) -> Article:
    block = Block(0, SENTENCES[0], span=(0, len(SENTENCES[0])))
    clip = Clip("text", SENTENCES[0], (block,), facts={"title": title})
    return cleaner_.judge(clip)


@pytest.mark.parametrize("title", NASTY)
def test_no_title_breaks_the_front_matter(cleaner_: Cleaner, title: str) -> None:
    article = titled(cleaner_, title)
    assert article.title == title
    fields, body = front_matter(article.to_markdown())
    assert fields == {"title": title}
    assert body == SENTENCES[0]


@given(title=st.text(min_size=1))
def test_any_title_is_read_again_by_any_reader_of_yaml(cleaner_: Cleaner, title: str) -> None:
    markdown = titled(cleaner_, title).to_markdown()
    assert front_matter(markdown)[0] == {"title": title}
    # YAML ends a line at these and forbids the rest of the control characters: all of them
    # have to be escaped (YAML 1.2, 5.1 and 5.4; 1.1, 5.4 for U+0085, U+2028 and U+2029).
    head = markdown.split("\n---\n")[0]
    assert not set(head) & {chr(c) for c in (*range(9), *range(11, 32), *range(127, 160))}
    assert not set(head) & set("\u2028\u2029\ufffe\uffff")


def test_a_title_of_a_page_with_newlines_and_rules_stays_in_its_field(cleaner_: Cleaner) -> None:
    source = (
        '<meta property="og:title" content="One &quot;two&quot;&#10;---&#10;evil: true">'
        f"<p>{SENTENCES[0]}</p>"
    )
    fields, _ = front_matter(cleaner_.clean(source, "html").to_markdown())
    assert "evil" not in fields
    assert fields["title"].startswith('One "two"')


def test_markdown_has_the_metadata_and_the_text(page: Article) -> None:
    fields, body = front_matter(page.to_markdown())
    assert fields["title"] == "Library that lends people runs out of grandfathers"
    assert fields["author"] == ["Lavender Quist"]
    assert fields["site"] == "Coldbrook Courier"
    assert fields["source"] == "https://www.coldbrookcourier.example/life/people-library"
    assert body.startswith("# Library that lends people runs out of grandfathers\n\n")
    assert "\n\n## Rules of the loan\n\n- One person at a time\n- No notes" in body
    assert "\n\n> I had been waiting eleven years" in body


FRONT = """\
---
title: "Crane: stays"
author: Tove Brandt; Ines Falk
date: {0}
updated: 2023-10-08
---

{1}
"""


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("2023-10-07", datetime.date(2023, 10, 7)),
        ("2023-10-07T06:30", datetime.datetime(2023, 10, 7, 6, 30)),
        (
            "2023-10-07T06:30+02:00",
            datetime.datetime(2023, 10, 7, 6, 30, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_front_matter_holds_dates_and_lists(
    date: str, read: datetime.date, cleaner_: Cleaner
) -> None:
    article = cleaner_.clean(FRONT.format(date, PARAGRAPHS[0]), "markdown")
    fields, _ = front_matter(article.to_markdown())
    assert fields["date"] == read
    assert fields["updated"] == datetime.date(2023, 10, 8)
    assert fields["author"] == ["Tove Brandt", "Ines Falk"]
    assert fields["title"] == "Crane: stays"


def test_pictures_stand_in_markdown_over_their_captions_where_they_are_asked_for(
    page: Article,
) -> None:
    without, asked = page.to_markdown(), page.to_markdown(images=True)
    assert "![" not in without
    caption = next(caption for caption in page.captions if caption.image and caption.text)
    assert caption.image is not None
    assert f"]({caption.image.src})\n*{caption.text}" in asked
    blocks = [block for block in asked.split("\n\n") if not block.startswith("![")]
    assert [block for block in blocks if not block.startswith("*")] == without.split("\n\n")


# --- what stands about the story

ABOUT = [
    "Harbour crane stays where it is",
    "By Tove Brandt",
    "5 min read",
    "Listen to this article",
    f"OSK, Selland (AP) -- {PARAGRAPHS[0]}",
    *PARAGRAPHS[1:],
    "Correction: An earlier version of this article gave the wrong year.",
    "(Reporting by Tove Brandt; Editing by Ines Falk)",
    "Tove Brandt is a reporter at the Harbour News.",
]


@pytest.fixture(scope="module")
def about(cleaner_: Cleaner) -> Article:
    return cleaner_.clean("\n\n".join(ABOUT), "text")


def test_what_stands_about_the_story_is_in_its_fields(about: Article) -> None:
    assert about.corrections == [ABOUT[-3]]
    assert about.sources == [ABOUT[-2]]
    assert about.author_bios == [ABOUT[-1]]
    assert about.reading_minutes == 5
    assert about.audio == (Audio(None, None, 0),)
    for line in [*ABOUT[1:4], *ABOUT[-3:]]:
        assert line not in about.text


def test_the_dateline_is_taken_out_where_that_is_asked_for(about: Article) -> None:
    assert ABOUT[4] in about.text
    bare = about.without_dateline()
    assert bare == about.text.replace("OSK, Selland (AP) -- ", "")


def test_a_player_of_two_lines_is_one_recording(cleaner_: Cleaner) -> None:
    text = "\n\n".join([ABOUT[0], "Listen to this article", "Listen 3:14", *PARAGRAPHS])
    assert cleaner_.clean(text, "text").audio == (Audio(None, timedelta(seconds=194), 0),)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1:02:03", 3723),
        ("2:34", 154),
        ("2 min", 120),
        ("PT1H2M3S", 3723),
        ("pt90s", 90),
        ("", None),
    ],
)
def test_durations_are_read_in_all_their_forms(written: str, seconds: float | None) -> None:
    block = Block(0, f"Crane {written}")
    parts = (Part("title", 0, 5), Part("duration", 6, 6 + len(written)))
    proof = Evidence(Label.VIDEO, "rule", "video.x", parts=parts)
    article = assemble(
        Clip("text", block.text, (block,)),
        [Decision(block, Label.VIDEO, Action.METADATA, (proof,))],
    )
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert article.videos[0].duration == wanted


def test_markdown_tables_and_code_are_read_again() -> None:
    # By rules alone: a clip so short tells the classifier little about its table.
    rules_alone = Cleaner(model=False)
    source = (
        f"{SENTENCES[0]}\n\n| Tide | Hour |\n|---|---|\n| high | 06:12 |\n\n"
        f"```\n# no heading\n\nx = 1\n```\n\n{SENTENCES[1]}"
    )
    once = rules_alone.clean(source, "markdown")
    again = rules_alone.clean(once.to_markdown(), "markdown")
    assert again.text == once.text
    assert [b.kind for b in again.clip.blocks] == [b.kind for b in once.clip.blocks]


# --- assemble


def test_an_article_is_rebuilt_from_its_clip_and_decisions(story: Article, page: Article) -> None:
    for article in (story, page):
        assert assemble(article.clip, article.decisions) == article
        assert assemble(article.clip, list(article.decisions)).to_dict() == article.to_dict()


@pytest.mark.parametrize("change", ["none", "one less", "one more"])
def test_one_decision_for_each_block_or_none(story: Article, change: str) -> None:
    decisions = {
        "none": (),
        "one less": story.decisions[:-1],
        "one more": (*story.decisions, story.decisions[0]),
    }[change]
    with pytest.raises(ValueError, match="decisions for 9 blocks"):
        assemble(story.clip, decisions)


def corrected(article: Article, changes: Mapping[int, Label]) -> Article:
    """The article after a person gave the blocks at these places other labels."""
    decisions = [
        Decision(d.block, changes[at], changes[at].action, d.evidence) if at in changes else d
        for at, d in enumerate(article.decisions)
    ]
    return assemble(article.clip, decisions)


def test_a_person_puts_a_line_back(story: Article) -> None:
    back = corrected(story, {8: Label.PARAGRAPH})
    assert back.text == f"{story.text}\n\nSign up for our newsletter"


def test_a_person_takes_a_paragraph_out(story: Article) -> None:
    gone = corrected(story, {4: Label.ADVERTISEMENT})
    assert PARAGRAPHS[1] in story.text
    assert gone.text == story.text.replace(f"\n\n{PARAGRAPHS[1]}", "")


def test_a_person_makes_a_paragraph_a_caption(story: Article) -> None:
    more = corrected(story, {6: Label.CAPTION})
    assert [caption.text for caption in more.captions] == [story.captions[0].text, PARAGRAPHS[2]]
    assert PARAGRAPHS[2] not in more.text


def test_a_correction_leaves_the_first_article_as_it_was(story: Article) -> None:
    before = story.to_json()
    corrected(story, {4: Label.SHARE, 8: Label.PARAGRAPH})
    assert story.to_json() == before


def test_an_article_cannot_be_changed_by_accident(story: Article) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        story.text = "other"  # type: ignore[misc]  # what mypy forbids, Python must forbid too


# --- where things stood


def test_after_is_the_kept_block_that_a_picture_or_video_followed(story: Article) -> None:
    assert [caption.after for caption in story.captions] == [0]
    assert [video.after for video in story.videos] == [4]
    blocks = story.clip.blocks
    assert blocks[0].text == "Harbour crane stays where it is"
    assert blocks[4].text == PARAGRAPHS[1]


def test_a_picture_before_all_text_stands_after_nothing(cleaner_: Cleaner) -> None:
    caption = "The crane at dusk. Photo by Ines Falk / AFP"
    article = cleaner_.clean("\n\n".join([caption, *PARAGRAPHS]), "text")
    credit = Credit("Ines Falk / AFP", ("Ines Falk",), ("AFP",))
    caption_ = Caption("The crane at dusk.", None, (credit.text,), credit_parts=(credit,))
    assert article.captions == (caption_,)
    assert article.captions[0].after is None


def test_after_names_kept_blocks_alone(story: Article) -> None:
    places = [caption.after for caption in story.captions]
    places += [video.after for video in story.videos]
    assert len(places) == 2
    for place in places:
        assert place is not None
        assert story.decisions[place].action is Action.KEEP


def test_a_caption_under_the_headline_of_a_page_follows_no_block(page: Article) -> None:
    # Nothing but the headline stands above the lead picture, and that is beside the text.
    labels = [decision.label for decision in page.decisions]
    assert labels.index(Label.HEADLINE) < labels.index(Label.CAPTION)
    assert page.captions[0].after is None


def test_a_caption_has_the_image_of_its_figure(page: Article) -> None:
    caption = page.captions[0]
    assert caption.image == Image("/img/reading-room.jpg", "Two people at a table")
    assert caption.credits == ("Nell Sparrow/PA",)
    assert caption.text.endswith("the winter of 1963.")


def test_videos_have_their_duration(story: Article) -> None:
    assert [(v.title, v.duration) for v in story.videos] == [
        ("Inside the bell tower", timedelta(minutes=2, seconds=17))
    ]


# --- metadata of a page


def test_a_page_gives_its_metadata(page: Article) -> None:
    assert page.title == "Library that lends people runs out of grandfathers"
    assert page.byline == ["Lavender Quist"]
    assert (page.published or "")[:16] == "2023-10-07T06:30"
    assert (page.modified or "")[:16] == "2023-10-07T11:12"
    assert page.site == "Coldbrook Courier"
    assert page.language == "en"
    assert page.url == "https://www.coldbrookcourier.example/life/people-library"


META = """\
<html lang="de-AT"><head><title>Kran bleibt stehen | Kurier am Kai</title>
<meta property="og:title" content="Kran bleibt stehen">
<meta property="og:site_name" content="Kurier am Kai">
<meta name="author" content="Tove Brandt">
<meta property="article:published_time" content="2023-10-07T06:30:00+02:00">
</head><body><p>{0}</p></body></html>
"""
JSON_LD = """\
<html lang="de-AT"><head><title>Kran bleibt stehen | Kurier am Kai</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Kran bleibt stehen", "datePublished": "2023-10-07T06:30:00+02:00",
"author": {{"@type": "Person", "name": "Tove Brandt"}},
"publisher": {{"@type": "Organization", "name": "Kurier am Kai"}}}}</script>
</head><body><p>{0}</p></body></html>
"""


@pytest.mark.parametrize("head", [META, JSON_LD], ids=["meta", "json-ld"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Kran bleibt stehen"),
        ("byline", ["Tove Brandt"]),
        ("published", "2023-10-07"),
        ("site", "Kurier am Kai"),
        ("language", "de-AT"),
    ],
)
def test_meta_tags_and_json_ld_are_enough(
    cleaner_: Cleaner, head: str, field: str, value: object
) -> None:
    got = getattr(cleaner_.clean(head.format(SENTENCES[6]), "html"), field)
    assert (got[:10] if field == "published" else got) == value


def test_the_time_of_publication_is_read_from_json_ld(cleaner_: Cleaner) -> None:
    published = cleaner_.clean(JSON_LD.format(SENTENCES[6]), "html").published
    assert (published or "")[:16] == "2023-10-07T06:30"


def test_a_page_without_metadata_has_none(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(f"<p>{SENTENCES[0]}</p>", "html")
    assert (article.title, article.byline, article.published) == (None, [], None)
    assert (article.site, article.url, article.dateline) == (None,) * 3
    assert article.language in (None, "en")  # by the extra `language`, where it is installed


def test_the_clips_own_byline_outranks_the_page(cleaner_: Cleaner) -> None:
    body = "".join(f"<p>{text}</p>" for text in ["By Ines Falk", *PARAGRAPHS])
    page = META.replace("<p>{0}</p>", body).replace("de-AT", "en")
    assert cleaner_.clean(page, "html").byline == ["Ines Falk"]


def test_a_date_does_not_depend_on_the_clip_before(cleaner_: Cleaner) -> None:
    story = "\n\n".join(PARAGRAPHS)
    ambiguous = f"Crane stays\n\nPublished 03/04/2024\n\n{story}"
    assert cleaner_.clean(ambiguous, "text").published is None  # March or April: no guess
    ambiguous = f"Crane stays\n\nPublished 03/04/2024 9:15 AM EST\n\n{story}"
    others = ["Stand: 13.11.2023, 17:45 Uhr", "Publié le 13 novembre 2023", "Updated 23/11/2023"]
    first = cleaner_.clean(ambiguous, "text").published
    assert first is not None
    random.Random(3).shuffle(others)
    for other in others:
        _ = cleaner_.clean(f"Crane\n\n{other}\n\n{story}", "text").published
    assert cleaner_.clean(ambiguous, "text").published == first


def test_the_subtitle_is_the_line_that_the_page_names_so(cleaner_: Cleaner) -> None:
    story = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = f"<h1>Crane stays</h1><p class='standfirst'>What the town can pay for</p>{story}"
    article = cleaner_.clean(page, "html")
    assert article.subtitle == "What the town can pay for"
    assert "What the town can pay for" not in article.text
    note = f"---\ntitle: Crane\ndescription: A crane and its town\n---\n\n{PARAGRAPHS[0]}"
    assert cleaner_.clean(note, "markdown").subtitle == "A crane and its town"


def test_many_clips_are_cleaned_in_order_and_one_at_a_time(cleaner_: Cleaner) -> None:
    asked: list[int] = []

    def clips() -> Iterator[str]:
        for number in range(3):
            asked.append(number)
            yield f"Crane {number}\n\n{PARAGRAPHS[0]}\n\nShare this article"

    articles = cleaner_.clean_many(clips(), "text")
    assert asked == []
    assert next(articles).text.startswith("Crane 0")
    assert asked == [0]
    assert [article.text[:7] for article in articles] == ["Crane 1", "Crane 2"]


# --- what is loaded when


def loaded_after(code: str) -> set[str]:
    """The top-level modules that are loaded once a process of its own has run `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"import cleaner\n{code}\nimport sys; print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


HTML = "cleaner.clean('<title>Crane</title><p>The crane stays.</p>', 'html')"


def test_the_text_of_a_page_is_read_without_trafilatura() -> None:
    loaded = loaded_after(f"a = {HTML}; a.text, a.captions, a.videos, a.decisions")
    assert "lxml" not in loaded
    assert "trafilatura" not in loaded


def test_trafilatura_is_asked_for_what_a_page_does_not_say() -> None:
    assert loaded_after(f"{HTML}.title") & {"trafilatura", "htmldate"} == set()
    assert "trafilatura" in loaded_after(f"{HTML}.byline")
    assert "htmldate" in loaded_after(f"{HTML}.published")


def test_a_text_clip_pays_for_no_html_library() -> None:
    loaded = loaded_after("cleaner.clean('The crane stays.', 'text').to_json()")
    assert loaded & {"lxml", "trafilatura", "charset_normalizer"} == set()


# --- the language


GERMAN = (
    "Der Rat der kleinen Stadt hat am Dienstag zwei Stunden lang über den neuen Anleger beraten,"
    " und die Kosten sind für viele noch zu hoch, auch wenn der Bürgermeister das nicht glaubt."
)


def test_the_language_is_that_of_the_caller_of_the_clip_or_of_its_words(cleaner_: Cleaner) -> None:
    assert cleaner_.clean(GERMAN, "text").language == "de"
    assert cleaner_.clean(GERMAN, "text", language="de-AT").language == "de-AT"
    assert cleaner_.clean(f"<html lang='de-CH'><p>{GERMAN}", "html").language == "de-CH"
    assert cleaner_.clean("Osk 3 : 1 Varn", "text").language is None
    both = "\n\n".join([GERMAN, *PARAGRAPHS])
    assert cleaner_.clean(both, "text").language == "en"
    assert GERMAN in cleaner_.clean(both, "text").text


NORWEGIAN = (
    "Fergen til Tarnholm gikk i morges med førti passasjerer, et hornorkester og en geit om bord. "
    "Billetten koster fire kroner hver vei, og barn reiser gratis den første måneden."
)


def test_a_language_that_no_rule_speaks_is_not_taken_for_another(cleaner_: Cleaner) -> None:
    assert cleaner_.clean(f"{NORWEGIAN}\n\n{NORWEGIAN}", "text").language in (None, "no")


def test_the_detector_knows_a_language_that_no_rule_speaks(cleaner_: Cleaner) -> None:
    pytest.importorskip("py3langid", reason="the extra `language` is not installed")
    assert cleaner_.clean(NORWEGIAN, "text").language == "no"
    assert cleaner_.clean("Nowy most", "text").language is None
