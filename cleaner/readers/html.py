"""HTML: leaf blocks with what stands around them, from one pass over lxml's parser events.

The parser feeds a target object instead of building a tree: half the work, and no depth at
which it gives up. Nothing is dropped unseen: hidden text, `<noscript>` and templates become
blocks that say so; only scripts and styles hold no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..clip import Block, Clip, Image, Inside, Kind, Link, Node

KIND = "html"
_HTML_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TAG = re.compile(r"</?(?:p|div|span|a|br|h[1-6]|ul|ol|li|table|tr|td|section|article|figure|img|em|strong|b|i)\b[^<>]*>", re.I)
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Characters that XML does not allow; the parser would stop at a NUL.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_SILENT = frozenset({"script", "style", "svg", "math", "map"})
_JSON_LD = "application/ld+json"
_HEAD_ONLY = frozenset({"title", "meta", "link", "base"})
_VOID_INLINE = frozenset({"img", "wbr", "input", "source", "track", "param", "embed", "area", "col"})
_BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe"
    " legend li main menu nav noscript ol optgroup option p pre section select summary table tbody"
    " template textarea tfoot thead tr ul video audio picture".split()
)
_CELLS = frozenset({"td", "th"})
_FLAGS = {
    "nav": Inside.NAV,
    "aside": Inside.ASIDE,
    "header": Inside.HEADER,
    "footer": Inside.FOOTER,
    "form": Inside.FORM,
    "button": Inside.BUTTON,
    "select": Inside.FORM,
    "textarea": Inside.FORM,
    "figure": Inside.FIGURE,
    "figcaption": Inside.FIGCAPTION,
    "table": Inside.TABLE,
    "article": Inside.ARTICLE,
    "main": Inside.MAIN,
    "noscript": Inside.NOSCRIPT,
    "template": Inside.HIDDEN,
    "time": Inside.TIME,
    "dialog": Inside.DIALOG,
    "video": Inside.MEDIA,
    "audio": Inside.MEDIA,
    "iframe": Inside.MEDIA,
    "ul": Inside.LIST,
    "ol": Inside.LIST,
}
_ROLES = {
    "navigation": Inside.NAV,
    "banner": Inside.HEADER,
    "contentinfo": Inside.FOOTER,
    "complementary": Inside.ASIDE,
    "dialog": Inside.DIALOG,
    "alertdialog": Inside.DIALOG,
    "main": Inside.MAIN,
    "search": Inside.FORM,
    "button": Inside.BUTTON,
}
_KINDS = {"li": Kind.LIST_ITEM, "blockquote": Kind.QUOTE, "pre": Kind.CODE, "tr": Kind.TABLE}


def sniff(head: str) -> float:
    """Sure of a document, fairly sure of a fragment with several tags."""
    if _HTML_START.match(head):
        return 1.0
    tags = len(_TAG.findall(head[:8000]))
    return min(0.85, 0.2 * tags) if tags >= 2 and head.lstrip()[:1] == "<" else min(0.6, 0.05 * tags)


def read(source: str, url: str | None = None) -> Clip:
    """The clip in `source`, an HTML document or fragment."""
    from lxml import etree

    builder = Builder()
    data = _FORBIDDEN.sub("\ufffd", source).encode("utf-8")
    if data.strip():
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=builder)
        etree.fromstring(data, parser)
    builder.flush()
    return Clip(KIND, source, tuple(builder.blocks), url or builder.facts.get("url"), builder.facts)


class Builder:
    """The parser target: takes start, end and data events, gives blocks and facts."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.facts: dict[str, str] = {}
        self._open: list[Node] = []
        self._silent = 0
        self._text: list[str] = []
        self._links: list[Link] = []
        self._images: list[Image] = []
        self._figures: list[list[Image]] = []
        self._link: tuple[str, int] | None = None
        self._link_chars = 0
        self._joint = "\n\n"
        self._pre = 0
        self._head: str | None = None
        self._last_list: Node | None = None
        self._in_json_ld = False

    # --- events

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._silent or tag in _SILENT:
            self._silent += 1
            if attributes and (attributes.get("type") or "").lower() == _JSON_LD:
                self.facts["json_ld"] = self.facts.get("json_ld", "") + "\n"
                self._in_json_ld = True
            return
        if tag in _HEAD_ONLY:
            self._head_element(tag, attributes)
            return
        if tag == "br":
            self.flush()
            self._joint = "\n"
            return
        if tag == "img":
            self._image(attributes)
            return
        if tag in _VOID_INLINE:
            return
        node = self._node(tag, attributes)
        if tag in _BLOCKS:
            self.flush()
            self._pre += tag == "pre"
            if tag == "figure":
                self._figures.append([])
        elif tag in _CELLS and any(part.strip() for part in self._text):
            self._text.append(" | ")
        elif tag == "a":
            self._link = (attributes.get("href") or "", sum(map(len, self._text)))
        self._open.append(node)
        if tag == "html" and attributes.get("lang"):
            self.facts["language"] = attributes["lang"]

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._silent:
            self._silent -= 1
            self._in_json_ld = False
            return
        if tag == "title":
            self._head = None
        if tag in _HEAD_ONLY or tag == "br" or tag in _VOID_INLINE:
            return
        if tag == "a":
            self._close_link()
        elif tag in _BLOCKS:
            self.flush()
            self._pre -= tag == "pre"
            if tag == "figure" and self._figures:
                self._bind_figure(self._figures.pop())
            self._joint = "\n\n"
        if self._open and self._open[-1].tag == tag:
            self._open.pop()

    def data(self, text: str) -> None:
        """Text between tags, in any number of pieces."""
        if self._silent:
            if self._in_json_ld:
                self.facts["json_ld"] += text
            return
        if self._head is not None:
            self.facts[self._head] = (self.facts.get(self._head, "") + text).strip()
            return
        self._text.append(text)

    def close(self) -> None:
        """The document ends."""

    # --- elements

    def _node(self, tag: str, attributes: Mapping[str, str]) -> Node:
        parent = self._open[-1] if self._open else None
        inside = _FLAGS.get(tag, Inside.NONE)
        names = ""
        if attributes:
            css, ident, role = attributes.get("class"), attributes.get("id"), attributes.get("role")
            names = f"{css or ''} {ident or ''}".strip() if css or ident else ""
            if role:
                inside |= _ROLES.get(role, Inside.NONE)
            if _is_hidden(attributes):
                inside |= Inside.HIDDEN
        if parent is not None:
            inside |= parent.inside
        return Node(tag, names, inside, parent)

    def _head_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "title" and "title" not in self.facts:
            self._head = "title"
        elif tag == "meta":
            name = (attributes.get("property") or attributes.get("name") or "").lower()
            content = attributes.get("content")
            if name and content and name not in self.facts and name not in ("title", "language"):
                self.facts[name] = content
        elif tag == "link" and attributes.get("rel") == "canonical" and attributes.get("href"):
            self.facts.setdefault("url", attributes["href"])

    def _image(self, attributes: Mapping[str, str]) -> None:
        src = attributes.get("src") or attributes.get("data-src") or ""
        if src.startswith("data:"):
            src = attributes.get("data-src") or ""
        image = Image(src, _SPACES.sub(" ", attributes.get("alt") or "").strip())
        if not (image.src or image.alt):
            return
        if self._figures:
            self._figures[-1].append(image)
        else:
            self._images.append(image)

    def _close_link(self) -> None:
        if self._link is None:
            return
        href, start = self._link
        self._link = None
        text = _SPACES.sub(" ", "".join(self._text)[start:]).strip()
        if text:
            self._links.append(Link(text, href))
            self._link_chars += len(text)

    # --- blocks

    def flush(self) -> None:
        """Ends the block that was being gathered, if it has any text."""
        open_link = self._link
        if not self._text:
            return
        if open_link is not None:
            # A link around several blocks: each of them is link text.
            self._close_link()
            self._link = (open_link[0], 0)
        text = "".join(self._text)
        self._text.clear()
        text = text.rstrip().strip("\n\r") if self._pre else _SPACES.sub(" ", text).strip(" |")
        if not text.strip():
            return
        node = self._open[-1] if self._open else None
        kind, level, container = _form(node)
        joint = self._joint
        if container is not None and container is self._last_list:
            joint = "\n"
        self._last_list = container
        self.blocks.append(
            Block(
                len(self.blocks),
                text,
                kind,
                None,
                joint,
                level,
                tuple(self._links),
                tuple(self._images),
                min(self._link_chars, len(text)),
                node,
            )
        )
        self._links.clear()
        self._images.clear()
        self._link_chars = 0
        self._joint = "\n\n"

    def _bind_figure(self, images: list[Image]) -> None:
        """Gives a figure's images to the caption that stands in it."""
        if not images:
            return
        for at in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[at]
            if not block.inside & Inside.FIGURE:
                break
            if block.inside & Inside.FIGCAPTION and not block.images:
                self.blocks[at] = block._replace(images=tuple(images))
                return
        self._images.extend(images)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return bool(style) and _HIDDEN_STYLE.search(style or "") is not None


def _form(node: Node | None) -> tuple[Kind, int, Node | None]:
    """The kind of a block from the elements around it, its heading level, and the list or
    table that it is a part of."""
    kind, level = Kind.PARAGRAPH, 0
    container: Node | None = None
    at = node
    paragraph = False
    while at is not None:
        tag = at.tag
        paragraph = paragraph or tag == "p"
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            return Kind.HEADING, int(tag[1]), None
        if tag in _KINDS and kind is Kind.PARAGRAPH:
            # A paragraph in a cell is a paragraph: tables lay out whole pages.
            if not (tag == "tr" and paragraph):
                kind = _KINDS[tag]
        elif kind in (Kind.LIST_ITEM, Kind.TABLE) and tag in ("ul", "ol", "menu", "table"):
            container = at
            break
        elif tag in ("article", "main", "body", "section"):
            break
        at = at.parent
    return kind, level, container
