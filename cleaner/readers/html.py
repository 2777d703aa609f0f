"""HTML: leaf blocks with what stands around them, from one walk over the page's tree.

Nothing is dropped unseen: hidden text, `<noscript>`, templates and the words in drawings become
blocks that say so; only scripts and styles hold no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ..clip import Block, Clip
from ..json_ld import RECORD
from . import html_elements as elements
from .html_credits import marked_credits
from .html_gather import Gatherer
from .html_tree import parsed, parsed_again, permitted
from .script_data import hidden_texts, script_node

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

KIND = "html"
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_TAG = re.compile(
    r"</?(?:p|div|span|a|br|h[1-6]|ul|ol|li|table|tr|td|section|article|figure|img|em|strong|b|i)\b"
    r"[^<>]*>",
    re.I,
)
_SNIFF_CHARS = 8000
_FRAGMENT_TAGS = 2
_JSON_LD = "application/ld+json"
# HTML in a drawing in HTML in a drawing, and so on, is taken down to this depth.
_DRAWINGS_IN_EACH_OTHER = 8
# So many elements whose content is markup to some browsers and text to others may stand in each
# other; what stands deeper is text, or each would be parsed as often as there are elements above.
_UNPARSED = frozenset({"noscript", "iframe", "noembed", "noframes"})
_UNPARSED_IN_EACH_OTHER = 2
# Facts that are not taken from a `<meta>` of that name.
_OWN_FACTS = frozenset({"title", "language", "json_ld"})
# Of `<meta itemprop>`, these alone speak of the page and not of a logo or a comment.
_PAGE_PROPERTIES = frozenset({"datepublished", "datemodified"})


def sniff(head: str) -> float:
    """Sure of a document, fairly sure of a fragment with several tags."""
    if _HTML_START.match(head):
        return 1.0
    tags = len(_TAG.findall(head[:_SNIFF_CHARS]))
    if tags >= _FRAGMENT_TAGS and head.lstrip()[:1] == "<":
        return min(0.85, 0.2 * tags)
    return min(0.6, 0.05 * tags)


def read(source: str, url: str | None = None) -> Clip:
    """The clip in `source`, an HTML document or fragment."""
    blocks, facts, marked = _read(source)
    for text in hidden_texts(source, facts.get("json_ld", ""), blocks):
        blocks += tuple(_from_data(text, len(blocks)))
    return Clip(KIND, source, blocks, url or facts.get("url"), facts, marked)


def _read(source: str) -> tuple[tuple[Block, ...], dict[str, str], tuple[str, ...]]:
    builder = Builder()
    root = parsed(source)
    marked: tuple[str, ...] = ()
    if root is not None:
        builder.walk(root)
        marked = marked_credits(root)
    blocks = builder.finish()
    facts = builder.facts
    if builder.json_ld:
        facts["json_ld"] = RECORD.join(builder.json_ld)
    return blocks, facts, marked


def _from_data(text: str, index: int) -> Iterator[Block]:
    """The blocks of a text out of a page's data, numbered from `index`."""
    if _TAG.search(text):
        for at, block in enumerate(_read(text)[0], index):
            yield block._replace(index=at)
        return
    lines = (line.strip() for line in permitted(text).split("\n"))
    for at, line in enumerate(filter(None, lines), index):
        yield Block(at, line, node=script_node())


class Builder(Gatherer):
    """Walks over the nodes of a page, gives blocks and facts."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, str] = {}
        self.json_ld: list[str] = []
        # how many drawings stand around the HTML that is being taken
        self._drawings = 0

    def walk(self, node: LexborNode) -> None:
        """Takes a node, those beside it that follow, and all that stand in them."""
        starts, ends, blocks = _STARTS, _ENDS, _PLAIN_BLOCKS
        gathered, standing, drawn = self._text, self._standing, self._drawn
        opened = self._open
        tags, above, nodes = opened.tags, opened.elements, opened.nodes
        top = len(tags)
        while True:
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                # White space between blocks is most of what a page's source holds.
                if text and (gathered or not text.isspace() or self._pre):
                    gathered.append(text)
            elif tag is not None:
                if tag in blocks:
                    if gathered or standing or drawn:
                        self.flush()
                    self._joint = "\n\n"
                    first = node.first_child
                else:
                    start = starts.get(tag)
                    first = node.first_child if start is None else start(self, node)
                if first is not None:
                    tags.append(tag)
                    above.append(node)
                    node = first
                    continue
            while (following := node.next) is None:
                if len(tags) == top:
                    return
                end = ends.get(tags[-1])
                if end is not None:
                    end(self)
                tags.pop()
                node = above.pop()
                if len(nodes) > len(tags):
                    nodes.pop()
            node = following

    # --- what elements do where they begin: each gives the first node in it that is to be taken

    def _start_page(self, node: LexborNode) -> LexborNode | None:
        language = elements.value(node.attributes, "lang")
        if language:
            self.facts.setdefault("language", language)
        return node.first_child

    def _start_pre(self, node: LexborNode) -> LexborNode | None:
        self._break()
        first = node.first_child
        self._pre += first is not None
        return first

    def _start_figure(self, node: LexborNode) -> LexborNode | None:
        self._break()
        first = node.first_child
        if first is not None:
            self._start_figure_images()
        return first

    def _start_cell(self, node: LexborNode) -> LexborNode | None:
        self._cells = True
        self._text.append(" | ")
        return node.first_child

    def _start_link(self, node: LexborNode) -> LexborNode | None:
        first = node.first_child
        if first is not None:
            self._close_link()
            self._link = (elements.value(node.attributes, "href"), len(self._text))
        return first

    def _start_unparsed(self, node: LexborNode) -> LexborNode | None:
        """An element whose content is markup to some browsers and text to others."""
        first = node.first_child
        if first is not None and first.next is None and first.tag == "-text":
            text = first.text_content or ""
            around = sum(tag in _UNPARSED for tag in self._open.tags)
            if around < _UNPARSED_IN_EACH_OTHER and ("<" in text or "&" in text):
                return parsed_again(text)
        return first

    def _start_unparsed_block(self, node: LexborNode) -> LexborNode | None:
        self._break()
        return self._start_unparsed(node)

    def _start_template(self, node: LexborNode) -> LexborNode | None:
        self._break()
        # In a drawing it is an element like any other, and has none.
        fragments = node.template_fragments()
        return fragments[0].first_child if fragments else node.first_child

    def _start_image(self, node: LexborNode) -> LexborNode | None:
        self._add_image(node.attributes)
        return node.first_child

    def _line_break(self, node: LexborNode) -> None:
        before = len(self._blocks)
        self.flush()
        # A second break in a row parts paragraphs.
        self._joint = "\n" if len(self._blocks) > before else "\n\n"

    def _leave_out(self, node: LexborNode) -> None:
        """Neither text nor fact."""

    # --- what they do where they end

    def _end_pre(self) -> None:
        self._break()
        self._pre -= 1

    def _end_figure_block(self) -> None:
        self._break()
        self._end_figure()

    # --- facts

    def _meta(self, node: LexborNode) -> None:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or ""
        name = permitted(name).lower()
        prop = elements.value(attributes, "itemprop").lower()
        if not name and prop in _PAGE_PROPERTIES:
            name = prop
        content = elements.value(attributes, "content")
        if name and content and name not in self.facts and name not in _OWN_FACTS:
            self.facts[name] = content

    def _head_link(self, node: LexborNode) -> None:
        attributes = node.attributes
        if attributes.get("rel") == "canonical":
            href = elements.value(attributes, "href")
            if href:
                self.facts.setdefault("url", href)

    def _title(self, node: LexborNode) -> None:
        title = permitted(node.text()).strip()
        if "title" in self.facts:
            # Shown nowhere, like the title of a drawing.
            self._draw(title)
        else:
            self.facts["title"] = title

    def _script(self, node: LexborNode) -> None:
        if (node.attributes.get("type") or "").strip().lower() == _JSON_LD:
            self.json_ld.append(permitted(node.text()))

    # --- drawings

    def _drawing(self, top: LexborNode) -> None:
        """Takes the lines of a drawing and the HTML in it; of a formula's annotation only that."""
        line: list[str] = []
        above: list[LexborNode] = []
        node = top.first_child
        while node is not None:
            tag = node.tag or ""
            following = node.next
            if tag == "-text":
                line.append(node.text_content or "")
            elif tag in elements.BREAKOUT and self._drawings < _DRAWINGS_IN_EACH_OTHER:
                self._end_line(top, line)
                self._html_in_drawing(top, node)
                following = None
            elif tag not in elements.SILENT:
                line.append(" ")
                first = node.first_child
                if first is not None:
                    above.append(node)
                    node = first
                    continue
            while following is None and above:
                node = above.pop()
                following = node.next
                if node.tag in elements.DRAWN_LINES:
                    self._end_line(top, line)
            node = following
        self._end_line(top, line)

    def _end_line(self, top: LexborNode, line: list[str]) -> None:
        if top.tag == "svg":
            self._draw("".join(line))
        line.clear()

    def _html_in_drawing(self, top: LexborNode, node: LexborNode) -> None:
        """Takes an element of HTML and what follows beside it."""
        self._drawings += 1
        self._open.push(top.tag or "", top)
        self.walk(node)
        self._break()
        self._open.pop()
        self._drawings -= 1


_Start: TypeAlias = "Callable[[Builder, LexborNode], LexborNode | None]"
_STARTS: dict[str, _Start] = {
    **dict.fromkeys(elements.CELLS, Builder._start_cell),
    **dict.fromkeys(elements.FOREIGN, Builder._drawing),
    **dict.fromkeys(("img", "amp-img"), Builder._start_image),
    **dict.fromkeys(("noscript", "iframe"), Builder._start_unparsed_block),
    **dict.fromkeys(("noembed", "noframes"), Builder._start_unparsed),
    "html": Builder._start_page,
    "template": Builder._start_template,
    "pre": Builder._start_pre,
    "figure": Builder._start_figure,
    "a": Builder._start_link,
    "br": Builder._line_break,
    "meta": Builder._meta,
    "link": Builder._head_link,
    "title": Builder._title,
    "script": Builder._script,
    **dict.fromkeys(("style", "-comment"), Builder._leave_out),
}
_ENDS: dict[str, Callable[[Builder], None]] = {
    **dict.fromkeys(elements.BLOCKS, Builder._break),
    "pre": Builder._end_pre,
    "figure": Builder._end_figure_block,
    "a": Builder._close_link,
}
# Those that part blocks and do no more.
_PLAIN_BLOCKS = elements.BLOCKS - _STARTS.keys()
