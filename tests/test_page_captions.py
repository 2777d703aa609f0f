"""Captions, videos and recordings that a page's data names: JSON-LD, and attributes."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from typing import Any

import pytest

from cleaner import Article, Cleaner
from cleaner.recordings import duration
from cleaner.said import attribute_pictures

from .strategies import SENTENCES

CAPTION = "The crane on the north quay is painted every seventh spring."


def _page(*parts: str, data: Any = None) -> str:
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>" if data else ""
    story = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:4])
    rest = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[4:8])
    title = "<h1>The crane is painted again</h1>"
    return f"<html><head>{script}</head><body><article>{title}{story}{''.join(parts)}{rest}"


def _article(judge: Cleaner, *parts: str, data: Any = None) -> Article:
    return judge.clean(_page(*parts, data=data), "html")


def _said(**fields: Any) -> dict[str, Any]:
    image = {"@type": "ImageObject", "url": "https://varn.example/crane-2041.jpg", **fields}
    return {"@type": "NewsArticle", "headline": "The crane is painted again", "image": image}


def test_the_articles_picture_has_its_caption_from_json_ld(cleaner_: Cleaner) -> None:
    data = _said(caption=CAPTION, creditText="Mira Toll/AFP")
    (caption,) = _article(cleaner_, data=data).captions
    assert (caption.text, caption.credits, caption.after) == (CAPTION, ("Mira Toll/AFP",), None)
    assert caption.image is not None
    assert caption.image.src.endswith("crane-2041.jpg")


def test_data_names_whose_a_shown_picture_is(cleaner_: Cleaner) -> None:
    figure = (
        f"<figure><img src='/i/crane-2041-800x600.jpg'><figcaption>{CAPTION}</figcaption></figure>"
    )
    data = _said(caption=CAPTION, copyrightHolder={"@type": "Organization", "name": "Hafenblatt"})
    (caption,) = _article(cleaner_, figure, data=data).captions
    assert (caption.text, caption.credits) == (CAPTION, ("Hafenblatt",))
    assert caption.after is not None


@pytest.mark.parametrize(
    "line", [f"{CAPTION[:-1]} (AFP / MIRA TOLL)", f"{CAPTION} (Ines Falk/Harbour Press)"]
)
def test_a_paragraph_under_a_picture_that_ends_in_a_credit_is_its_caption(
    cleaner_: Cleaner, line: str
) -> None:
    article = _article(cleaner_, f"<img src='/i/crane.jpg'><p>{line}</p>")
    (caption,) = article.captions
    assert caption.text.startswith(CAPTION[:-1])
    assert line not in article.text


@pytest.mark.parametrize("alt", [f"{CAPTION} Foto: Mira Toll/dpa", f"{CAPTION} (Mira Toll/dpa)"])
def test_an_alternative_text_with_a_credit_stands_in_for_a_caption(
    cleaner_: Cleaner, alt: str
) -> None:
    picture = f"<img src='/i/crane.jpg' alt='{alt}'>"
    shown = f"<figure>{picture}<figcaption>The crane on Monday.</figcaption></figure>"
    (caption,) = _article(cleaner_, picture).captions
    assert (caption.text, caption.credits) == (CAPTION, ("Mira Toll/dpa",))
    assert [caption.text for caption in _article(cleaner_, shown).captions] == [
        "The crane on Monday."
    ]


@pytest.mark.parametrize("alt", [CAPTION, "crane quay 1ddol8rg unsplash"])
def test_a_description_or_a_files_name_is_no_caption(cleaner_: Cleaner, alt: str) -> None:
    assert _article(cleaner_, f"<img src='/i/crane.jpg' alt='{alt}'>").captions == ()


def test_a_shown_picture_without_a_caption_takes_that_of_the_data(cleaner_: Cleaner) -> None:
    article = _article(
        cleaner_, "<img src='/i/crane-2041-800x600.jpg'>", data=_said(caption=CAPTION)
    )
    (caption,) = article.captions
    assert caption.text == CAPTION
    assert caption.after == article.decisions[caption.after or 0].block.index


@pytest.mark.parametrize(
    "fields",
    [
        {"caption": "The crane is painted again"},
        {"caption": "crane-2041.jpg"},
        {"caption": "Crane"},
        {"caption": SENTENCES[1]},
        {"name": "Crane", "description": "Archive note: crane, quay, not for use after May."},
    ],
    ids=["headline", "file", "word", "sentence of the story", "archive"],
)
def test_what_data_says_beside_a_caption_is_none(fields: dict[str, str], cleaner_: Cleaner) -> None:
    assert _article(cleaner_, data=_said(**fields)).captions == ()


def test_a_shown_lead_caption_stands_alone(cleaner_: Cleaner) -> None:
    # The same picture under another name, with the caption of another desk.
    source = _page(data=_said(caption="Painters hang over the harbour of Varn in a basket."))
    lead = f"<figure><img src='/lead.jpg'><figcaption>{CAPTION}</figcaption></figure>"
    source = source.replace("</h1>", f"</h1>{lead}")
    assert [caption.text for caption in cleaner_.clean(source, "html").captions] == [CAPTION]


def test_the_authors_portrait_is_no_picture_of_the_story(cleaner_: Cleaner) -> None:
    portrait = {"@type": "ImageObject", "url": "a.jpg", "caption": "Ines Falk of the harbour desk"}
    author = {"@type": "Person", "name": "Ines Falk", "image": portrait}
    data = {"@graph": [{"@type": "NewsArticle", "author": author}, author]}
    assert _article(cleaner_, data=data).captions == ()


def test_captions_in_attributes_stand_with_their_pictures(cleaner_: Cleaner) -> None:
    image = f"<img src='/i/crane-2041.jpg' data-caption='{CAPTION}' data-credit='Mira Toll/AFP'>"
    article = _article(cleaner_, image)
    (caption,) = article.captions
    assert (caption.text, caption.credits) == (CAPTION, ("Mira Toll/AFP",))
    assert caption.after is not None
    assert article.decisions[caption.after].block.text == SENTENCES[3]


def test_a_lightbox_says_the_caption_again(cleaner_: Cleaner) -> None:
    link = f'<a href="/full/crane-2041.jpg" data-caption="<p>{CAPTION}</p>">'
    figure = f"<figure>{link}<img src='/i/crane-2041-300x200.jpg'></a>"
    figure += f"<figcaption>{CAPTION}</figcaption></figure>"
    assert [caption.text for caption in _article(cleaner_, figure).captions] == [CAPTION]


def test_a_gallery_keeps_its_captions_in_an_attribute(cleaner_: Cleaner) -> None:
    slides = [
        {"src": "/i/crane-2041.jpg", "caption": CAPTION, "credit": "Mira Toll"},
        {"src": "/i/crane-2042.jpg", "caption": "A second coat dries over the water."},
    ]
    shown = "".join(f"<img src='{slide['src']}'>" for slide in slides)
    gallery = f'<div data-slides="{html.escape(json.dumps(slides))}">{shown}</div>'
    article = _article(cleaner_, gallery)
    assert [caption.text for caption in article.captions] == [s["caption"] for s in slides]
    assert article.captions[0].credits == ("Mira Toll",)


def test_pictures_that_the_story_does_not_show_give_no_caption(cleaner_: Cleaner) -> None:
    teaser = (
        "<footer><img src='/i/boats-77.jpg' data-caption='Boats of the year, in pictures'></footer>"
    )
    assert _article(cleaner_, data=None).captions == ()
    assert cleaner_.clean(_page() + "</article>" + teaser, "html").captions == ()


@pytest.mark.parametrize(
    "source",
    ["<img data-caption=" * 5000, "<" * 9000 + " data-caption=", ' data-a=\'[{"caption"' * 5000],
)
def test_hostile_attributes_cost_no_time(source: str) -> None:
    assert attribute_pictures(source) == []


def test_a_video_of_the_data_is_given_once(cleaner_: Cleaner) -> None:
    video = {"@type": "VideoObject", "name": "Why the crane is red", "duration": "PT1M39S"}
    data = {"@type": "NewsArticle", "headline": "x", "video": [video, video]}
    (alone,) = _article(cleaner_, data=data).videos
    assert (alone.title, alone.duration) == ("Why the crane is red", timedelta(seconds=99))
    shown = _article(cleaner_, "<p>WATCH: Why the crane is red</p>", data=data)
    (both,) = shown.videos
    assert (both.title, both.duration) == ("Why the crane is red", timedelta(seconds=99))
    assert both.after is not None


def test_a_recording_of_the_data_is_audio(cleaner_: Cleaner) -> None:
    sound = {"@type": "AudioObject", "name": "The story, read aloud", "duration": "PT16M48S"}
    article = _article(cleaner_, data={"@type": "Article", "headline": "x", "audio": sound})
    assert [(a.title, a.duration) for a in article.audio] == [
        ("The story, read aloud", timedelta(minutes=16, seconds=48))
    ]
    assert article.videos == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("02:19", 139),
        ("1:02:03", 3723),
        ("2 min", 120),
        ("1 h 20 min", 4800),
        ("45 sec", 45),
        ("PT1M30.09S", 90),
        ("P0DT0H2M15S", 135),
        ("132", 132),
        ("PT0S", None),
        ("00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_durations(text: str | None, seconds: int | None) -> None:
    found = duration(text)
    assert (found and found.total_seconds()) == seconds


def _figure(src: str, caption: str) -> str:
    return f"<figure><img src='{src}'><figcaption>{caption}</figcaption></figure>"


def test_pictures_of_one_agency_without_captions_are_several(cleaner_: Cleaner) -> None:
    figures = [_figure(src, "Foto: Mira Toll/AFP") for src in ("/a-1.jpg", "/b-2.jpg")]
    captions = _article(cleaner_, *figures).captions
    assert [caption.credits for caption in captions] == [("Mira Toll/AFP",)] * 2


def test_a_credit_and_a_caption_at_one_picture_are_one(cleaner_: Cleaner) -> None:
    figures = (_figure("/a-1.jpg", "Foto: Mira Toll/AFP"), _figure("/a-1.jpg", CAPTION))
    (caption,) = _article(cleaner_, *figures).captions
    assert (caption.text, caption.credits) == (CAPTION, ("Mira Toll/AFP",))


def test_a_caption_between_its_picture_and_its_credit(cleaner_: Cleaner) -> None:
    box = f"<div><div><img src='/a-1.jpg'></div><h4>{CAPTION}</h4><p>Photo: Mira Toll/AFP</p></div>"
    article = _article(cleaner_, box)
    assert [(c.text, c.credits) for c in article.captions] == [(CAPTION, ("Mira Toll/AFP",))]
    assert CAPTION not in article.text


def test_a_caption_said_again_as_text_leaves(cleaner_: Cleaner) -> None:
    article = _article(cleaner_, _figure("/a-1.jpg", CAPTION), f"<p>{CAPTION}</p>")
    assert CAPTION not in article.text
    assert [caption.text for caption in article.captions] == [CAPTION]


def test_a_figure_that_opens_larger_on_a_click_has_a_caption(cleaner_: Cleaner) -> None:
    article = _article(cleaner_, f"<button>{_figure('/a-1.jpg', CAPTION)}</button>")
    assert [caption.text for caption in article.captions] == [CAPTION]


def test_the_captions_of_a_photo_essay_are_its_text(cleaner_: Cleaner) -> None:
    captions = [f"{sentence} Photo: Mira Toll/AFP" for sentence in SENTENCES[:8]]
    figures = "".join(_figure(f"/e-{at}.jpg", each) for at, each in enumerate(captions))
    page = f"<html><body><article><h1>Eight boats at Varn</h1><p>{SENTENCES[9]}</p>{figures}"
    article = cleaner_.clean(page, "html")
    for caption in captions:
        assert caption in article.text
    assert [caption.text for caption in article.captions] == list(SENTENCES[:8])
    assert all(caption.credits == ("Mira Toll/AFP",) for caption in article.captions)
    kept = [d for d in article.decisions if any(e.id == "context.photo-essay" for e in d.evidence)]
    assert len(kept) == len(captions)


def test_a_story_with_pictures_is_no_photo_essay(cleaner_: Cleaner) -> None:
    captions = [f"{sentence} Photo: Mira Toll/AFP" for sentence in SENTENCES[8:11]]
    figures = [_figure(f"/e-{at}.jpg", each) for at, each in enumerate(captions)]
    article = _article(cleaner_, *figures)
    assert not any(caption in article.text for caption in captions)
