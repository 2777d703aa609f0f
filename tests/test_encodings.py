"""Bytes in any encoding, text that was decoded wrongly, and characters that nobody sees."""

from __future__ import annotations

import pytest

from cleaner import Action, Article, Cleaner
from cleaner.readers import read

TEXTS = {
    "german": "Seit Donnerstag fährt die Moorbahn wieder bis Grönholm. Die Männer im Zug grüßten.",
    "polish": "W sobotę rano trójkolorowa kotka, która od dziesięciu lat mieszka na promie, została"
    " mianowana kapitanem. Wójt wręczył jej małą czapkę, a prom odpłynął osiem minut później.",
    "russian": "В субботу утром трёхцветную кошку назначили почётным капитаном парома. На пристани"
    " собралось больше людей, чем живёт на острове, и староста вручил ей маленькую фуражку.",
    "japanese": "灯台の島と本土を結ぶ渡し船の三毛猫が、土曜日の朝、名誉船長に任命された。"
    "桟橋には百二十人が集まり、町長が小さな帽子を手渡した。",
    "korean": "등대 섬과 본토를 잇는 나룻배에서 살아온 삼색 고양이가 토요일 아침 명예 선장으로"
    " 임명되었다. 부두에는 섬 주민보다 많은 사람들이 모였고, 면장은 작은 모자를 건넸다.",
    "chinese": "灯塔岛和陆地之间的渡船上住了十多年的三花猫，星期六早上被任命为名誉船长。"
    "码头上聚集的人比岛上的居民还要多，镇长递给它一顶小帽子。",
}
UNDECLARED = [
    ("german", "cp1252"), ("polish", "cp1250"), ("russian", "cp1251"), ("russian", "koi8-r"),
    ("japanese", "shift_jis"), ("japanese", "euc_jp"), ("japanese", "iso2022_jp"),
    ("korean", "euc_kr"), ("chinese", "gb18030"),
]  # fmt: skip
WIDE = [(name, f"utf-16-{order}") for name in TEXTS for order in ("le", "be")]


def page(text: str) -> str:
    return f"<!doctype html><html><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(("name", "encoding"), UNDECLARED)
@pytest.mark.parametrize("markup", [True, False])
def test_an_encoding_that_nothing_names_is_found(name: str, encoding: str, markup: bool) -> None:
    text = TEXTS[name]
    data = (page(text) if markup else text).encode(encoding)
    clip = read(data)
    assert clip.kind == ("html" if markup else "text")
    assert text in clip.source


@pytest.mark.parametrize(("name", "encoding"), WIDE)
def test_utf_16_without_a_mark_is_found(name: str, encoding: str) -> None:
    assert read(page(TEXTS[name]).encode(encoding)).blocks[0].text == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_utf_16_with_a_mark_is_read_in_both_orders(name: str) -> None:
    text = "\ufeff" + TEXTS[name]
    for encoding in ("utf-16-le", "utf-16-be"):
        assert read(text.encode(encoding), "text").blocks[0].text == TEXTS[name]


def test_a_text_with_a_stray_null_is_no_utf_16() -> None:
    data = b"The mill grinds\x00 on Thursdays, when the wind comes in over the salt flats.\n" * 4
    assert "salt flats" in read(data).source


# --- wrongly decoded


def as_windows(text: str) -> str:
    """The text's UTF-8 taken for Windows-1252, as browsers decode it."""
    return "".join(
        bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in text.encode()
    )


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("times", [1, 2])
def test_mojibake_is_repaired_and_the_result_says_so(
    name: str, times: int, cleaner_: Cleaner
) -> None:
    wrong = TEXTS[name]
    for _ in range(times):
        wrong = as_windows(wrong)
    article = cleaner_.clean(page(wrong).encode())
    assert [d.block.text for d in article.decisions] == [TEXTS[name]]
    assert article.origin is not None
    assert "mojibake" in article.origin.notes[0]


def test_of_a_mixed_text_only_what_is_wrong_is_repaired(cleaner_: Cleaner) -> None:
    right = TEXTS["german"]
    article = cleaner_.clean(f"{as_windows(right)}\n\n{right}\n", kind="text")
    assert article.clip.source == f"{right}\n\n{right}\n"


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS.values(),
        "Sie schrieb „Ã¼“ statt „ü“ und meinte es so; auch Â§ statt § und Â° statt ° kamen vor.",
        "Ã¤ is what you get when ä is read wrongly, as Ã¶ for ö and Ã¼ for ü, wrote the editor.",
        "ÂÃO É ÃRVORE, and one word in Â° alone.",
        "Le prix est de 5 € à l’hôtel « Chez René » – c’est donné.",
    ],
)
def test_a_text_that_is_right_or_about_the_matter_is_left_as_it_is(
    text: str, cleaner_: Cleaner
) -> None:
    article = cleaner_.clean(text, kind="text")
    assert article.clip.source == text
    assert article.origin is None


# --- what nobody sees

PROSE = "The ferry to Varn left the quay an hour late because a heron had settled on the bow."
HIDDEN = {
    "soft hyphens": "Sign up for our news\u00adletter",
    "zero-width spaces": "Sign\u200b up for our\u200b newsletter",
    "zero-width joiners": "Sign up\u2060 for our news\ufeffletter",
    "bidi marks": "\u202aSign up for our newsletter\u202c\u200e",
    "bidi isolates": "\u2067Sign up for our newsletter\u2069",
}


def removed(article: Article) -> list[str]:
    return [d.block.text for d in article.decisions if d.action is Action.REMOVE]


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_characters_that_nobody_sees_hide_no_chrome(how: str, kind: str, cleaner_: Cleaner) -> None:
    line = HIDDEN[how]
    lines = [PROSE, PROSE.upper(), line]
    source = "\n\n".join(lines) if kind == "text" else "".join(f"<p>{each}</p>" for each in lines)
    gone = removed(Cleaner(model=False).clean(source, kind=kind))
    assert len(gone) == 1
    assert "Sign" in gone[0]


@pytest.mark.parametrize("char", ["\u00ad", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff"])
def test_characters_that_nobody_sees_stay_in_the_text(char: str, cleaner_: Cleaner) -> None:
    text = PROSE.replace("heron", f"her{char}on")
    assert cleaner_.clean(f"{text}\n\n{PROSE}", kind="text").text.startswith(text)


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_nulls_and_lone_surrogates_part_no_words_from_the_article(
    kind: str, cleaner_: Cleaner
) -> None:
    odd = PROSE.replace("heron", "her\x00on").replace("quay", "qu\ud800ay")
    source = f"<p>{odd}</p><p>{PROSE}</p>" if kind == "html" else f"{odd}\n\n{PROSE}\n"
    article = cleaner_.clean(source, kind=kind)
    assert "The ferry to Varn left the qu" in article.text
    assert "settled on the bow." in article.text
    assert article.to_json().encode()
