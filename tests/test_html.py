"""HTML that real pages hold and no standard allows: nothing is lost, and nothing takes long."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Callable

import pytest

from cleaner import Block, Cleaner, Clip, Image, Kind
from cleaner.clip import Inside, Node
from cleaner.readers import read
from cleaner.readers.html_elements import MAX_DEPTH
from cleaner.rules.names import ClassIndex, Surroundings

from .strategies import SENTENCES
from .test_readers import texts

PROSE = SENTENCES[0]


def images(clip: Clip) -> list[tuple[str, str]]:
    """The images of each block that has some, after its text."""
    return [(block.text, image.src) for block in clip.blocks for image in block.images]


# --- drawings and formulas


def test_a_template_in_a_drawing_is_an_element_like_any_other() -> None:
    """There it has no contents of its own, as it has elsewhere."""
    drawing = "<svg><template><text>Four sails</text></template><template/></svg>"
    assert texts(read(f"<p>Salt</p>{drawing}<p>Tar</p>", "html")) == ["Salt", "Four sails", "Tar"]


def test_a_formula_is_part_of_its_sentence() -> None:
    tex = (
        '<semantics><mi>x</mi><annotation encoding="application/x-tex">\\x</annotation></semantics>'
    )
    assert texts(read(f"<p>It is <math>{tex}</math> deep.</p>", "html")) == ["It is x deep."]


def test_the_name_of_an_icon_is_no_part_of_its_line() -> None:
    clip = read("<p>Salt <svg><title>Share</title><path/></svg> and rope</p><p>Tar</p>", "html")
    assert texts(clip) == ["Salt and rope", "Share", "Tar"]
    assert clip.blocks[1].inside & Inside.HIDDEN
    assert not clip.blocks[2].inside & Inside.HIDDEN


def test_each_line_of_a_drawing_is_a_block() -> None:
    source = "<svg><text>high <tspan>06:12</tspan></text><g><text>low</text></g></svg><p>Tar</p>"
    assert texts(read(source, "html")) == ["high 06:12", "low", "Tar"]


@pytest.mark.parametrize("tag", ["svg", "svg><g", "math", "math><annotation", "map"])
@pytest.mark.parametrize("after", ["<p>After</p>", "<div>After</div>", "<ul><li>After</ul>"])
def test_what_is_not_closed_does_not_swallow_the_page(tag: str, after: str) -> None:
    clip = read(f"<p>Before</p><{tag}>{after}", "html")
    assert texts(clip) == ["Before", "After"]
    assert not clip.blocks[1].inside & Inside.HIDDEN


def test_html_inside_of_a_drawing_is_html() -> None:
    clip = read("<svg><foreignObject><p>Tar</p></foreignObject><text>x</text></svg>", "html")
    assert "Tar" in texts(clip)


def test_the_title_of_a_drawing_is_not_that_of_the_page() -> None:
    clip = read("<svg><title>Logo</title></svg><title>Crane &amp; Co stays</title><p>A</p>", "html")
    assert clip.facts["title"] == "Crane & Co stays"
    assert texts(clip) == ["Logo", "A"]


@pytest.mark.parametrize("title", ["<title/>", "<title>Logo</title>", "<style/>", "<script/>"])
def test_what_a_drawing_names_does_not_hold_the_page(title: str) -> None:
    assert "Tar" in texts(read(f"<svg>{title}<path/></svg><p>Tar</p>", "html"))


def test_a_second_title_is_hidden() -> None:
    clip = read("<title>Crane</title><p>Tar</p><title>Salt</title>", "html")
    assert clip.facts["title"] == "Crane"
    assert [(b.text, bool(b.inside & Inside.HIDDEN)) for b in clip.blocks] == [
        ("Tar", False),
        ("Salt", True),
    ]


# --- tags as pages write them


@pytest.mark.parametrize(
    "source",
    [
        "<p title=it's>Salt</p><p title='x'>Tar</p>",
        '<p title="a > b">Salt</p><P>Tar</P>',
        "<p\n class = x >Salt</p\n><p/>Tar",
        "<p>Salt<!-- <p>rope</p> --><p>Tar",
        "<p>Salt<!--><p>Tar",
        "<p>Salt<!-- rope --!><p>Tar",
        "<p>Salt<![if !IE]><![endif]><?php echo?></><p>Tar",
        "<p>Salt<script>if (a<b) '</p>rope'</script ><p>Tar",
        "<p>Salt<STYLE>p > b {}</Style><p>Tar<script>rope",
        "<p>Salt<x-y/><p>Tar<a href='rope",
    ],
)
def test_a_tag_ends_where_a_browser_ends_it(source: str) -> None:
    assert texts(read(source, "html")) == ["Salt", "Tar"]


def test_an_attribute_is_read_as_a_browser_reads_it() -> None:
    source = "<p>" + "".join(
        f"<a {href}>x</a>"
        for href in ("HREF=a/b", "href = 'c'", 'x href="/?a=1&lang=en&amp;b" href=no', "xhref=d")
    )
    assert [link.href for link in read(source, "html").blocks[0].links] == [
        "a/b",
        "c",
        "/?a=1&lang=en&b",
        "",
    ]


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("<p>a<div>b</div>c", ["p", "div", ""]),
        ("<ul><li>a<ul><li>b</ul>c<li>d</ul>", ["ul/li", "ul/li/ul/li", "ul/li", "ul/li"]),
        ("<li><div>a<li>b", ["li/div", "li"]),
        ("<dl><dt>a<dd>b<dt>c</dl>", ["dl/dt", "dl/dd", "dl/dt"]),
        ("<table><tr><td><p>a<tr><td>b</table>c", ["table/tbody/tr/td/p", "table/tbody/tr", ""]),
        ("<h2><p>a</p></h3>b", ["h2/p", ""]),
        ("<div><span>a</div>b", ["div", ""]),
        ("<form><div>a</form>b</div>c", ["form/div", ""]),
        ("<table><tr><td></div>a</table>", ["table/tbody/tr"]),
        ("<p><noscript><p>a</p></noscript>b", ["p/noscript/p", "p"]),
        ("<select><option>a<option>b</select>", ["select/option", "select/option"]),
    ],
)
def test_an_element_ends_where_a_browser_ends_it(source: str, paths: list[str]) -> None:
    blocks = read(source, "html").blocks
    assert [b.node.path for b in blocks if b.node is not None] == [
        f"html/body/{path}".rstrip("/") for path in paths
    ]


@pytest.mark.parametrize(
    ("source", "flag"),
    [
        ("<noscript><p>Salt &amp; rope<img src=a></p><p>Tar</noscript>", Inside.NOSCRIPT),
        ("<head><noscript><p>Salt &amp; rope<p>Tar</noscript></head>", Inside.NOSCRIPT),
        ("<noscript><noscript><p>Salt &amp; rope</noscript><p>Tar", Inside.NONE),
        ("<iframe><p>Salt &amp; rope</p>Tar</iframe>", Inside.MEDIA),
        ("<template><p>Salt &amp; rope<template><p>Tar</template></template>", Inside.HIDDEN),
        ("<noframes><p>Salt &amp; rope<p>Tar</noframes>", Inside.NONE),
        ("<svg><foreignObject><p>Salt &amp; rope<p>Tar</foreignObject></svg>", Inside.NONE),
    ],
)
def test_what_a_browser_does_not_show_is_read_as_html(source: str, flag: int) -> None:
    clip = read(source, "html")
    assert texts(clip) == ["Salt & rope", "Tar"]
    assert all(block.inside & flag == flag for block in clip.blocks)


def test_what_is_written_into_a_tag_does_not_make_it_a_long_one() -> None:
    source = f'<p>Salt <img alt=A src="data:image/png;base64,{"QUJD/+ " * N}"> rope<p>Tar'
    assert texts(read(source, "html")) == ["Salt rope", "Tar"]


def test_a_large_page_keeps_its_words_and_its_depth() -> None:
    row = "<tr><td><div><b class=x>Salt</b></div><td><i>rope</i></tr>"
    blocks = read(f"<table>{row * 10_000}</table><h2>Tar", "html").blocks
    assert len(blocks) == 20_001
    assert {block.text.strip(" |") for block in blocks} == {"Salt", "rope", "Tar"}
    assert blocks[-1].node is not None
    assert blocks[-1].node.path == "html/body/h2"


# --- images


def test_an_image_between_paragraphs_stands_in_its_place() -> None:
    clip = read("<p>One</p><div><img src=a alt='The  crane'></div><p>Two</p>", "html")
    assert [(b.text, b.kind) for b in clip.blocks] == [
        ("One", Kind.PARAGRAPH),
        ("The crane", Kind.IMAGE),
        ("Two", Kind.PARAGRAPH),
    ]
    assert [block.index for block in clip.blocks] == [0, 1, 2]


def test_an_image_in_a_line_is_a_fact_of_it() -> None:
    assert images(read("<p>One <img src=a> line</p><p>Two</p>", "html")) == [("One line", "a")]


def test_a_figure_without_caption_keeps_its_place_among_its_text() -> None:
    source = "<p>One</p><figure><p>Two</p><img src=a alt=A><p>Three</p></figure><p>Four</p>"
    clip = read(source, "html")
    assert texts(clip) == ["One", "Two", "A", "Three", "Four"]
    assert [block.index for block in clip.blocks] == [0, 1, 2, 3, 4]
    assert clip.blocks[2].inside & Inside.FIGURE


def test_a_figure_gives_its_image_to_all_of_its_caption() -> None:
    clip = read("<figure><img src=a><figcaption><p>A</p><p>B</p></figcaption></figure>", "html")
    assert images(clip) == [("A", "a"), ("B", "a")]


def test_an_image_that_noscript_repeats_is_one() -> None:
    source = "<figure><img src=a alt=A><noscript><img src=a alt=A></noscript></figure><p>One</p>"
    assert images(read(source, "html")) == [("A", "a")]


@pytest.mark.parametrize(
    "image",
    [
        "<a href='/story'><img src=a></a>",
        "<a href='/story'><figure><img src=a></figure></a>",
        "<img src=a width=1 height=1>",
        "<noscript><img src=a></noscript>",
        "<div hidden><img src=a></div>",
        "<button><img src=a></button>",
    ],
    ids=["teaser", "teaser's figure", "pixel", "noscript", "hidden", "button"],
)
def test_an_image_that_is_not_shown_for_its_own_sake_is_a_fact_of_the_next_block(
    image: str,
) -> None:
    assert images(read(f"<p>One</p><div>{image}</div><p>Two</p>", "html")) == [("Two", "a")]
    assert images(read(f"<p>One</p><div>{image}</div>", "html")) == [("", "a")]


@pytest.mark.parametrize("href", ["/big.JPG", "/big.webp?w=9", "#", "", "javascript:zoom()"])
def test_an_image_that_links_to_itself_stands_alone(href: str) -> None:
    clip = read(f"<p>One</p><a href='{href}'><img src=a alt=A></a><p>Two</p>", "html")
    assert texts(clip) == ["One", "A", "Two"]


@pytest.mark.parametrize(
    "image",
    ["<img data-lazy-src=a src='data:image/gif;base64,R0'>", "<amp-img src=a></amp-img>"],
)
def test_an_image_that_is_loaded_late_is_read(image: str) -> None:
    assert images(read(f"{image}<p>One</p>", "html")) == [("", "a")]


def test_the_class_of_a_caption_makes_no_caption_of_the_image_in_it(cleaner_: Cleaner) -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    source = (
        f"{body}<div class='wp-caption'><img src=a alt=A><p class='wp-caption-text'>The crane</p>"
    )
    article = cleaner_.clean(f"{source}</div>{body}", "html")
    assert [(c.text, c.image) for c in article.captions] == [("The crane", Image("a", "A"))]


# --- lines and lists


def test_a_nested_list_stands_together_whatever_is_left_open() -> None:
    clip = read("<p>x</p><ul><li>a<ol><li>b<li>c</ol><li><p>d</p><p>e</p></ul><p>y</p>", "html")
    assert texts(clip) == ["x", "a", "b", "c", "d", "e", "y"]
    assert [b.joint for b in clip.blocks] == ["\n\n", "\n\n", "\n", "\n", "\n", "\n", "\n\n"]


def test_two_lists_are_parted() -> None:
    assert [b.joint for b in read("<ul><li>a</ul><ul><li>b</ul>", "html").blocks] == ["\n\n"] * 2


def test_two_breaks_part_paragraphs() -> None:
    clip = read("a<br>b<br><br>c<br> <br>d<p>e<br>f", "html")
    assert [block.joint for block in clip.blocks] == [
        "\n\n",
        "\n",
        "\n\n",
        "\n\n",
        "\n\n",
        "\n",
    ]


# --- depth


@pytest.mark.parametrize("depth", [MAX_DEPTH - 3, MAX_DEPTH, MAX_DEPTH + 3, 5000])
def test_below_the_deepest_node_flags_names_and_forms_still_hold(depth: int) -> None:
    source = (
        f"{'<div>' * depth}<aside class=ad-box><div><span><ul><li>Salt</ul></span></div>"
        f"<p>Rope</p></aside><h2>Tar</h2><p>Coal"
    )
    salt, rope, tar, coal = read(source, "html").blocks
    for block in (salt, rope):
        assert block.inside & Inside.ASIDE
        assert block.node is not None
        assert "ad-box" in " ".join(node.names for node in block.node.ancestors())
    assert (salt.kind, tar.kind, tar.level) == (Kind.LIST_ITEM, Kind.HEADING, 2)
    assert not coal.inside & Inside.ASIDE
    for block in (salt, rope, tar, coal):
        assert block.node is not None
        assert len(list(block.node.ancestors())) <= MAX_DEPTH


def test_a_deep_page_can_be_copied(cleaner_: Cleaner) -> None:
    article = cleaner_.clean("<div>" * 5000 + PROSE, "html")
    for again in (copy.deepcopy(article), pickle.loads(pickle.dumps(article))):
        assert again == article
    assert repr(article.clip.blocks[0].node).startswith("Node('html/body/div/div")


def test_surroundings_of_a_chain_without_end() -> None:
    # No reader makes such a chain; a caller may.
    node = Node("body", "", Inside.NONE, None)
    for _ in range(100_000):
        node = Node("div", "", Inside.NAV, node)
    clip = Clip("html", "", (Block(0, "x", node=node),))
    around = Surroundings(clip, ClassIndex(), ())
    assert around.of(node) == (Inside.NAV, [])


def test_the_size_of_an_element_is_that_of_all_in_it() -> None:
    # `aside` counts unless it holds most of the page.
    source = "<div>{}</div><aside><div><p>{}</p></div><p>{}</p></aside>"
    for sizes, inside in (((80, 10, 10), True), ((10, 45, 45), False)):
        clip = read(source.format(*("x" * size for size in sizes)), "html")
        around = Surroundings(clip, ClassIndex(), ())
        for block in clip.blocks[1:]:
            assert block.node is not None
            assert bool(around.of(block.node)[0] & Inside.ASIDE) is inside


N = 10_000
SLOW: dict[str, Callable[[], str]] = {
    "a hundred thousand divs": lambda: "<div>" * 100_000 + PROSE,
    "text in every div": lambda: "<div>x " * N,
    "authors in authors": lambda: "<div class=author>x " * N,
    "names on every div": lambda: "".join(f"<div class='c{i} newsletter-{i}'>x " for i in range(N)),
    "figures in figures": lambda: "<figure><img src=a><p>x" * 5000 + "</figure>" * 5000,
    "captions of a figure of images": lambda: (
        "<figure>" + "<img src=a width=1><img src=b width=1><figcaption>x</figcaption>" * N
    ),
    "lists in lists": lambda: "<ul><li>x" * N,
    "empty cells": lambda: "<table><tr>" + "<td> " * 5 * N,
    "links in a line": lambda: "<p>" + "<a href=x>y</a> z " * N,
    "a link around blocks": lambda: "<a href=x>" + "<p>x</p>" * N,
    "drawings": lambda: "<p>" + "<svg><text>x</text></svg>" * N,
    "images": lambda: "<p><img src=x alt=y></p>" * N,
    "formatting that a tree would build anew": lambda: "".join(
        f"<p><font x={i}>x</p>" for i in range(N)
    ),
    "formatting that differs, in a large page": lambda: "".join(
        f"<p><b x={i}>x</p>" for i in range(2 * N)
    ),
    "what is parsed again": lambda: "<noscript><p>x</p>" * N + "<iframe><p>x</p></iframe>" * N,
    "templates in templates": lambda: "<template>x" * N,
    "HTML in drawings in HTML": lambda: "<svg><foreignObject><p>x" * N,
    "open quotes": lambda: '<a "' * N + "<a b='" * N,
    "ends of nothing": lambda: "<span>" * N + "</b></p>" * N,
    "lines of a drawing": lambda: "<svg>" + "<tspan>x</tspan>" * N,
    "frames in frames": lambda: "<iframe>" * N + "<noembed>" * N,
    "tags in a tag": lambda: "<p " + "x" * 80_000 + ">" + "<a" * N + ">" + PROSE * 1000,
    "scripts that are not opened": lambda: "<script " * 10 * N,
    "tags of many attributes": lambda: f"<p {' '.join(f'a{i}' for i in range(900))}>x" * 100,
    "lines beside a long title": lambda: f"<title>{'word ' * 3 * N}</title>" + "<p>A ferry</p>" * N,
    "data in pieces": lambda: '<script type=application/ld+json>{"a":"b"}</script>' * 5 * N,
    "a title in pieces": lambda: "<title>" + "a &amp; b" * N,
    "scripts": lambda: "<script type=application/ld+json>{}</script>" * N,
}


@pytest.mark.parametrize("name", SLOW)
def test_hostile_page_does_not_take_long(name: str, cleaner_: Cleaner) -> None:
    source = SLOW[name]()
    start = time.process_time()
    cleaner_.clean(source, "html").to_json()
    # Of the processor: what grows with the square takes minutes, what does not a few seconds.
    assert time.process_time() - start < 30


def test_the_same_title_twice_is_not_lost() -> None:
    clip = read("<title>A</title><svg><title>A</title></svg><title>A</title><p>x", "html")
    assert clip.facts["title"] == "A"
    assert texts(clip) == ["A", "A", "x"]


@pytest.mark.parametrize("value", ["1", '">"', "'\">'", '  "\'>"'])
def test_a_tag_of_many_attributes_does_not_take_long(value: str) -> None:
    source = "<p " + " ".join(f"a{i}={value}" for i in range(5 * N)) + ">x"
    start = time.process_time()
    assert texts(read(source, "html")) == ["x"]
    assert time.process_time() - start < 2


# --- encodings


@pytest.mark.parametrize(
    "charset",
    ["idna", "punycode", "utf-7", "undefined", "unicode_escape", "hex", "cp500", "x" * 500],
)
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    page = f"<meta charset={charset}><p>Die größte Glocke läutet</p>".encode("cp1252")
    assert "Glocke" in texts(read(page, "html"))[0]
