"""What readers make of clips: blocks as a person sees them, and nothing lost on the way."""

from __future__ import annotations

import pickle
import sys

import pytest

from cleaner import Article, Block, Cleaner, Clip, Image, InputError, Kind, Link, UnknownKindError
from cleaner.clip import Inside
from cleaner.readers import kinds, read, sniff

PROSE = (
    "The ferry to Varn left the quay an hour late because a heron had settled on the bow, and "
    "nobody wished to be the one to move it."
)


def texts(clip: Clip) -> list[str]:
    return [block.text for block in clip.blocks]


def kinds_of(clip: Clip) -> list[Kind]:
    return [block.kind for block in clip.blocks]


def only(clip: Clip) -> Block:
    assert len(clip.blocks) == 1, texts(clip)
    return clip.blocks[0]


def the(clip: Clip, text: str) -> Block:
    """The one block with this text."""
    found = [block for block in clip.blocks if block.text == text]
    assert len(found) == 1, texts(clip)
    return found[0]


# --- text


def test_each_line_of_a_text_is_a_block() -> None:
    clip = read("Headline\nBy Tove Brandt\n\n\nFirst.\n", "text")
    assert texts(clip) == ["Headline", "By Tove Brandt", "First."]
    assert [block.joint for block in clip.blocks] == ["\n\n", "\n", "\n\n"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_part_lines(end: str) -> None:
    clip = read(f"One{end}Two{end}{end}Three{end}", "text")
    assert texts(clip) == ["One", "Two", "Three"]
    assert [block.joint for block in clip.blocks[1:]] == ["\n", "\n\n"]


def test_spans_point_into_the_text_and_gaps_hold_white_space() -> None:
    source = "  One \n\t\n\u00a0 Two words\u3000\n"
    clip = read(source, "text")
    spans = [block.span for block in clip.blocks]
    assert [source[start:end] for start, end in filter(None, spans)] == ["One", "Two words"]


@pytest.mark.parametrize("source", ["", " ", "\n\n\t\n", "\u00a0\u3000"])
def test_text_of_white_space_has_no_blocks(source: str) -> None:
    assert read(source, "text").blocks == ()


@pytest.mark.parametrize("mark", ["- ", "• ", "* ", "– ", "1. ", "12) ", "(3) ", "a) "])
def test_bulleted_lines_are_list_items_and_stay_as_written(mark: str) -> None:
    clip = read(f"{PROSE}\n{mark}Salt\n{mark}Rope\n", "text")
    assert kinds_of(clip) == [Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.LIST_ITEM]
    assert texts(clip)[1:] == [f"{mark}Salt", f"{mark}Rope"]


@pytest.mark.parametrize(
    "line", ["-5 degrees at night", "1986 was a good year", "3.5 million came", "*** stars"]
)
def test_a_line_that_only_looks_like_a_bullet_is_none(line: str) -> None:
    assert only(read(line, "text")).kind is Kind.PARAGRAPH


MAIL = """\
Letter from Osk

The mill at Osk grinds only on Thursdays, when the wind comes in over
the salt flats and the miller has slept. On other days he repairs the
nets of his brother, who has gone to sea and left them in the yard.

I went there in March with a veterinary student and a man who carried a
door. Nobody asked him about it, and he got off at a halt where there
was no house to be seen.
"""


def test_mail_wrapped_at_72_columns_is_unwrapped() -> None:
    clip = read(MAIL, "text")
    heading, *paragraphs = MAIL.strip().split("\n\n")
    assert texts(clip) == [heading, *(p.replace("\n", " ") for p in paragraphs)]


def test_wrapped_mail_with_windows_line_ends_is_unwrapped() -> None:
    assert texts(read(MAIL.replace("\n", "\r\n"), "text")) == texts(read(MAIL, "text"))


VERSE = """\
The sea has gone to fetch its coat and left the door ajar,
and past the mill the herons wade to where the eels are.
A boy has lost both of his shoes and found a crab instead,
from which he learns what no one knows, and carries it to bed.

The tide comes in, as come it must, with luggage and with noise,
and puts the boats back where they were, and does not ask the boys.
"""


def test_verse_is_not_unwrapped(cleaner_: Cleaner) -> None:
    assert texts(read(VERSE, "text")) == [line for line in VERSE.split("\n") if line]
    assert cleaner_.clean(VERSE, "text").text == VERSE.strip()


def test_an_address_is_not_unwrapped(cleaner_: Cleaner) -> None:
    address = "Salt Mill Museum\n14 Quarrel Point Road, Lower Osk\nTarnholm 4711"
    source = f"{PROSE}\n\n{address}\n\n{PROSE}"
    assert texts(read(source, "text")) == [PROSE, *address.split("\n"), PROSE]
    assert address in cleaner_.clean(source, "text").text


ONE_LINE = " ".join(
    [
        "Dr. Ines Falk opened the lock at 8 a.m. on Tuesday.",
        "J. R. Holt and Mrs. Brandt of Rask & Co. came to watch, and brought St. Olaf's choir.",
        '"Is it deep?" asked a child.',
        "It is 3.5 metres deep, said Prof. Hult, who had measured it on Jan. 4 with a pole.",
        "The U.S. envoy fell in!",
        "He was fished out…",
        "Nobody laughed, e.g. because it was raining.",
    ]
    * 2
)


def test_a_clip_of_one_line_is_cut_into_sentences_but_not_at_abbreviations() -> None:
    found = texts(read(ONE_LINE, "text"))
    assert found[:7] == [
        "Dr. Ines Falk opened the lock at 8 a.m. on Tuesday.",
        "J. R. Holt and Mrs. Brandt of Rask & Co. came to watch, and brought St. Olaf's choir.",
        '"Is it deep?" asked a child.',
        "It is 3.5 metres deep, said Prof. Hult, who had measured it on Jan. 4 with a pole.",
        "The U.S. envoy fell in!",
        "He was fished out…",
        "Nobody laughed, e.g. because it was raining.",
    ]


def test_the_sentences_of_one_line_are_joined_to_the_line_again(cleaner_: Cleaner) -> None:
    assert cleaner_.clean(ONE_LINE, "text").text == ONE_LINE


def test_chrome_is_taken_out_of_one_long_line(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(f"{ONE_LINE} Sign up for our newsletter! {ONE_LINE}", "text")
    assert article.text == f"{ONE_LINE} {ONE_LINE}"


def test_japanese_sentences_of_one_line_get_no_spaces(cleaner_: Cleaner) -> None:
    line = f"{JAPANESE}港の人々はそれを誇りにしている。" * 14
    assert len(read(line, "text").blocks) == 28
    assert cleaner_.clean(line, "text").text == line


def test_sentences_of_one_line_are_parted_by_what_parted_them() -> None:
    clip = read(f"{JAPANESE}{JAPANESE} {PROSE} {JAPANESE}  " * 5, "text")
    assert [block.joint for block in clip.blocks[:4]] == ["\n\n", "", " ", " "]
    assert [block.text.strip() for block in clip.blocks] == texts(clip)


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_a_byte_order_mark_in_a_str_is_skipped(kind: str) -> None:
    source = f"\ufeffCrane\n\n{PROSE}"
    clip = read(source, kind)
    assert texts(clip) == ["Crane", PROSE]
    assert [source[slice(*block.span)] for block in clip.blocks if block.span] == texts(clip)


def test_a_text_of_a_byte_order_mark_alone_has_no_blocks() -> None:
    assert read("\ufeff", "text").blocks == read("\ufeff", "markdown").blocks == ()


# --- markdown


def test_atx_and_setext_headings_have_their_levels() -> None:
    clip = read("# One #\n\nTwo\n===\n\nThree\n---\n\n###### Six\n\n#hashtag\n", "markdown")
    levels = [(block.text, block.kind, block.level) for block in clip.blocks]
    assert levels == [
        ("One", Kind.HEADING, 1),
        ("Two", Kind.HEADING, 1),
        ("Three", Kind.HEADING, 2),
        ("Six", Kind.HEADING, 6),
        ("#hashtag", Kind.PARAGRAPH, 0),
    ]


def test_nested_lists_stand_together(cleaner_: Cleaner) -> None:
    source = "* Salt\n    * fine\n        * coarse\n* Rope\n"
    clip = read(source, "markdown")
    assert texts(clip) == ["Salt", "fine", "coarse", "Rope"]
    assert set(kinds_of(clip)) == {Kind.LIST_ITEM}
    assert cleaner_.clean(source, "markdown").text == "- Salt\n- fine\n- coarse\n- Rope"


def test_numbered_items_keep_their_numbers(cleaner_: Cleaner) -> None:
    source = f"{PROSE}\n\n3. Salt\n4. Rope\n"
    assert set(kinds_of(read(source, "markdown"))[1:]) == {Kind.LIST_ITEM}
    assert cleaner_.clean(source, "markdown").text == source.strip()


def test_task_lists_lose_their_boxes() -> None:
    assert texts(read("- [ ] Salt\n- [x] Rope\n", "markdown")) == ["Salt", "Rope"]


def test_wrapped_list_items_are_one_item_each() -> None:
    # html2text wraps at 78 columns and indents what goes on.
    source = (
        "  * The mill at Osk grinds only on Thursdays, when the wind comes over the\n"
        "    salt flats and the miller has slept at least until seven o'clock in the\n"
        "    morning.\n"
        "  * The nets are repaired on every other day of the week except Sunday, which\n"
        "    is for sleeping.\n"
    )
    found = read(source, "markdown")
    assert len(found.blocks) == 2
    assert found.blocks[0].text.endswith("until seven o'clock in the morning.")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("* Salt\n  and rope\n    * fine\n* Tar\n", ["Salt and rope", "fine", "Tar"]),
        ("* Salt  \n  and rope\n", ["Salt", "and rope"]),
        ("* Salt\nRope\n", ["Salt", "Rope"]),
        ("* Salt\n\n  Rope\n", ["Salt", "Rope"]),
        ("* [Salt](/s\n  )\n* Rope\n", ["Salt", "Rope"]),
    ],
    ids=["indented", "line break", "not indented", "blank line", "torn link"],
)
def test_an_item_goes_on_in_what_is_indented_under_it(source: str, found: list[str]) -> None:
    assert texts(read(source, "markdown")) == found


def test_an_image_on_its_own_line_is_an_image_with_its_alternative_text() -> None:
    block = only(read('![The crane (2019)](https://osk.example/a_(1).jpg "Crane")', "markdown"))
    assert block.kind is Kind.IMAGE
    assert block.images == (Image("https://osk.example/a_(1).jpg", "The crane (2019)"),)


def test_an_image_inside_a_paragraph_is_a_fact_of_it() -> None:
    block = only(read("![Crane](c.jpg) The crane stays.", "markdown"))
    assert (block.kind, block.text, block.images) == (
        Kind.PARAGRAPH,
        "The crane stays.",
        (Image("c.jpg", "Crane"),),
    )


@pytest.mark.parametrize(
    ("markup", "text", "href"),
    [
        ("[crane](/c)", "crane", "/c"),
        ('[crane](/c "The title")', "crane", "/c"),
        ("[crane](</c d>)", "crane", "/c d"),
        (
            "[Osk (mill)](https://w.example/Osk_(mill))",
            "Osk (mill)",
            "https://w.example/Osk_(mill)",
        ),
        ("[a [b] c](/c)", "a [b] c", "/c"),
        (r"[\[1\]](#note)", "[1]", "#note"),
        ("[**bold** crane](/c)", "bold crane", "/c"),
        ("[![](i.png) crane](/c)", "crane", "/c"),
    ],
)
def test_links_show_their_text_and_keep_their_target(markup: str, text: str, href: str) -> None:
    block = only(read(f"See {markup} here", "markdown"))
    assert block.text == f"See {text} here"
    assert block.links == (Link(text, href),)
    assert block.link_chars == len(text)


def test_an_image_inside_a_link_is_read_with_its_link() -> None:
    block = only(read("[![Marsholt Ledger](/logo.png)](https://m.example/)", "markdown"))
    assert block.kind is Kind.IMAGE
    assert block.images == (Image("/logo.png", "Marsholt Ledger"),)
    assert [link.href for link in block.links] == ["https://m.example/"]


def test_an_address_with_spaces_is_one_where_it_can_be_nothing_else() -> None:
    block = only(read("See [crane](https://o.example/a b) and [sic](see below)", "markdown"))
    assert block.text == "See crane and [sic](see below)"
    assert block.links == (Link("crane", "https://o.example/a b"),)


def test_references_lead_where_their_definitions_say() -> None:
    source = (
        "See [the crane][1], [The  Mill][] and [Rope].\n\n[Anna]: Yes.\n\n"
        '   [1]: https://o.example/c "Crane"\n[the mill]: <https://o.example/m>\n[rope]: /r\n'
    )
    clip = read(source, "markdown")
    assert texts(clip) == ["See the crane, The  Mill and Rope.", "[Anna]: Yes."]
    hrefs = [link.href for link in clip.blocks[0].links]
    assert hrefs == ["https://o.example/c", "https://o.example/m", "/r"]


def test_footnotes_show_their_note_and_not_their_mark() -> None:
    clip = read("The crane[^1] stays[^n].\n\n[^1]: It is _old_.\n[^n]: For now.\n", "markdown")
    assert texts(clip) == ["The crane stays.", "It is old.", "For now."]


@pytest.mark.parametrize(
    "source",
    [
        "The crane <!-- no --> stays.\n\n<!-- no -->\n\nAfter.",
        "<!--\nno\n\n# no\n--> The crane stays.\n\nAfter.",
        "The crane stays.\n<!-- no\nno -->\nAfter.",
    ],
)
def test_comments_show_nothing(source: str) -> None:
    assert texts(read(source, "markdown")) == ["The crane stays.", "After."]


def test_a_comment_that_never_ends_is_text() -> None:
    assert texts(read("<!-- The crane\n\nstays", "markdown")) == ["<!-- The crane", "stays"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Rask &amp; Sons", "Rask & Sons"),
        ("5 &gt; 4 &#8212; so", "5 > 4 — so"),
        ("a&nbsp;b", "a\u00a0b"),
        ("&lt;p&gt; is a tag", "<p> is a tag"),
        ("&#42;no emphasis&#42;", "*no emphasis*"),
        ("&amp;lt;", "&lt;"),
        ("AT&T &unknown; &noti;", "AT&T &unknown; &noti;"),
        ("`&amp;` in code", "&amp; in code"),
    ],
)
def test_entities_of_markdown_are_decoded_once(markup: str, text: str) -> None:
    assert only(read(markup, "markdown")).text == text


def test_links_that_follow_one_another_over_lines_show_no_brackets() -> None:
    source = "[Salt:\n\n- Rope](/r)[- Tar\n\nBoat](/b)"
    assert texts(read(source, "markdown")) == ["Salt:", "Rope- Tar", "Boat"]


def test_a_link_that_runs_over_lines_is_link_text() -> None:
    clip = read("[\n### The crane stays\n\nA harbour story](https://m.example/crane)\n", "markdown")
    assert texts(clip) == ["The crane stays", "A harbour story"]
    assert [block.link_chars for block in clip.blocks] == [len(t) for t in texts(clip)]


def test_autolinks_show_their_address() -> None:
    block = only(read("See <https://osk.example/a_b_c> here", "markdown"))
    assert block.text == "See https://osk.example/a_b_c here"


@pytest.mark.parametrize("rule", ["|---|---|", "| --- | --- |", "|:--|--:|", "| :-: | - |"])
def test_table_rows_are_blocks_and_the_rule_is_none(rule: str) -> None:
    clip = read(f"| Tide | Hour |\n{rule}\n| **high** | [06:12](/h) |\n\nAfter.", "markdown")
    assert texts(clip) == ["Tide | Hour", "high | 06:12", "After."]
    assert kinds_of(clip) == [Kind.TABLE, Kind.TABLE, Kind.PARAGRAPH]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Osk | Ledger\n---\n\nAfter.", Kind.HEADING),
        ("- a | b\n- | -\n", Kind.LIST_ITEM),
        ("a | b\n| - |\n", Kind.PARAGRAPH),
    ],
    ids=["heading", "list", "unlike"],
)
def test_what_only_looks_like_a_table_is_none(source: str, kind: Kind) -> None:
    assert read(source, "markdown").blocks[0].kind is kind


def test_a_row_of_dashes_in_a_table_is_a_row() -> None:
    clip = read("| a | b |\n| - | - |\n| - | - |\n", "markdown")
    assert texts(clip) == ["a | b", "- | -"]


def test_a_table_without_outer_pipes_is_a_table() -> None:
    clip = read("Tide | Hour\n--- | ---\nhigh | 06:12\n", "markdown")
    assert texts(clip) == ["Tide | Hour", "high | 06:12"]


def test_escaped_pipes_do_not_part_cells() -> None:
    assert texts(read("| a | b |\n|---|---|\n| x \\| y | z |\n", "markdown"))[1] == "x | y | z"


CODE = "def peaks(rows):\n    # no *heading*\n\n\tif rows[0] < 2:   return [x](y)\n    <p>&amp;\\*"


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
@pytest.mark.parametrize("language", ["", "python", " python title=x"])
def test_fenced_code_is_kept_to_the_character(cleaner_: Cleaner, fence: str, language: str) -> None:
    source = f"{PROSE}\n\n{fence}{language}\n{CODE}\n{fence}\n\n{PROSE}\n"
    clip = read(source, "markdown")
    assert texts(clip) == [PROSE, CODE, PROSE]
    assert clip.blocks[1].kind is Kind.CODE
    assert cleaner_.clean(source, "markdown").text == f"{PROSE}\n\n{CODE}\n\n{PROSE}"


def test_code_in_a_line_of_its_own_opens_no_fence() -> None:
    assert texts(read("```x = 1```\n\nAfter.", "markdown")) == ["x = 1", "After."]


def test_code_that_never_ends_is_kept() -> None:
    assert texts(read("```\nx = 1\n\ny = 2\n", "markdown")) == ["x = 1\n\ny = 2"]


@pytest.mark.parametrize("code", ["<br>", "[a](b)", "**kwargs", "a_b_c", "\\n", "![x](y)", "<p>"])
def test_code_in_a_line_is_kept_to_the_character(code: str) -> None:
    assert only(read(f"Write `{code}` here.", "markdown")).text == f"Write {code} here."


FRONT = """\
---
title: "The keepers: a war"
source: "https://tollan.example/keepers"
author:
  - "[[Wenna Calloway]]"
  - Perran Hask
published: 2024-05-02
tags:
---
The lamp was automated in 1986.
"""


def test_front_matter_is_facts_and_not_text(cleaner_: Cleaner) -> None:
    clip = read(FRONT, "markdown")
    assert clip.facts["title"] == "The keepers: a war"
    assert clip.facts["author"] == "Wenna Calloway; Perran Hask"
    assert texts(clip)[-1] == "The lamp was automated in 1986."
    assert set(kinds_of(clip)[:-1]) == {Kind.FRONT_MATTER}
    article = cleaner_.clean(FRONT)
    assert article.kind == "markdown"
    assert article.text == "The lamp was automated in 1986."
    assert (article.title, article.byline) == (
        "The keepers: a war",
        ["Wenna Calloway", "Perran Hask"],
    )
    assert (article.published, article.url) == ("2024-05-02", "https://tollan.example/keepers")


def test_front_matter_with_a_blank_line_is_front_matter() -> None:
    clip = read("---\ntitle: Keepers\n\ntags: [a, b]\n---\n\nThe lamp.\n", "markdown")
    assert clip.facts["title"] == "Keepers"
    assert clip.blocks[-1].text == "The lamp."
    assert set(kinds_of(clip)[:-1]) == {Kind.FRONT_MATTER}


def test_front_matter_after_a_byte_order_mark_is_front_matter() -> None:
    assert read(b"\xef\xbb\xbf" + FRONT.encode(), "markdown").facts["published"] == "2024-05-02"


def test_a_rule_at_the_start_of_an_article_is_no_front_matter() -> None:
    clip = read("---\n\nThe lamp: a story\n\n---\n\nIt was automated.\n", "markdown")
    assert clip.facts == {}
    assert texts(clip) == ["The lamp: a story", "It was automated."]


JINA = """\
Title: The night tram

URL Source: https://m.example/night-tram

Published Time: 2024-02-11T06:30:00Z

Markdown Content:
# The night tram

It leaves at nineteen minutes to three.
"""


def test_jina_header_is_facts_and_not_text(cleaner_: Cleaner) -> None:
    article = cleaner_.clean(JINA)
    assert article.kind == "markdown"
    assert article.text == "The night tram\n\nIt leaves at nineteen minutes to three."
    assert (article.title, article.url) == ("The night tram", "https://m.example/night-tram")
    assert (article.published or "")[:16] == "2024-02-11T06:30"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (r"1986\. A good year", "1986. A good year"),
        (r"\* no bullet", "* no bullet"),
        (r"\# no heading", "# no heading"),
        (r"a \*star\* and \_line\_", "a *star* and _line_"),
        (r"\[no link\](x)", "[no link](x)"),
        (r"C:\path stays", r"C:\path stays"),
        (r"back\\slash", r"back\slash"),
        (r"write \<p\> here", "write <p> here"),
    ],
)
def test_escapes_show_the_character(markup: str, text: str) -> None:
    block = only(read(markup, "markdown"))
    assert (block.text, block.kind) == (text, Kind.PARAGRAPH)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("*a* and _b_", "a and b"),
        ("**a** and __b__", "a and b"),
        ("***a*** b", "a b"),
        ("~~a~~ b", "a b"),
        ("**a *b* c** d", "a b c d"),
        ("re**mark**able", "remarkable"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("_private and other_ names", "private and other names"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("2*3*4", "2*3*4"),
        ("5 ** 2", "5 ** 2"),
        ("a * b", "a * b"),
        ("4* hotel", "4* hotel"),
        ("x==1 and y==2", "x==1 and y==2"),
        ("**begins here", "begins here"),
        ("ends here**", "ends here"),
        ("**both **", "both"),
        ("the **Note: **this", "the Note: this"),
        ("**a****b**", "ab"),
        ("from 5 €*, all prices*", "from 5 €*, all prices*"),
        ("f(*args, **kwargs)", "f(*args, **kwargs)"),
    ],
)
def test_emphasis_is_not_shown_and_other_signs_stay(markup: str, text: str) -> None:
    assert only(read(markup, "markdown")).text == text


def test_quotes_are_quotes() -> None:
    clip = read("> First.\n>\n> > Second.\n\nAfter.", "markdown")
    assert texts(clip) == ["First.", "Second.", "After."]
    assert kinds_of(clip) == [Kind.QUOTE, Kind.QUOTE, Kind.PARAGRAPH]


def test_rules_between_paragraphs_are_no_blocks() -> None:
    assert texts(read("One.\n\n* * *\n\nTwo.\n\n---\n\n___\n\nThree.", "markdown")) == [
        "One.", "Two.", "Three.",
    ]  # fmt: skip


def test_markdown_spans_point_to_the_markup_of_their_block() -> None:
    source = "# Osk\r\n\r\n- the [crane](/c)\r\n\r\n| a | b |\r\n|---|---|\r\n| c | d |\r\n"
    clip = read(source, "markdown")
    spans = [source[start:end] for start, end in (block.span or (0, 0) for block in clip.blocks)]
    assert spans == ["# Osk", "- the [crane](/c)", "| a | b |", "| c | d |"]


# --- html


@pytest.mark.parametrize(
    ("tag", "flag"),
    [
        ("nav", Inside.NAV),
        ("aside", Inside.ASIDE),
        ("footer", Inside.FOOTER),
        ("header", Inside.HEADER),
        ("form", Inside.FORM),
        ("button", Inside.BUTTON),
        ("dialog", Inside.DIALOG),
        ("noscript", Inside.NOSCRIPT),
        ("template", Inside.HIDDEN),
        ('div role="navigation"', Inside.NAV),
        ('div role="contentinfo"', Inside.FOOTER),
        ('div role="dialog"', Inside.DIALOG),
        ("div hidden", Inside.HIDDEN),
        ('div aria-hidden="true"', Inside.HIDDEN),
        ('div style="color:red; DISPLAY : none"', Inside.HIDDEN),
        ('div style="visibility:hidden"', Inside.HIDDEN),
    ],
)
def test_a_block_knows_the_elements_around_it(tag: str, flag: int) -> None:
    name = tag.partition(" ")[0]
    clip = read(f"<p>Before</p><{tag}><div><p>Crane</p></div></{name}><p>After</p>", "html")
    assert the(clip, "Crane").inside & flag
    assert not the(clip, "Before").inside & flag
    assert not the(clip, "After").inside & flag


def test_the_share_of_link_text_is_known() -> None:
    clip = read('<p>See <a href="/a">the crane</a> and <a href="/b">the mill</a>.</p>', "html")
    block = only(clip)
    assert block.links == (Link("the crane", "/a"), Link("the mill", "/b"))
    assert block.link_chars == len("the crane") + len("the mill")


def test_a_link_around_blocks_makes_each_of_them_link_text() -> None:
    clip = read('<a href="/c"><h3>Crane stays</h3><p>A harbour story</p></a><p>After</p>', "html")
    assert [(b.text, b.link_chars == len(b.text)) for b in clip.blocks] == [
        ("Crane stays", True),
        ("A harbour story", True),
        ("After", False),
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="/c.jpg" alt="Crane"><figcaption>Dusk</figcaption>',
        '<figcaption>Dusk</figcaption><img src="/c.jpg" alt="Crane">',
        '<a href="/big"><picture><source srcset="/c.webp"><img src="/c.jpg" alt="Crane">'
        "</picture></a><figcaption><p>Dusk</p></figcaption>",
        '<div><img data-src="/c.jpg" src="data:image/gif;base64,R0" alt="Crane"></div>'
        "<div><figcaption>Dusk</figcaption></div>",
    ],
    ids=["image first", "caption first", "picture", "lazy"],
)
def test_a_figure_binds_its_caption_to_its_image(inside: str) -> None:
    clip = read(f"<p>Before</p><figure>{inside}</figure><p>After</p>", "html")
    caption = the(clip, "Dusk")
    assert caption.inside & Inside.FIGCAPTION
    assert caption.images == (Image("/c.jpg", "Crane"),)
    assert the(clip, "After").images == ()


def test_two_figures_do_not_share_their_images() -> None:
    figure = '<figure><img src="/{0}.jpg"><figcaption>{0}</figcaption></figure>'
    clip = read(figure.format("a") + figure.format("b"), "html")
    assert [block.images for block in clip.blocks] == [
        (Image("/a.jpg", ""),),
        (Image("/b.jpg", ""),),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<p>The crane stays.</p><img src='/c.jpg' alt='Crane'>",
        "<p>The crane stays.</p><figure><img src='/c.jpg' alt='Crane'></figure>",
        "<img src='/c.jpg' alt='Crane'>",
    ],
    ids=["after the text", "figure without caption", "alone"],
)
def test_no_image_is_lost(source: str) -> None:
    blocks = read(source, "html").blocks
    assert [image for block in blocks for image in block.images] == [Image("/c.jpg", "Crane")]


def test_lists_are_list_items_that_stand_together(cleaner_: Cleaner) -> None:
    source = f"<p>{PROSE}</p><ul><li>Salt<li>Rope</ul><ol><li><p>One</p></li></ol>"
    clip = read(source, "html")
    assert kinds_of(clip) == [Kind.PARAGRAPH] + [Kind.LIST_ITEM] * 3
    assert "- Salt\n- Rope" in cleaner_.clean(source, "html").text


def test_nested_lists_of_a_page_stand_together() -> None:
    source = f"<p>{PROSE}</p><ul><li>Salt<ul><li>fine</li></ul></li><li>Rope</li></ul>"
    assert Cleaner(model=False).clean(source, "html").text == f"{PROSE}\n\n- Salt\n- fine\n- Rope"


def test_table_rows_are_blocks_with_their_cells() -> None:
    clip = read(
        "<table><thead><tr><th>Tide<th>Hour</thead>"
        "<tr><td>high</td><td><b>06:12</b></td></tr><tr><td>low<td></table>",
        "html",
    )
    assert texts(clip) == ["Tide | Hour", "high | 06:12", "low"]
    assert set(kinds_of(clip)) == {Kind.TABLE}


def test_paragraphs_in_a_layout_table_are_paragraphs() -> None:
    clip = read(f"<table><tr><td><p>{PROSE}</p><p>Crane.</p></td></tr></table>", "html")
    assert kinds_of(clip) == [Kind.PARAGRAPH, Kind.PARAGRAPH]


def test_preformatted_text_keeps_its_lines_and_spaces(cleaner_: Cleaner) -> None:
    code = "for x in y:\n    print(x)\n\n\tdone  # <ok>"
    escaped = code.replace("<", "&lt;").replace(">", "&gt;")
    source = f"<p>{PROSE}</p><pre><code>\n{escaped}\n</code></pre>"
    assert texts(read(source, "html"))[1] == code
    assert read(source, "html").blocks[1].kind is Kind.CODE
    assert cleaner_.clean(source, "html").text == f"{PROSE}\n\n{code}"


def test_line_breaks_part_lines(cleaner_: Cleaner) -> None:
    source = "<p>Salt Mill<br>14 Quarrel Road<br/>Osk</p><p>After</p>"
    assert texts(read(source, "html")) == ["Salt Mill", "14 Quarrel Road", "Osk", "After"]
    assert cleaner_.clean(source, "html").text.startswith("Salt Mill\n14 Quarrel Road\nOsk")


def test_white_space_of_the_source_is_one_space() -> None:
    source = "<p>  The\n\t crane <b> stays </b>.</p>\n"
    assert only(read(source, "html")).text == "The crane stays ."


@pytest.mark.parametrize(
    "source",
    [
        "<p>Crane</p><script>var p = '<p>no</p>';</script>",
        "<style>p::before { content: 'no' }</style><p>Crane</p>",
        "<p>Crane<!-- no --></p><!-- <p>no</p> -->",
        "<!--[if IE]><p>no</p><![endif]--><p>Crane</p>",
        "<script type='text/template'><p>no</p></script><p>Crane</p>",
        "<p>Crane<script>no</script></p>",
    ],
    ids=["script", "style", "comment", "conditional comment", "script template", "in paragraph"],
)
def test_scripts_styles_and_comments_hold_no_text(source: str) -> None:
    assert texts(read(source, "html")) == ["Crane"]


@pytest.mark.parametrize(
    "source",
    [
        "<p>It is <math><mi>x</mi><mo>=</mo><mn>42</mn></math> metres deep.</p>",
        "<svg><text>x=42 metres deep.</text></svg><p>It is</p>",
        "<p>It is</p><map name='m'><p>x=42 metres deep.</p></map>",
        "<p>It is</p><svg><path d='M0 0'><p>x=42 metres deep.</p>",
    ],
    ids=["formula", "drawing", "image map", "drawing that never ends"],
)
def test_text_in_formulas_and_drawings_is_not_lost(source: str) -> None:
    seen = "".join("".join(texts(read(source, "html"))).split())
    assert all(word in seen for word in ("Itis", "x=42", "metresdeep."))


def test_hidden_text_is_read_and_marked() -> None:
    clip = read("<p hidden>Gone</p><p>Crane</p><noscript><p>Enable it</p></noscript>", "html")
    assert texts(clip) == ["Gone", "Crane", "Enable it"]
    assert the(clip, "Gone").inside & Inside.HIDDEN


HEAD = """\
<!doctype html><html lang="de-AT"><head>
<title>Kran bleibt | Kurier</title>
<meta property="og:site_name" content="Kurier">
<meta name="Author" content="Tove Brandt">
<link rel="canonical" href="https://kurier.example/kran">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Kran <b>"}</script>
</head><body><p>Der Kran bleibt.</p>
<script type="application/ld+json">{"@type": "BreadcrumbList"}</script></body></html>
"""


def test_the_head_of_a_page_is_facts() -> None:
    clip = read(HEAD, "html")
    assert texts(clip) == ["Der Kran bleibt."]
    assert clip.facts["title"] == "Kran bleibt | Kurier"
    assert clip.facts["og:site_name"] == "Kurier"
    assert clip.facts["author"] == "Tove Brandt"
    assert clip.facts["language"] == "de-AT"
    assert clip.url == "https://kurier.example/kran"


def test_json_ld_is_a_fact_wherever_it_stands() -> None:
    found = read(HEAD, "html").facts["json_ld"]
    assert '"headline": "Kran <b>"' in found
    assert "BreadcrumbList" in found


def test_the_address_given_by_the_caller_outranks_the_page() -> None:
    assert read(HEAD, "html", "https://other.example/").url == "https://other.example/"


def test_unclosed_tags_do_not_swallow_text() -> None:
    source = "<div><p>One<p>Two<div><ul><li>Three<li>Four</div><b><i>Five</b></i><p>Six"
    assert texts(read(source, "html")) == ["One", "Two", "Three", "Four", "Five", "Six"]


def test_stray_end_tags_do_not_swallow_text() -> None:
    source = "</div></p></pre><p>One</p></body></html><p>Two  words</p></table>Three"
    assert texts(read(source, "html")) == ["One", "Two words", "Three"]


NESTED = f"<p>Before</p>{'<div>' * 5000}<p>{PROSE}</p>{'</div>' * 5000}<p>After</p>"


def test_five_thousand_nested_divs_are_read() -> None:
    assert texts(read(NESTED, "html")) == ["Before", PROSE, "After"]


def test_five_thousand_nested_divs_are_cleaned(cleaner_: Cleaner) -> None:
    assert PROSE in cleaner_.clean(NESTED, "html").text


def _nested(cleaner_: Cleaner) -> Article:
    depth = sys.getrecursionlimit() // 2
    return cleaner_.clean("<div>" * depth + f"<p>{PROSE}</p>", "html")


def test_a_deep_page_can_be_sent_to_another_process(cleaner_: Cleaner) -> None:
    article = _nested(cleaner_)
    assert pickle.loads(pickle.dumps(article)).text == article.text


def test_a_deep_page_can_be_compared_and_shown(cleaner_: Cleaner) -> None:
    article = _nested(cleaner_)
    assert article == _nested(cleaner_)
    assert PROSE in repr(article)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Rask &amp; Sons", "Rask & Sons"),
        ("&lt;p&gt; is a tag", "<p> is a tag"),
        ("&copy; Osk &#8212; &#x2014;", "© Osk — —"),
        ("caf&eacute;", "café"),
        ("&amp;lt;", "&lt;"),
        ("AT&T &unknown; 5 < 6", "AT&T &unknown; 5 < 6"),
        ("soft&shy;hyphen", "soft\u00adhyphen"),
    ],
)
def test_entities_are_decoded_once(markup: str, text: str) -> None:
    assert only(read(f"<p>{markup}</p>", "html")).text == text


# --- bytes

GERMAN = "Die größte Glocke läutet für 180 € – „leise“, heißt es."
JAPANESE = "灯台守は四十年のあいだ一度も灯を消さなかったと語った。"


def _page(text: str, charset: str) -> str:
    return f'<html><head><meta charset="{charset}"><title>Osk</title></head><p>{text}</p></html>'


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [
        (GERMAN, "windows-1252", "cp1252"),
        (GERMAN, "iso-8859-1", "cp1252"),
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "iso-8859-1", "utf-8"),
        (JAPANESE, "Shift_JIS", "shift_jis"),
        (JAPANESE, "EUC-JP", "euc_jp"),
        (JAPANESE, "utf-8", "utf-16"),
        ("Маяк не гас ни разу.", "koi8-r", "koi8_r"),
        ("灯塔守护人说灯从未熄灭。", "gb2312", "gb18030"),
    ],
)
def test_a_page_is_decoded_by_its_mark_or_its_declaration(
    text: str, declared: str, encoding: str
) -> None:
    clip = read(_page(text, declared).encode(encoding))
    assert clip.kind == "html"
    assert texts(clip) == [text]


def test_a_declaration_in_the_old_form_is_read() -> None:
    old = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'
    assert texts(read(f"{old}<p>{GERMAN}</p>".encode("cp1252"), "html")) == [GERMAN]


def test_a_wrong_declaration_of_utf_8_is_seen_through() -> None:
    page = _page(" ".join([GERMAN] * 4), "utf-8").encode("cp1252")
    assert "größte Glocke läutet" in read(page, "html").blocks[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_text_with_a_byte_order_mark_has_none_in_its_first_block(encoding: str, kind: str) -> None:
    assert texts(read(f"{GERMAN}\n\n{JAPANESE}".encode(encoding), kind)) == [GERMAN, JAPANESE]


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_every_kind_of_bytes_is_read(make: type) -> None:
    assert texts(read(make(GERMAN.encode()), "text")) == [GERMAN]


def test_broken_utf_8_loses_only_what_is_broken() -> None:
    data = (GERMAN * 3).encode() + b"\xff" + GERMAN.encode()
    assert only(read(data, "text")).text == GERMAN * 3 + "\ufffd" + GERMAN


# --- telling kinds apart


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("html", "<!DOCTYPE html><html><body><p>Crane</p></body></html>"),
        ("html", "\n\n  <!-- saved -->\n<html lang=en><p>Crane"),
        ("html", '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD"><html/>'),
        ("html", f"<div><h1>Crane</h1><p>{PROSE}</p></div>"),
        ("html", f"<p>{PROSE}</p>\n<p>{PROSE}</p>"),
        ("markdown", f"# Crane stays\n\n{PROSE} See [the mill](https://osk.example/).\n"),
        ("markdown", f"![Crane](https://osk.example/c.jpg)\n\n{PROSE}\n\n**Bold** word"),
        ("markdown", f"## One\n\n{PROSE}\n\n```\ncode\n```\n"),
        ("markdown", FRONT),
        ("markdown", JINA),
        ("markdown", f"# Crane\n\n{PROSE}\n\n<div><p>raw</p></div>\n\n[mill](https://o.example)"),
        ("text", PROSE),
        ("text", ""),
        ("text", f'{PROSE} The tag "<p>" opens a paragraph, and </p> closes it.'),
        ("text", f"{PROSE}\n\nIn HTML you write <br> for a line break and <b> for bold."),
        ("text", f"{PROSE} It was 5 < 6 and 7 > 6, wrote a reader <tove@osk.example>."),
        ("text", f"#1 on the list\n\n{PROSE}\n\n* * *\n\n{PROSE}"),
        ("text", f"{PROSE} [1] It was 2 * 3 * 4 metres [sic] (see below)."),
        ("text", f"Crane stays\n-----------\n{PROSE}"),
        ("text", "- Salt\n- Rope\n- Tar\n"),
    ],
)
def test_kinds_are_told_apart(kind: str, source: str) -> None:
    assert sniff(source) == kind


def test_the_kinds_that_can_be_asked_for() -> None:
    assert kinds()[0] == "auto"
    assert {"text", "markdown", "html"} < set(kinds())


def test_a_kind_that_nothing_reads_is_refused_with_those_that_are_read() -> None:
    with pytest.raises(UnknownKindError, match=r"pdf.*auto.*html.*markdown.*text"):
        read("Crane", "pdf")


@pytest.mark.parametrize("source", [None, 3, ["Crane"]])
def test_what_is_neither_text_nor_bytes_is_refused(source: object) -> None:
    with pytest.raises(InputError, match="str or bytes"):
        read(source)  # type: ignore[arg-type]  # the wrong use is what is tested
