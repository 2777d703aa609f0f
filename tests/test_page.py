"""What a page says of itself: its JSON-LD, its dates, its title without the name of the site."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Cleaner
from cleaner.dates import best, iso_date
from cleaner.headline import without_site, without_tail
from cleaner.json_ld import RECORD, Said, said

from .strategies import SENTENCES

PROSE = SENTENCES[0]

# --- dates


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2023-10-07", "2023-10-07"),
        ("2023-10-07T06:30", "2023-10-07T06:30"),
        ("2023-10-07 06:30:05", "2023-10-07T06:30:05"),
        ("2023-10-07T06:30:00.123Z", "2023-10-07T06:30:00+00:00"),
        ("2023-10-07T06:30:00+0200", "2023-10-07T06:30:00+02:00"),
        ("2023-10-07T06:30:00 -05", "2023-10-07T06:30:00-05:00"),
        (" (2023-10-07T06:30z). ", "2023-10-07T06:30+00:00"),
        ("October 7, 2023", "2023-10-07"),
        ("7. Oktober 2023, 17:45 Uhr", "2023-10-07T17:45"),
        ("2026年11月24日 18時05分", "2026-11-24T18:05"),
        ("2024년 4월 2일 오전 9시 5분", "2024-04-02T09:05"),
        ("2013. 1. 16. 오후 3:28", "2013-01-16T15:28"),
        ("2013-01-16 15:28 JST", "2013-01-16T15:28+09:00"),
        ("16 January 2013 15:28 IST", "2013-01-16T15:28+05:30"),
        ("April 3, 2019 4:12 PM ET", "2019-04-03T16:12-04:00"),
        ("03.04.2019", "2019-04-03"),
        ("3. 4. 2019", "2019-04-03"),
        ("03.04.2019 17:12", "2019-04-03T17:12"),
        ("03.04.2019, 17:12 Uhr", "2019-04-03T17:12"),
        ("January 3, 2019 4:12 PM ET", "2019-01-03T16:12-05:00"),
        ("July 1, 2019 4:12 PM PT", "2019-07-01T16:12-07:00"),
        ("２０２６年１１月２４日（火）午後６時５分", "2026-11-24T18:05"),
        ("2024年04月24日23:52", "2024-04-24T23:52"),
        ("2025/1/21 20:50", "2025-01-21T20:50"),
        ("令和6年4月1日", "2024-04-01"),
        ("民國113年5月1日 上午12:30", "2024-05-01T00:30"),
        ("2026年13月1日", None),
        ("11月24日", None),
        ("٢٤ تشرين الثاني ٢٠٢٦", "2026-11-24"),
        ("الثلاثاء 24 نوفمبر/تشرين الثاني 2026 - 18:05", "2026-11-24T18:05"),
        ("24 أبريل 2026 6:05 مساءً", "2026-04-24T18:05"),
        ("نوفمبر 2026", None),
        ("7 de outubro de 2023 às 17h45", "2023-10-07T17:45"),
        ("07.out.2023 às 17h45", "2023-10-07T17:45"),
        ("7 ottobre 2023 ore 17:45", "2023-10-07T17:45"),
        ("za 7 okt. 2023 om 17.45 uur", "2023-10-07T17:45"),
        ("2023-02-31", None),
        ("2023-10-07T25:00", None),
        ("3 hours ago", None),
        ("October 2023", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_a_date_is_iso_8601_as_far_as_it_is_given(text: str, iso: str | None) -> None:
    assert iso_date(text) == iso


def test_the_language_says_whether_the_day_is_first() -> None:
    assert iso_date("06/01/2026", "it") == "2026-01-06"
    assert iso_date("06/01/2026", "en") is None


@pytest.mark.parametrize(
    ("moments", "wanted"),
    [
        ([None, "2023-10-07", "2023-10-07T06:30"], "2023-10-07T06:30"),
        (["2023-10-07", None, "2023-10-08"], "2023-10-07"),
        (["2023-10-07T06:30", "2023-10-08T06:30"], "2023-10-07T06:30"),
        ([None], None),
    ],
)
def test_the_first_date_with_a_time_is_the_best(
    moments: list[str | None], wanted: str | None
) -> None:
    assert best(moments) == wanted


# --- JSON-LD

ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Crane stays",
    "datePublished": "2023-10-07T06:30:00+02:00",
    "dateModified": "2023-10-08",
    "author": {"@type": "Person", "name": "Tove Brandt"},
}
SAID = Said("Crane stays", ("Tove Brandt",), "2023-10-07T06:30:00+02:00", "2023-10-08")
TEASERS = {"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "No"}]}


@pytest.mark.parametrize(
    "thing",
    [
        ARTICLE,
        [TEASERS, ARTICLE],
        {"@graph": [{"@type": "WebPage", "headline": "No"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": {"@graph": [[ARTICLE]]}},
        {**ARTICLE, "@type": ["Thing", "BlogPosting"], "hasPart": {"@type": "Article"}},
        {"@type": "https://schema.org/NewsArticle", **{k: ARTICLE[k] for k in list(ARTICLE)[1:]}},
    ],
    ids=["plain", "list", "graph", "main entity", "types", "full type"],
)
def test_the_article_is_found_wherever_it_stands(thing: Any) -> None:
    assert said(RECORD + json.dumps(thing)) == SAID


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Tove Brandt", ("Tove Brandt",)),
        (["Tove Brandt", {"name": "Ines Falk"}], ("Tove Brandt", "Ines Falk")),
        ({"name": ["Tove Brandt", "Ines Falk", "Tove Brandt"]}, ("Tove Brandt", "Ines Falk")),
        ({"@id": "#tove"}, ("Tove Brandt",)),
        ("https://osk.example/tove", ()),
        ([None, 3, {"name": {"x": 1}}, {"@id": []}, {}], ()),
    ],
)
def test_authors_are_named_in_many_ways(author: Any, names: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#tove", "name": "Tove Brandt"}
    graph = {"@graph": [{"@type": "Article", "headline": "x", "author": author}, person]}
    assert said(json.dumps(graph)).authors == names


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[" * 100_000,
        '{"@graph":' * 50_000,
        "null",
        '"x"',
        "\x00",
        '{"@type": {"@type": []}, "headline": 3, "datePublished": {}, "author": [[[]]]}',
    ],
)
def test_a_broken_script_says_nothing_and_does_not_hide_the_next(script: str) -> None:
    assert said(script) == Said()
    assert said(RECORD.join([script, json.dumps(ARTICLE)])) == SAID


def test_a_script_is_read_in_its_wrappers_and_with_line_ends_in_its_strings() -> None:
    body = json.dumps(ARTICLE).replace("Crane stays", "Crane\nstays")
    for script in (f"<!-- {body} -->", f"//<![CDATA[\n{body}\n//]]>", f"{body};"):
        assert said(script).headline == "Crane\nstays"


def test_a_surrogate_in_an_escape_is_none_in_what_is_said() -> None:
    assert said(r'{"@type": "Article", "headline": "a \ud800 b"}').headline == "a \ufffd b"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@graph", "@id", "author", "name", "headline", "mainEntity"]),
            inner | st.sampled_from(["Article", "WebPage"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_read(value: Any) -> None:
    found = said(json.dumps(value))
    assert isinstance(found.headline, str | None)
    assert all(isinstance(name, str) for name in found.authors)


def page(head: str, body: str = f"<p>{PROSE}</p>") -> str:
    return f"<html lang='en'><head>{head}</head><body>{body}</body></html>"


def ld(**changes: Any) -> str:
    thing = {key: value for key, value in {**ARTICLE, **changes}.items() if value is not None}
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


def test_json_ld_fills_in_what_the_page_does_not_say_elsewhere(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(page(ld()), "html")
    assert article.title == "Crane stays"
    assert article.byline == ["Tove Brandt"]
    assert article.published == "2023-10-07T06:30:00+02:00"
    assert article.modified == "2023-10-08"


def test_the_source_with_a_time_is_preferred(cleaner_: Cleaner) -> None:
    meta = '<meta property="article:published_time" content="2023-10-07">'
    own = f"<p>Published October 7, 2023</p><p>{PROSE}</p>"
    for source in (page(meta + ld()), page(meta + ld(), own)):
        assert cleaner_.clean(source, "html").published == "2023-10-07T06:30:00+02:00"
    meta = meta.replace("10-07", "10-07T05:00:00Z")
    assert cleaner_.clean(page(meta + ld()), "html").published == "2023-10-07T05:00:00+00:00"


def test_a_date_that_is_none_is_not_passed_on(cleaner_: Cleaner) -> None:
    meta = '<meta property="article:modified_time" content="soon">'
    assert cleaner_.clean(page(meta), "html").modified is None


def test_microdata_in_the_head_is_read(cleaner_: Cleaner) -> None:
    meta = '<meta itemprop="datePublished" content="2023-10-07T06:30:00Z">'
    logo = '<meta itemprop="url" content="https://osk.example/logo.png">'
    article = cleaner_.clean(page(logo + meta), "html")
    assert article.published == "2023-10-07T06:30:00+00:00"
    assert article.url is None


def test_front_matter_has_a_date_of_change(cleaner_: Cleaner) -> None:
    clip = f"---\ntitle: Osk\ndate: 2023-10-07\nupdated: 2023-10-08 09:00\n---\n\n{PROSE}\n"
    article = cleaner_.clean(clip, "markdown")
    assert (article.published, article.modified) == ("2023-10-07", "2023-10-08T09:00")


def test_the_names_of_a_byline_end_where_the_page_says(cleaner_: Cleaner) -> None:
    body = f"<p>By Tove Brandt October 7, 2023</p><p>{PROSE}</p>"
    assert cleaner_.clean(page(ld(), body), "html").byline == ["Tove Brandt"]


# --- the title


@pytest.mark.parametrize(
    ("title", "own", "site", "wanted"),
    [
        ("Crane stays | Kurier", ["Crane stays"], None, "Crane stays"),
        ("Crane stays - Kurier - Osk", ["Crane stays"], None, "Crane stays"),
        ("Crane stays – Kurier", ["Crane Stays"], None, "Crane Stays"),
        ("Kurier: Crane | Crane stays", ["Crane stays"], None, "Crane stays"),
        ("Crane stays", ["Crane stays"], None, "Crane stays"),
        ("Crane’s last day | Kurier", ["Crane's last day"], None, "Crane's last day"),
        ("Crane stays-put", ["Crane stays"], None, "Crane stays-put"),
        ("Crane stays | Kurier", ["Crane stays for good"], None, "Crane stays | Kurier"),
        ("Crane stays | Kurier", ["Kurier"], "Kurier", "Crane stays"),
        ("Kurier | Crane stays", ["Kurier", "Crane stays"], "Kurier", "Crane stays"),
        ("Crane stays | Kurier", [], "Kurier", "Crane stays"),
        ("Crane stays | Kurier", [], None, "Crane stays | Kurier"),
        ("A night at the Kurier", [], "Kurier", "A night at the Kurier"),
        ("| Kurier", [""], "Kurier", "| Kurier"),
        ("Kurier", [], "Kurier", "Kurier"),
    ],
)
def test_a_title_loses_the_name_of_its_site(
    title: str, own: list[str], site: str | None, wanted: str
) -> None:
    assert without_site(title, own, site) == wanted


TITLED = page("<title>Crane stays put | Kurier</title>", f"<h1>Crane stays put</h1><p>{PROSE}</p>")
JINA = f"""\
Title: Crane stays put | Kurier

URL Source: https://k.example/

Markdown Content:
# Crane stays put

{PROSE}
"""


@pytest.mark.parametrize(("source", "kind"), [(TITLED, "html"), (JINA, "markdown")])
def test_the_title_of_an_article_is_its_headline(source: str, kind: str, cleaner_: Cleaner) -> None:
    assert cleaner_.clean(source, kind).title == "Crane stays put"


def titled(ld_title: str, og: str, bar: str, body: str) -> str:
    head = f'<title>{bar}</title><meta property="og:title" content="{og}">'
    story = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:4])
    return page(head + ld(headline=ld_title), f"<main>{body}{story}</main>")


A, B, C = "Harbour crane stays in Osk", "Why Osk keeps its old crane", "Crane news of the day"


@pytest.mark.parametrize(
    ("ld_title", "og", "bar", "body", "wanted"),
    [
        (A, B, f"{A} | Kurier", f"<h1>{A}</h1>", A),
        (A, B, f"{B} | Kurier", f"<h1>{B}</h1>", B),
        # The heading for search engines stands over the one that readers see.
        (B, A, A, f"<h1>{A}</h1><h2>{B}</h2>", B),
        # No heading says it: two places agree.
        (C, B, f"{B} | Kurier", "", B),
        (f"Quay: {A}", A, f"Quay: {A} - Kurier", f"<h1>Quay: {A}</h1>", A),
        ("Harbour crane stays …", B, "Harbour crane stays …", f"<h1>{A}</h1>", A),
        ("Crane&#039;s day in Osk", C, C, "<h1>Crane's day in Osk</h1>", "Crane's day in Osk"),
    ],
)
def test_of_several_titles_the_one_above_the_story_is_the_headline(
    ld_title: str, og: str, bar: str, body: str, wanted: str, cleaner_: Cleaner
) -> None:
    assert cleaner_.clean(titled(ld_title, og, bar, body), "html").title == wanted


@pytest.mark.parametrize(
    ("author", "meta", "byline"),
    [
        ({"@type": "Person", "name": "Tove Brandt (tb)"}, "Kurier", ["Tove Brandt"]),
        ({"@type": "Organization", "name": "Osk Press"}, "Ines Falk", ["Ines Falk"]),
        ({"name": "Von Tove Brandt und Ines Falk"}, "", ["Tove Brandt", "Ines Falk"]),
        ({"@type": "Organization", "name": "Osk Press"}, "https://osk.example/", ["Osk Press"]),
        ({}, "desk@osk.example", []),
        ({}, "Kurier, Osk, Selland", ["Kurier, Osk, Selland"]),
    ],
)
def test_persons_are_preferred_to_the_site(
    author: dict[str, str], meta: str, byline: list[str], cleaner_: Cleaner
) -> None:
    head = f'<meta name="author" content="{meta}"><meta property="og:site_name" content="Kurier">'
    assert cleaner_.clean(page(head + ld(author=author)), "html").byline == byline


def test_the_site_is_named_by_its_publisher_or_its_address(cleaner_: Cleaner) -> None:
    named = page(ld(publisher={"@type": "Organization", "name": "Kurier am Kai"}))
    assert cleaner_.clean(named, "html", "https://www.k.example/a").site == "Kurier am Kai"
    assert cleaner_.clean(page(ld()), "html", "https://www.k.example/a").site == "k.example"


@pytest.mark.parametrize("count", [2_000, 100_000])
def test_a_tag_with_many_attributes_does_not_hold_the_metadata(
    count: int, cleaner_: Cleaner
) -> None:
    attributes = " ".join(f'a{number}="1"' for number in range(count))
    source = page('<meta name="author" content="Tove Brandt">', f"<p {attributes}>{PROSE}</p>")
    start = time.process_time()
    assert cleaner_.clean(source, "html").to_dict()["byline"] == ["Tove Brandt"]
    assert time.process_time() - start < 10


# --- a text's headline and byline


def dump(*lines: str) -> str:
    return "\n".join([f"{A} | Kurier", "Home", "Sport", "Markets", *lines, *SENTENCES[:5]])


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        (["Von Tove Brandt, Redakteurin"], ["Tove Brandt"]),
        (["Von Tove Brandt und Ines Falk", "3. Mai 2024, 17:40 Uhr"], ["Tove Brandt", "Ines Falk"]),
        (["Tove Brandt", "May 3, 2024"], ["Tove Brandt"]),
        (["Author of the article:", "Tove Brandt"], ["Tove Brandt"]),
        (["Tove Brandt · Kurier · Posted: May 3, 2024, 4:00 AM"], ["Tove Brandt"]),
        (["Special Coverage"], []),
        (["Von Tove BrandtRedakteurin", "May 3, 2024"], ["Tove Brandt"]),
        (["Von Tove FalkenbergInes Brandt", "May 3, 2024"], ["Tove Falkenberg", "Ines Brandt"]),
        (["Seit Mai", "May 3, 2024"], []),
        (["By Google I/O", "May 3, 2024"], []),
    ],
)
def test_a_dump_names_its_headline_and_its_authors(
    lines: list[str], byline: list[str], cleaner_: Cleaner
) -> None:
    article = cleaner_.clean(dump(A, *lines), "text")
    assert article.title == A
    assert article.byline == byline


def test_a_dump_without_a_heading_has_its_title_without_the_site(cleaner_: Cleaner) -> None:
    text = "\n".join([f"{A} | Kurier", "Kurier", "Home", "Sport", *SENTENCES])
    assert cleaner_.clean(text, "text").title == A


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (f"{A} | Ferries | The Osk Kurier", A),
        (f"Kurier | {A}", A),
        (f"{A} - Osk Kurier", A),
        (f"{A} - Varn Post", A),
        (f"{A} - Selland holds its breath", f"{A} - Selland holds its breath"),
    ],
)
def test_the_title_of_a_text_is_without_site_and_section(title: str, wanted: str) -> None:
    lines = ["Home", "Kurier", "© 2026 Osk Kurier. All rights reserved."]
    assert without_tail(title, lines, "https://www.varnpost.example/crane") == wanted


def test_names_one_under_the_other_are_one_byline(cleaner_: Cleaner) -> None:
    names = ["Tove Brandt", ",", "Ines Falk", "und", "Mira Castellan", "3. Mai 2024, 17:40 Uhr"]
    article = cleaner_.clean(dump(A, *names), "text")
    assert article.byline == ["Tove Brandt", "Ines Falk", "Mira Castellan"]


def test_the_stamp_behind_a_byline_is_the_date_of_the_update(cleaner_: Cleaner) -> None:
    stamped = dump(A, "By Reuters | Updated: 16 January 2013 15:28 IST")
    article = cleaner_.clean(stamped, "text")
    assert (article.byline, article.modified) == (["Reuters"], "2013-01-16T15:28+05:30")


@pytest.mark.parametrize(
    ("stamp", "published"),
    [
        ("12:43, 20 Apr 2026", "2026-04-20T12:43"),
        ("22.11.2024 07.57", "2024-11-22T07:57"),
        ("Article on 2019-09-19 07:00", "2019-09-19T07:00"),
        ("Updated 3 hours ago", None),
        ("Sist oppdatert 06.01.2026 - 17:35", None),
    ],
)
def test_a_stamp_is_a_date_and_no_text_even_under_the_first_paragraph(
    stamp: str, published: str | None, cleaner_: Cleaner
) -> None:
    article = cleaner_.clean(dump(A, SENTENCES[5], stamp), "text")
    assert stamp not in article.text
    assert article.published == published


def test_a_headline_under_the_one_for_search_engines_has_a_kicker(cleaner_: Cleaner) -> None:
    body = f"<h1>{B}</h1><ul><li>Home<li>Sport<li>Money<li>Weather</ul><h2>Osk harbour {A}</h2>"
    assert cleaner_.clean(titled(B, A, B, body), "html").title == A
