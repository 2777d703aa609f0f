"""Clips for property tests: invented prose, the packs' own chrome, captions, odd characters."""

from __future__ import annotations

from hypothesis import strategies as st

from cleaner.rules import load_packs
from cleaner.rules.loader import with_examples

SENTENCES = (
    "The ferry to Varn left the quay an hour late because a heron had settled on the bow.",
    "Nobody in the council could remember who had ordered the second bell tower.",
    "A retired clockmaker measured the bridge with a piece of string and was off by an inch.",
    "The mill at Osk grinds only on Thursdays, when the wind comes over the salt flats.",
    "She kept the minutes of every meeting since 1974 in biscuit tins under the stairs.",
    "Two engineers were sent to find the leak and came back with a basket of plums.",
    "„Der Kran bleibt stehen“, sagte die Hafenmeisterin, und damit war die Sitzung beendet.",
    "Le vieux pont de Sarne sera repeint en vert, malgré l'avis des pêcheurs de la rive.",
    "El faro de Candel lleva tres inviernos apagado y las gaviotas se han acostumbrado.",
    "After the flood the library dried its atlases on washing lines across the square.",
    "По словам смотрителя, маяк не гас ни разу за сорок лет службы.",
    "灯台守は四十年のあいだ一度も灯を消さなかったと語った。",
)
HEADLINES = (
    "Harbour crane stays where it is",
    "Why the bell of Osk rings twice",
    "Ein Dorf sucht seinen Brunnen",
    "Le pont sera vert",
    "What the tide left behind",
)
CAPTIONS = (
    "Visitors cross the salt flats near Osk on April 3, 2022. REUTERS",
    "The crane at dusk. (AP Photo/Dagny Hult)",
    "Das alte Zollhaus im Mai 2019. Foto: Jörn Rask/dpa",
    "Harbour master Tove Brandt, left, reads the gauge. Photo by Ines Falk / AFP",
    "© Perran Holt / Getty Images",
    "FILE PHOTO: The mill at Osk, December 8, 2020. REUTERS/Sunniva Blom",
)
STUBS = (
    "How the lock was repaired 02:17",
    "Inside the bell tower 1:04:10",
    "00:45",
    "3 min read",
    "By Philippa Rusk and Anselm Dovey",
    "Published March 4, 2024 10:15 a.m.",
    "Updated 2 hours ago",
    "Stand: 02.11.2023, 17:45 Uhr",
    "LUDVIK, Tarnholm (Reuters) - The court sat until midnight and ruled for the ship's owner.",
    "Correction: An earlier version gave the wrong tonnage.",
)
ODD = (
    "\u00a0",
    "\u200b",
    "\u200e\u202bשלום עולם\u202c",
    "مرحبا بالعالم",
    "\x00",
    "a\x00b",
    "\ud800",
    "half\udfff pair",
    "e\u0301te\u0301",
    "\ufeff",
    "soft\u00adhyphen",
    "one\u2028two\u2029three",
    "\x1c\x85\x0b\x0c",
    "ＦＵＬＬ ｗｉｄｔｈ",
    "x" * 3000,
    "İ",
    "ﬁnd the ﬂag",
    "🇸🇪👩‍👩‍👧",
    "&amp; &lt;p&gt;",
    "- ",
    "* * *",
    "1.",
    "|",
    "> ",
)


def chrome_lines() -> tuple[str, ...]:
    """The phrases of the packs' terms that fill a whole line, as the packs write them."""
    found = {
        phrase
        for pack in load_packs()
        for name, phrases in pack.terms.items()
        if name.endswith(("_line", "_heading", "_word"))
        for phrase in phrases
    }
    return tuple(sorted(found))


def example_blocks() -> tuple[str, ...]:
    """The text clips on which the packs' rules say that they fire, and those on which they
    say that they do not, without the prose around them."""
    rules = with_examples(load_packs())
    found = {
        example.text.replace("{prose}", "").strip()
        for rule in rules
        for example in rule.fires + rule.silent
        if example.kind == "text"
    }
    return tuple(sorted(found - {""}))


CHROME = chrome_lines()
EXAMPLES = example_blocks()


def _cased(line: str) -> st.SearchStrategy[str]:
    return st.sampled_from([line, line.capitalize(), line.title(), line.upper()])


paragraphs = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join)
chrome = st.sampled_from(CHROME).flatmap(_cased)
lines = st.one_of(
    paragraphs,
    paragraphs,
    chrome,
    chrome,
    st.sampled_from(HEADLINES),
    st.sampled_from(CAPTIONS),
    st.sampled_from(STUBS),
    st.sampled_from(HEADLINES).map("- {}".format),
    st.sampled_from(ODD),
    st.lists(st.sampled_from(SENTENCES + ODD), min_size=2, max_size=3).map(" ".join),
)
line_ends = st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", " \n\t\n", "\r"])


@st.composite
def _joined(draw: st.DrawFn, pieces: st.SearchStrategy[str]) -> str:
    drawn = draw(st.lists(pieces, max_size=14))
    return "".join(piece + draw(line_ends) for piece in drawn)


@st.composite
def _pages(draw: st.DrawFn) -> str:
    """A clip with the form of a page: menu and headline, story with what stands in it, tail."""
    short = st.one_of(
        chrome,
        chrome,
        st.sampled_from(STUBS),
        st.sampled_from(HEADLINES),
        st.sampled_from(EXAMPLES),
    )
    body = st.one_of(paragraphs, paragraphs, paragraphs, lines, st.sampled_from(EXAMPLES))
    parts = [
        *draw(st.lists(short, max_size=6)),
        *draw(st.lists(body, min_size=2, max_size=7)),
        *draw(st.lists(short, max_size=6)),
    ]
    gap = draw(st.sampled_from(["\n", "\n\n", "\n\n"]))
    return gap.join(parts)


# A clip of one very long line is cut into sentences.
one_line = st.lists(st.one_of(paragraphs, chrome), min_size=8, max_size=14).map(" ".join)
text_clips: st.SearchStrategy[str] = st.one_of(_pages(), _pages(), _joined(lines), one_line)

# Every character there is: `st.text()` alone leaves out surrogates.
any_text = st.text(st.characters(exclude_categories=()))


# --- markdown: pairs of a piece of markup and the text that it shows

Shown = tuple[str, str]


def _marked(pattern: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Shown]:
    return texts.map(lambda text: (pattern.format(text), text))


def _together(pieces: list[Shown]) -> Shown:
    return " ".join(markup for markup, _ in pieces), " ".join(text for _, text in pieces)


def _under(mark: str, piece: Shown) -> Shown:
    return mark + piece[0], piece[1]


_headlines = st.sampled_from(HEADLINES)
_inlines = st.one_of(
    _marked("{}", st.sampled_from(SENTENCES)),
    _marked("[{}](https://osk.example/a_(b)?c=1)", _headlines),
    _marked('[{}](/x "A title that shows only under the mouse")', _headlines),
    _marked("**{}**", _headlines),
    _marked("_{}_", _headlines),
    _marked("`{}`", _headlines),
    st.just(("file_name_here 2 * 3 * 4", "file_name_here 2 * 3 * 4")),
)
_md_paragraphs = st.lists(_inlines, min_size=1, max_size=3).map(_together)
_md_table = "| tide | hour |\n|---|---|\n| high | 06:12 |\n| low | 12:40 |"
_md_code = "```\nfor x in y:\n    print(x)\n\n# no heading\n```"
_md_blocks = st.one_of(
    _md_paragraphs,
    _md_paragraphs,
    _marked("{}", chrome.filter(lambda line: not set("*_[]<>`~=#|\\") & set(line))),
    st.sampled_from(["# {}", "## {} ##", "{}\n=====", "{}\n---"]).flatmap(
        lambda pattern: _marked(pattern, _headlines)
    ),
    st.builds(_under, st.sampled_from(["- ", "* ", "  - ", "1. ", "> ", "- [x] "]), _md_paragraphs),
    _marked("![{}](https://osk.example/p.jpg)", _headlines),
    _marked("[![](https://osk.example/p.jpg) {}](/x)", _headlines),
    _marked("{}", st.sampled_from(CAPTIONS)),
    st.just((_md_table, "tide hour high 06:12 low 12:40")),
    st.just((_md_code, "for x in y: print(x) # no heading")),
    st.sampled_from([("---", ""), ("* * *", "")]),
)


@st.composite
def markdown_shown(draw: st.DrawFn) -> Shown:
    """A markdown clip and the text that it shows."""
    blocks = draw(st.lists(_md_blocks, max_size=12))
    return "\n\n".join(markup for markup, _ in blocks), " ".join(text for _, text in blocks)


markdown_clips: st.SearchStrategy[str] = markdown_shown().map(lambda shown: shown[0])


# --- html

_OPEN = (
    "<div>", '<div class="related-posts">', "<p>", "<section>", "<article>", "<nav>", "<aside>",
    "<footer>", "<header>", "<ul>", "<li>", "<ol>", "<table>", "<tr>", "<td>", "<th>", "<figure>",
    "<figcaption>", "<blockquote>", "<pre>", "<h1>", "<h2>", "<span>", "<em>", "<b>", "<form>",
    '<a href="/x?a=1&b=2">', "<a href='/y' class=big>", "<button>", "<noscript>", "<center>",
    '<p style="display:none">', "<div hidden>", '<div data-x="a > b">', "<time>", "<label>",
)  # fmt: skip
_CLOSE = (
    "</div>", "</p>", "</section>", "</article>", "</nav>", "</ul>", "</li>", "</table>", "</tr>",
    "</td>", "</figure>", "</blockquote>", "</pre>", "</a>", "</span>", "</h1>", "</form>",
    "</xyz>",
)  # fmt: skip
_VOID = (
    "<br>", "<hr/>", '<img src="/p.jpg" alt="A crane">', "<wbr>", '<input value="x">',
    "<!-- aside -->",
    "<script>var gone = '<p>not text</p>';</script>", "<style>p { color: red }</style>",
    "<img alt='unclosed", '" <p>', "<meta name=x>",
)  # fmt: skip
# Pieces that open a tag and do not end it: what follows is no longer text.
_TORN = ("<img alt='unclosed", '" <p>')

html_words = st.one_of(st.sampled_from(SENTENCES), st.sampled_from(HEADLINES))
html_markup = st.sampled_from(_OPEN + _CLOSE + tuple(v for v in _VOID if v not in _TORN))
html_torn = st.sampled_from(_TORN)


@st.composite
def html_clips(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Tag soup whose texts a browser would all show or hold, and those texts in order."""
    pieces = draw(
        st.lists(
            st.tuples(html_markup, st.one_of(html_words, chrome.filter(_unmarked))), max_size=16
        )
    )
    source = "".join(tag + text + " " for tag, text in pieces)
    if draw(st.booleans()):
        head = "<html lang=en><head><title>Osk</title></head><body>"
        source = f"<!doctype html>{head}{source}</body></html>"
    return source, [text for _, text in pieces]


def _unmarked(line: str) -> bool:
    return not set("<>&") & set(line)


torn_html: st.SearchStrategy[str] = st.lists(
    st.one_of(html_markup, html_torn, html_words, st.sampled_from(ODD), any_text), max_size=20
).map("".join)
