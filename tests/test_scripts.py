"""Scripts without spaces or from right to left: folding, words, languages, parts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import cleaner
from cleaner.clip import Block
from cleaner.readers import read
from cleaner.rules import RuleSet, load_packs
from cleaner.shape import ends_sentence, fold, line_key, measured

JAPANESE = (
    "港町の議会は火曜日の夜に開かれ、新しい渡船場の計画について二時間にわたって話し合った。",
    "複数の議員は費用がまだ高すぎると述べたが、町長は工事が遅れるほど負担は増えると答えた。",
)
CHINESE = (
    "这座海港小镇的议会在星期二晚上开会，用两个小时讨论了新渡口的方案，这个方案从春天一直拖到现在。",
    "几位议员认为花费还是太高，而镇长回答说，每多等一个月，工程就会变得更贵，这对大家都没有好处。",
)
ARABIC = (
    "اجتمع مجلس البلدة الساحلية الصغيرة مساء الثلاثاء وأمضى ساعتين في بحث خطة المرسى الجديد"
    " التي تأجلت منذ الربيع.",
    "وقال عدد من الأعضاء إن الكلفة ما زالت مرتفعة جدا، في حين رد رئيس البلدية بأن كل شهر من"
    " الانتظار يزيد الأعمال غلاء.",
)


def spoken(text: str) -> frozenset[str]:
    """The languages whose patterns the rules try on `text`."""
    rules = RuleSet(load_packs())
    clip = read(text, "text")
    shapes = measured(clip.blocks, range(len(clip.blocks)))
    return rules.languages(clip, rules.voices(shapes), range(len(clip.blocks)))


@pytest.mark.parametrize(
    ("lines", "own", "others"),
    [
        (JAPANESE, "ja", {"zh", "ar", "de", "es"}),
        (CHINESE, "zh", {"ja", "ar", "de", "es"}),
        (ARABIC, "ar", {"ja", "zh", "de", "es"}),
    ],
)
def test_a_language_shows_itself_without_spaces_and_from_the_right(
    lines: tuple[str, ...], own: str, others: set[str]
) -> None:
    found = spoken("\n\n".join(lines))
    assert own in found
    assert found.isdisjoint(others)


def test_a_clip_in_two_languages_has_both() -> None:
    english = (
        "The council of the town met on Tuesday and spent two hours on the plan for the ferry."
    )
    assert {"en", "ja"} <= spoken("\n\n".join([*JAPANESE, english]))


def pack(folder: Path, body: str) -> Path:
    """A user's pack of one rule."""
    path = folder / "own.toml"
    head = (
        'language = "ja"\n[[rule]]\nid = "own.rule"\nlabel = "other_chrome"\nbecause = "a test"\n'
    )
    path.write_text(head + body, encoding="utf-8")
    return path


@pytest.mark.parametrize("leads", ["true", "false"])
def test_a_keyword_is_found_inside_of_a_run_of_characters(tmp_path: Path, leads: str) -> None:
    body = f"pattern = '''^[■]?港の便り第0+号'''\nkeywords = [\"便り第\"]\nleads = {leads}\n"
    own = cleaner.Cleaner(rules=[pack(tmp_path, body)], model=False)
    text = "\n\n".join([*JAPANESE, "■港の便り第１１４号"])
    assert own.clean(text).text == "\n\n".join(JAPANESE)


def test_a_latin_keyword_is_found_where_no_space_parts_it(tmp_path: Path) -> None:
    body = "pattern = '''^harbourで送る$'''\nkeywords = [\"harbour\"]\n"
    own = cleaner.Cleaner(rules=[pack(tmp_path, body)], model=False)
    assert own.clean("\n\n".join([*JAPANESE, "HARBOURで送る"])).text == "\n\n".join(JAPANESE)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("اقرأ أيضاً", "اقرا ايضا"),
        ("الأكثـــر قراءةً", "الاكثر قراءه"),
        ("\u202bآخر تحديث:\u202c ٢٥", "اخر تحديث: 00"),
        ("【ＰＲ】　広告", "[pr] 広告"),
        ("写真、図版。", "写真,図版."),
    ],
)
def test_spellings_that_are_alike_fold_alike(written: str, plain: str) -> None:
    assert fold(written)[0] == plain


def test_a_label_in_corner_brackets_has_the_labels_key() -> None:
    assert line_key(fold("【関連記事】")[0]) == line_key(fold("■関連記事")[0]) == "関連記事"


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("町は静かだった。", True),
        ("「町は静かだった。」", True),
        ("「町は静かだった」", True),
        ("渡船場の「新計画」", False),
        ("ما الذي حدث؟", True),
        ("新渡口的方案", False),
    ],
)
def test_sentences_end_as_their_script_ends_them(line: str, ends: bool) -> None:
    assert ends_sentence(line) is ends


def test_words_are_counted_by_characters_where_no_space_parts_them() -> None:
    block: Block = read(JAPANESE[0], "text").blocks[0]
    assert 20 <= measured([block], [0])[0].words <= 30


def test_marks_of_direction_and_vowels_stay_in_the_text_and_move_no_part() -> None:
    first = "\u202b" + ARABIC[0].replace("جدا", "جداً") + "\u202c"
    stamp = "\u200fتاريخ النشر: ٢٥ أبريل ٢٠١٩ ٦:٠٥ مساءً"
    text = "\n\n".join(["خطة المرسى الجديد", stamp, first, ARABIC[1], *ARABIC])
    article = cleaner.clean(text, kind="text")
    assert first in article.text
    assert article.published == "2019-04-25T18:05"


def test_a_bracket_that_closes_in_the_caption_stays_when_the_credit_goes() -> None:
    caption = "議会前で声を上げる漁師たち（ルドヴィクで、24日）＝ＡＰ"
    article = cleaner.clean("\n\n".join([*JAPANESE, caption, *JAPANESE]), kind="text")
    assert article.captions[0].text == "議会前で声を上げる漁師たち（ルドヴィクで、24日）"
    assert article.captions[0].credits == ("ＡＰ",)


def test_a_keyword_repeated_without_end_costs_time_that_grows_with_the_line() -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        cleaner.clean("\n\n".join([*CHINESE, "记者摄" * times]), kind="text")
        return time.process_time() - start

    seconds(1000)
    assert seconds(160_000) < 40 * max(seconds(20_000), 0.02)


@pytest.mark.parametrize(
    ("story", "lines"),
    [
        (
            JAPANESE,
            (
                "町の広告",
                "投票の結果",
                "写真の力",
                "なぜ通知は届かなかったのか",
                "訂正を求めた議員",
                "議会（定数十二）は二十四日、賛成多数で可決した（反対三）。",
                "町長は会見で「資料は警察が提供した」と話した。",
                "作品は全て館が所蔵",
                "編集：人が読むための仕事とは何か",
                "公開日が迫る映画の撮影は夜まで続いた",
            ),
        ),
        (
            CHINESE,
            (
                "广告背后的人",
                "投票日的早晨",
                "来源不明的钱",
                "照片由他的儿子拍摄",
                "这是镇上的人第一次坐上新船，大家都很高兴",
                "公司表示，未经许可不得进入厂区。",
                "问：你什么时候来的？",
                "剩余的时间不多了",
                "更正一个说法",
                "据路透社报道，渡船将于明年春天恢复",
            ),
        ),
        (
            ARABIC,
            (
                "إعلان الحرب",
                "صورة قاتمة",
                "نشر 500 جندي على الحدود",
                "تحديث البنية التحتية",
                "تصحيح المسار",
                "المزيد من القوات إلى الجنوب",
                "سجل المنتخب هدفين في الشوط الثاني",
                "حدث خطأ في الملعب وأوقف الحكم المباراة",
                "تحقيق: من أحرق المرسى؟",
                "قال مصدر أمني لرويترز إن القارب غرق",
            ),
        ),
    ],
    ids=["ja", "zh", "ar"],
)
def test_lines_of_a_story_that_begin_like_chrome_stay(
    story: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    text = "\n\n".join(part for line in lines for part in (*story, line)) + "\n\n" + story[0]
    kept = cleaner.Cleaner(model=False).clean(text, kind="text").text.splitlines()
    assert set(lines) <= set(kept)
