"""Credits: where in a caption they begin, what their parts are, and what is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import tomli

from cleaner import Cleaner, Credit, Label
from cleaner.credits import credit_line, is_cued, may_be_sure_credit, parse, split_caption, words
from cleaner.credits.names import is_agency, may_hold_agency
from cleaner.credits.words import AGENCIES, LABELS

from .corpus import ROOT
from .strategies import SENTENCES


@pytest.fixture(scope="module")
def judge() -> Cleaner:
    return Cleaner()


# The formats of the catalogue, around captions of our own.
TAILS = {
    "At the landing, April 25, 2019. SPUTNIK/REUTERS": ("SPUTNIK/REUTERS",),
    "A workshop in Brackwater.Reuters": ("Reuters",),
    "At sea on July 25, 2019.N. Sparrow / AP file": ("N. Sparrow / AP file",),
    "The crew on deck. Getty Images via AFP": ("Getty Images via AFP",),
    "The crew on deck (Image: Getty)": ("Getty",),
    "The crew on deck. (Ines Falk/Harbour Press)": ("Ines Falk/Harbour Press",),
    "The quay at noon. | Ines Falk/PA Images via Getty Images": (
        "Ines Falk/PA Images via Getty Images",
    ),
    "The quay at noon. Courtesy of Hotel Varn": ("Hotel Varn",),
    "Der Kran am Abend. Foto: Mira Toll/dpa": ("Mira Toll/dpa",),
    "Der Kran am Abend. (Foto: Mira Toll/dpa) Foto: dpa": ("Mira Toll/dpa", "dpa"),
    "Die Halle im Hafen© Mira Toll /AFP": ("Mira Toll /AFP",),
    "Der Kran. © Jörn Hallig / picture alliance": ("Jörn Hallig / picture alliance",),
    "Der Kran am Abend vor Gericht Mira Toll / AP": ("Mira Toll / AP",),
    "Der Kran am Abend. (Archivbild) (Quelle: IMAGO/Toll)": ("IMAGO/Toll",),
    "Grauer Mantel von VARN.Foto: Mira Toll. Styling: Ines Falk": (
        "Mira Toll. Styling: Ines Falk",
    ),
    "Le phare au printemps. (photo AFP)": ("AFP",),
    "Le phare au printemps. Crédits photos : Rémi Castagnol": ("Rémi Castagnol",),
    "El faro en invierno. Foto: Rosa Lindo (REUTERS) | EFE": ("Rosa Lindo (REUTERS)", "EFE"),
    "El faro en invierno.Cedida por la familia Lindo": ("la familia Lindo",),
    "Il faro (foto Ansa)": ("Ansa",),
    "De haven. — © BELGA": ("BELGA",),
    "Port zimą. Fot. Jan Wilk": ("Jan Wilk",),
    "Маяк зимой. Фото: Ольга Зимина, Коммерсантъ": ("Ольга Зимина", "Коммерсантъ"),
    "港の朝（写真＝共同）": ("共同",),
    "港を出る船（ソウルで、３日）＝ＡＰ": ("ＡＰ",),
    "港を出る船＝13日、東京・港区で（山田一郎撮影）": ("山田一郎",),
    "港を出る船（Ｃ）共同通信社": ("共同通信社",),
    "清晨的港口 新华社记者 李明 摄": ("李明",),
    "항구의 아침. [사진 출처 = 연합뉴스]": ("연합뉴스",),
    "항구의 아침을 보고 있다. 연합뉴스": ("연합뉴스",),
    "ميناء في الصباح. تصوير: رويترز": ("رويترز",),
    "Sabah liman. Fotoğraf: Deniz Kaya/AA": ("Deniz Kaya/AA",),
    "Sabah liman. Fotoğraf, AA tarafından servis edilmiştir.": ("AA",),
    "Port zimą. jw/PAP": ("jw/PAP",),
    "Le phare au printemps. rémi castagnol / afp": ("rémi castagnol / afp",),
    "The crew on deck. image source, getty images": ("getty images",),
    "The crew on deck. Mira Toll Getty Images": ("Mira Toll Getty Images",),
    "Der Kran am Abend. Getty Images/EyeEm (Symbolbild)": ("Getty Images/EyeEm (Symbolbild)",),
    "Der Kran am Abend. Bild 2 von 4 © Mira Toll / Hafenblatt": ("Mira Toll / Hafenblatt",),
    "Der Kran am Abend. © Foto: Mira Toll": ("Mira Toll",),
    "Die Karte. © Hafenblatt Infografik/OSM | M. Toll /Hafenblatt Infografik OSM Kartenhaus": (
        "Hafenblatt Infografik/OSM",
        "M. Toll /Hafenblatt Infografik OSM Kartenhaus",
    ),
    "El faro en invierno. Archivo/El Puerto": ("El Puerto",),
    "El faro en invierno. Archivo El Puerto": ("El Puerto",),
    "清晨的港口。 李明 摄": ("李明",),
    "항구의 아침을 보고 있다. 김명수 기자": ("김명수",),
    "Skipet ved kai. Foto: AP Vis mer": ("AP",),
    "The quay at noon. (AP Photo/Mira Toll) AP": ("AP Photo/Mira Toll", "AP"),
    "Der Kran am Abend. (Bild: Hafenblatt) Hafenblatt": ("Hafenblatt",),
    "The quay at noon. Copyright: Harbour Press, 2025": ("Harbour Press",),
}


@pytest.mark.parametrize("text", TAILS)
def test_a_caption_is_parted_from_its_credits(text: str) -> None:
    split = split_caption(text)
    assert tuple(credit.text for credit in split.credits) == TAILS[text]
    assert split.text
    assert text.startswith(split.text)
    assert TAILS[text][0] not in split.text


@pytest.mark.parametrize(
    "text",
    [
        "The deal is not done, a minister told Reuters.",
        "“We have a ship,” the harbour master told the Associated Press",
        "The Reuters news service pointed out that he was late",
        "Mourners outside St. Mary's",
        "Der Maler und sein Bild: Die Kuh steht im Stall und will hinaus.",
        "The old lighthouse at Varn (left)",
        "The mayor (r.) greets the crew.",
        "A view of the lower town (Selland)",
        "港の旗＝同国で2019年5月",
        "The market was full on Oct. 3. Nobody bought anything.",
        "El faro en invierno. FOTO ILUSTRATIVA",
        "El faro en invierno. IMAGEN DE REFERENCIA",
        "The photographs, taken in May, were sold to AP",
        "Das teilte die Agentur dpa mit.",
        "Según informó EFE.",
        "Selon l'AFP, le phare est fermé.",
        "Так сообщает ТАСС.",
        'The case is now on "Harbour Crimes... Missing"',
        "港だけではない。誰もが無責任だ",
    ],
)
def test_a_sentence_credits_nobody(text: str) -> None:
    split = split_caption(text)
    assert split.credits == ()
    assert split.text == text.strip()


def test_a_line_of_credits_alone_has_no_caption() -> None:
    for text, expected in {
        "© Harbour House Varn© varn": ("Harbour House Varn", "varn"),
        "Image credit: Harbour House (Image credit: Mira Toll)": ("Harbour House", "Mira Toll"),
        "Bild 2 von 4": (),
    }.items():
        split = split_caption(text)
        assert (split.text, tuple(each.text for each in split.credits)) == ("", expected)


def test_the_markup_may_set_off_the_last_of_several_credits() -> None:
    text = "The pier in May. Photo by Mira Toll /Varn News"
    split = split_caption(text, marked=["Varn News"])
    assert split.text == "The pier in May."
    assert [credit.text for credit in split.credits] == ["Mira Toll", "Varn News"]


def test_a_credit_before_its_caption_is_found() -> None:
    split = split_caption("(Foto: dpa) Das alte Schloss steht leer.")
    assert split.text == "Das alte Schloss steht leer."
    assert [credit.text for credit in split.credits] == ["dpa"]


def test_what_the_markup_calls_a_credit_is_one_though_no_word_says_so() -> None:
    text = "The pier in May varn council"
    assert split_caption(text).credits == ()
    split = split_caption(text, marked=["varn council"])
    assert (split.text, split.credits[0].text) == ("The pier in May", "varn council")


def test_the_alternative_text_tells_where_the_caption_ends() -> None:
    text = "The pier in May Mira Toll"
    split = split_caption(text, alone=["The pier in May"])
    assert (split.text, split.credits[0].text) == ("The pier in May", "Mira Toll")


@pytest.mark.parametrize(
    ("text", "label", "credit"),
    [
        ("Mira Toll/dpa", "foto", Credit("Mira Toll/dpa", ("Mira Toll",), ("dpa",))),
        ("SPUTNIK/REUTERS", "", Credit("SPUTNIK/REUTERS", (), ("SPUTNIK", "REUTERS"))),
        (
            "Varn Shipyard AG",
            "©",
            Credit("Varn Shipyard AG", ("Varn Shipyard AG",), (), "Varn Shipyard AG"),
        ),
        (
            "Mira Toll / Wikimedia Commons, CC BY-SA 4.0",
            "photo",
            Credit(
                "Mira Toll / Wikimedia Commons, CC BY-SA 4.0",
                ("Mira Toll",),
                ("Wikimedia Commons",),
                licence="CC BY-SA 4.0",
            ),
        ),
        ("Hafenamt Varn", "quelle", Credit("Hafenamt Varn", source="Hafenamt Varn")),
        ("Hotel Varn", "courtesy of", Credit("Hotel Varn", source="Hotel Varn")),
        ("Werft Varn AG", "foto", Credit("Werft Varn AG", source="Werft Varn AG")),
        (
            "Mira Toll Getty Images",
            "",
            Credit("Mira Toll Getty Images", ("Mira Toll",), ("Getty Images",)),
        ),
    ],
)
def test_a_credit_has_parts(text: str, label: str, credit: Credit) -> None:
    got = parse(text, label)
    if label == "©":
        # Whether three words are a person's name nobody can tell; whose the rights are is said.
        assert got.rights_holder == credit.rights_holder
        return
    assert got._replace(licence=got.licence) == credit


@pytest.mark.parametrize(
    ("line", "strength"),
    [
        ("Foto: Mira Toll (dpa)", "sure"),
        ("© VS Tristen", "sure"),
        ("Ines Falk / Pool via Reuters", "sure"),
        ("(AP)", "sure"),
        ("李明 摄", "sure"),
        ("(Harbour House)", "names"),
        ("(NPA)", "names"),
        ("(Applause)", "name"),
        ("AP", "agency"),
        ("Harbour House", "name"),
    ],
)
def test_how_sure_a_line_is_a_credit(line: str, strength: str) -> None:
    found = credit_line(line)
    assert found is not None
    assert found.strength == strength


@pytest.mark.parametrize(
    "line",
    ["Facebook says no", "Reuters says no", "Sea, wind and rain.", "3. Mai", 'Missing"', "Anzeige"],
)
def test_a_line_that_says_something_is_no_credit(line: str) -> None:
    assert credit_line(line) is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4000,
        "Foto: " * 3000,
        "A/" * 5000,
        "© " * 4000,
        "x. " * 5000,
        "＝" * 4000,
        "\u200b" * 999,
    ],
)
def test_a_hostile_caption_costs_no_time(text: str) -> None:
    # pytest's own time limit is none: a quadratic search would take minutes here.
    split_caption(text)
    credit_line(text)


# --- in clips


def _body(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


def test_a_figure_inside_of_the_story_has_a_caption_whatever_it_is_called(judge: Cleaner) -> None:
    caption = "<figcaption>The crane at dusk</figcaption>"
    figure = f"<figure class='related-media'><img src=a>{caption}</figure>"
    source = f"<h1>The crane</h1>{_body(SENTENCES[:4])}{figure}{_body(SENTENCES[4:8])}"
    article = judge.clean(source, "html")
    assert [caption.text for caption in article.captions] == ["The crane at dusk"]


def test_captions_of_teasers_behind_the_story_are_not_its_own(judge: Cleaner) -> None:
    teasers = "".join(
        f"<a href='/{n}'><figure><img src='{n}.jpg'>"
        f"<figcaption>Seven harbours, part {n}</figcaption></figure></a>"
        for n in range(9)
    )
    frame = (
        f"<article><h1>The crane</h1>{_body(SENTENCES[:8])}</article><section>{teasers}</section>"
    )
    article = judge.clean(frame, "html")
    assert article.captions == ()
    assert any(d.evidence[0].id == "context.other-story" for d in article.decisions if d.evidence)


def test_a_caption_that_stands_twice_is_given_once(judge: Cleaner) -> None:
    figure = (
        "<figure><img src='{}.jpg'><figcaption>The crane at dusk. Foto: {}</figcaption></figure>"
    )
    source = (
        f"{_body(SENTENCES[:4])}{figure.format('a', 'Mira Toll')}{_body(SENTENCES[4:8])}"
        f"{figure.format('b', 'Mira Toll/dpa')}{_body(SENTENCES[8:])}"
    )
    (caption,) = judge.clean(source, "html").captions
    assert caption.image is not None
    assert caption.image.src == "a.jpg"
    assert "Mira Toll/dpa" in caption.credits


def test_the_headline_of_a_text_is_no_caption_of_the_credit_under_it(judge: Cleaner) -> None:
    source = "\n\n".join(["The crane stays where it is", "Foto: Mira Toll/dpa", *SENTENCES[:6]])
    article = judge.clean(source, "text")
    assert article.title == "The crane stays where it is"
    assert all(caption.text != article.title for caption in article.captions)


def test_a_paragraph_over_a_credit_stays(judge: Cleaner) -> None:
    # A picture without a caption: its credit stands under the paragraph before it.
    long = " ".join(SENTENCES[:4])
    source = "\n\n".join([*SENTENCES[4:7], long, "Foto: Mira Toll/dpa", *SENTENCES[7:9]])
    article = judge.clean(source, "text")
    assert long in article.text
    assert [d.label for d in article.decisions if "Toll" in d.block.text] == [Label.CREDIT]


@pytest.mark.parametrize("credit", ["(Mira Toll/HTV)", "(Harbour House)", "/ Mira Toll"])
@pytest.mark.parametrize("between", ["\n", " "])
def test_names_set_off_credit_the_sentence_before_them(
    cleaner_: Cleaner, credit: str, between: str
) -> None:
    line = "The old landing in winter, when no ferry goes."
    source = "\n\n".join([*SENTENCES[:5], f"{line}{between}{credit}", *SENTENCES[5:8]])
    article = cleaner_.clean(source, "text")
    assert [caption.text for caption in article.captions] == [line]
    assert line not in article.text


@pytest.mark.parametrize("aside", ["(Applause)", "(Laughter on the left)", "(Cries of no)"])
def test_what_an_audience_does_credits_no_sentence(cleaner_: Cleaner, aside: str) -> None:
    source = "\n\n".join([*SENTENCES[:3], aside, *SENTENCES[3:6], aside, *SENTENCES[6:8]])
    article = cleaner_.clean(source, "text")
    assert article.captions == ()
    assert all(sentence in article.text for sentence in SENTENCES[:8])


def test_the_captions_of_a_photo_essay_stay_in_a_text(cleaner_: Cleaner) -> None:
    lines = [f"{sentence} (Photo: Mira Toll/AFP)" for sentence in SENTENCES[1:8]]
    article = cleaner_.clean("\n\n".join(["Eight boats at Varn", SENTENCES[0], *lines]), "text")
    assert all(line in article.text for line in lines)
    assert [caption.text for caption in article.captions] == list(SENTENCES[1:8])
    kept = [d for d in article.decisions if any(e.id == "context.photo-essay" for e in d.evidence)]
    assert len(kept) == len(lines)
    assert cleaner_.clean(article.text, "text").text == article.text


def test_a_clip_of_captions_alone_is_not_left_empty(cleaner_: Cleaner) -> None:
    source = "\n".join(f"{sentence} (Photo by Mira Toll/Reuters)" for sentence in SENTENCES[1:5])
    article = cleaner_.clean(source, "text")
    assert [caption.text for caption in article.captions] == list(SENTENCES[1:5])
    assert all(sentence in article.text for sentence in SENTENCES[1:5])
    assert cleaner_.clean(article.text, "text").text == article.text


def test_a_caption_may_stand_under_its_credit(cleaner_: Cleaner) -> None:
    lead = ["The ferry stays", "Foto: Mira Toll/dpa", "The landing last year.", "11:00"]
    article = cleaner_.clean("\n".join([*lead, *SENTENCES[:6]]), "text")
    assert [caption.text for caption in article.captions] == ["The landing last year."]


def test_a_caption_may_stand_under_names_and_their_agency(cleaner_: Cleaner) -> None:
    # Near a date, where names would be a byline.
    lead = ["The ferry stays", "Mira Toll/REUTERS", "The landing in winter.", "6.12.2019"]
    article = cleaner_.clean("\n".join([*lead, *SENTENCES[:6]]), "text")
    assert "Mira Toll/REUTERS" not in article.text
    assert "Mira Toll" not in article.byline
    assert [credit for c in article.captions for credit in c.credits] == ["Mira Toll/REUTERS"]


@pytest.mark.parametrize("line", ["© Harbour Press GmbH", "X / Twitter", "About Harbour News"])
def test_a_pages_foot_credits_no_picture(cleaner_: Cleaner, line: str) -> None:
    foot = ["Imprint", "Privacy", line, "Contact"]
    article = cleaner_.clean("\n".join(["The ferry stays", *SENTENCES[:8], *foot]), "text")
    assert article.captions == ()


def test_a_sentence_with_its_credit_is_no_headline(cleaner_: Cleaner) -> None:
    line = "항구의 아침을 보고 있다. 연합뉴스"
    article = cleaner_.clean("\n\n".join([line, *SENTENCES[:6]]), "text")
    assert [caption.credits for caption in article.captions] == [("연합뉴스",)]
    assert article.title != line


def test_a_name_within_a_broken_sentence_is_no_credit(cleaner_: Cleaner) -> None:
    # The clip credits the same name elsewhere.
    known = ["The old landing in winter.", "Foto: Harbour Press"]
    broken = ["“Nobody sleeps in May”, says the harbour master to", "Harbour Press", ", and shuts."]
    lines = [*SENTENCES[:4], *known, SENTENCES[4], *broken, *SENTENCES[5:8]]
    article = cleaner_.clean("\n".join(lines), "text")
    assert all(piece in article.text for piece in broken)


def test_a_caption_under_the_last_line_of_a_story_is_its_own(cleaner_: Cleaner) -> None:
    story = "\n\n".join(["Why the ferry is late", *SENTENCES[:6]])
    line = "The ferry leaves Osk with one lamp lit. (Photo by Mira Toll/Harbour Press via Getty)"
    article = cleaner_.clean(f"{story}\n\n{line}", "text")
    assert [caption.text for caption in article.captions] == [
        "The ferry leaves Osk with one lamp lit."
    ]


def test_the_cheap_question_about_labels_misses_none() -> None:
    lines = [f"{label}: Ines Falk" for label in sorted(LABELS)]
    missed = [line for line in lines if credit_line(line) and not may_be_sure_credit(line)]
    assert not missed
    assert sum(credit_line(line) is not None for line in lines) > len(LABELS) / 2


def test_the_cheap_question_about_agencies_misses_none() -> None:
    named = [name.upper() for name in sorted(AGENCIES) if is_agency(name.upper())]
    assert len(named) > len(AGENCIES) / 2
    assert not [name for name in named if not may_hold_agency(f"Ines Falk / {name}")]
    assert may_hold_agency("Ines Falk/Hafen Presse")
    assert may_hold_agency("(写真 ＡＰ)")
    assert may_hold_agency("Ines Falk/ＡＰ")
    assert not may_hold_agency("The ferry was late, and nobody minded.")


@pytest.mark.parametrize(
    "line",
    [
        "Mira Toll (l) at the pier",
        "Mira Toll, second from left, at the pier",
        "The pier, pictured in May",
        "Mira Toll und Ines Falk (v. l.) am Hafen",
        "Von links nach rechts: Toll und Falk",
        "Der Hafen (Archivbild) im Mai",
        "Der Hafen im Mai. Archivfoto",
        "A file photo of the pier",
        "Le port, photo d'archives",
        "El puerto en una foto de archivo",
        "Mira Toll, de gauche à droite",
        "Мира Толль, слева направо",
        "Mira Toll, od lewej",
        "港の朝（左から）",
        "港口资料图",
    ],
)
def test_the_words_of_captions_are_cues(line: str) -> None:
    assert is_cued(line)


def test_an_agency_that_the_rules_know_is_one_in_credits_and_stands_in_one_list() -> None:
    source = Path(words.__file__).read_text(encoding="utf-8")
    pack = tomli.loads((ROOT / "cleaner/packs/lang/any.toml").read_text(encoding="utf-8"))
    listed = source.partition("AGENCIES = ")[2].partition('""".strip')[0]
    own = {name.strip() for name in listed.replace("\n", "|").split("|")}
    for name in pack["terms"]["agency"]:
        assert is_agency(name) or len(name) < 4, name
        assert name.casefold() not in own, name
