"""HTML source to a tree, as a browser builds it: the parser is lexbor's.

Three costs of it grow with the square of the page: it looks for an open element through all that
stand open, it builds formatting that was not closed anew in each paragraph, and it looks for each
attribute among those before it. No page that is meant to be read comes near any of them; a
hostile one of 200 kB would take all the memory there is. So pages are looked at before they are
parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# So many tags may stand in each other, or be searched, without a look at them: the square of
# this takes a third of a second.
_FREE_TAGS = 20_000
# So many elements may be built anew, at 300 bytes each.
_FREE_ELEMENTS = 3_000_000
# Of the same formatting the standard builds at most three anew for each of the twelve names;
# what has attributes differs.
_ALIKE = 36
# Links, the other formatting, end where the next begins.
_FORMATTING = rb"</?(?i:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
_DISTINCT = re.compile(
    # The first look spares most tags the search among the names.
    rb"<(?=[bcefinstuBCEFINSTU])(?i:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
    rb"[\t\n\r\f /][^>]"
)
_FORMATTED = re.compile(_FORMATTING + rb"(?=[\t\n\r\f />])")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\t\n\r\f />]*)")
# Elements deeper than this are left out, their text is not. Browsers stop at 512 too.
_DEEPEST = 512
# These stand in each other only with others between them, or not at all.
_SHALLOW = frozenset(
    b"p li dd dt tr td th tbody thead tfoot option area base br col embed hr img input link meta"
    b" param source track wbr script style".split()
)
# An end tag is taken to end what stands so far up.
_REACH = 20

# A tag longer than this may have more attributes than this; then it is left with none.
_LONG = 6_000
_ATTRIBUTES = 1_000
_OPENING = re.compile(rb"<[a-zA-Z][^\t\n\r\f />]*")
# The same with `>` in its values, looked for in steps of this size.
_LONG_HALF = 30_000
_WHOLE = re.compile(
    rb"(<[a-zA-Z][^\t\n\r\f />]*)[^>=]*(?:=(?:\"[^\"]*\"|[\x20\t\n\r\f]*"
    rb"(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\x20\t\n\r\f>]*))[^>=]*)*(?=>|\Z)"
)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_SEPARATOR = re.compile(rb"[\t\n\r\f /]+")
_SEPARATORS = (b" ", b"\n", b"\t", b"/", b"\r", b"\f")


def parsed(source: str) -> LexborNode | None:
    """The root of the page in `source`."""
    from selectolax.lexbor import LexborHTMLParser

    # With scripts what `<noscript>` holds is text, wherever it stands. Without them it ends the
    # head, or a paragraph, and what it holds is no longer known by it.
    return LexborHTMLParser(_prepared(source), options=1, scripting=True).root


def parsed_again(markup: str) -> LexborNode | None:
    """The first node of markup that the parser took for text, with the others beside it."""
    from selectolax.lexbor import LexborHTMLParser

    # Without scripts, so that one `<noscript>` in another is not parsed a third time.
    return LexborHTMLParser(_prepared(markup), is_fragment=True, options=1).root


def permitted(text: str) -> str:
    """`text` without the characters that no XML may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)


def _prepared(source: str) -> bytes:
    """The source as the parser may have it."""
    try:
        data = source.encode()
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", source).encode()
    if b"\x00" in data:
        # The parser would drop it, and join what it parts.
        data = data.replace(b"\x00", "\ufffd".encode())
    data = _without_long_tags(data)
    if _may_hold_whole(data):
        data = _WHOLE.sub(lambda tag: _named(tag[0], tag[1]), data)
    tags = data.count(b"<")
    if _builds_too_much(data, tags):
        # What begins with `<!` is a comment up to the next `>`.
        data = _FORMATTED.sub(b"<!", data)
    return _flattened(data) if tags > _FREE_TAGS else data


def _without_long_tags(data: bytes) -> bytes:
    """The source with no more than the names of those tags that have too many attributes."""
    pieces, done = [], 0
    for start, end in _gaps(data):
        opening = _OPENING.search(data, start, end)
        first = end if opening is None else opening.start()
        if opening is not None and end - first >= _LONG:
            pieces += [data[done:first], _named(data[first:end], opening[0])]
            done = end
    return b"".join([*pieces, data[done:]]) if pieces else data


def _gaps(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the source has no `>` for so long that it may be a long tag; most often it is a
    script, or an image written out."""
    end, half = 0, _LONG // 2
    for at in range(0, len(data) - half, half):
        if at >= end and data.find(b">", at, at + half) < 0:
            end = data.find(b">", at)
            end = len(data) if end < 0 else end
            yield data.rfind(b">", 0, at) + 1, end


def _builds_too_much(data: bytes, tags: int) -> bool:
    """Whether formatting that is not closed could make a huge tree of so many tags."""
    if tags * tags < 4 * _FREE_ELEMENTS:
        return False
    most = _FREE_ELEMENTS // tags - _ALIKE
    return most < 0 or sum(1 for _ in islice(_DISTINCT.finditer(data), most + 1)) > most


def _may_hold_whole(data: bytes) -> bool:
    """Whether a tag may be so long that two marks in a row stand in it, each with the next `>`
    either far off or in a value."""
    run = quoted = 0
    for at in range(_LONG_HALF, len(data), _LONG_HALF):
        end = data.find(b">", at, at + _LONG_HALF)
        in_value = end >= 0 and any(
            data[max(0, start - 64) : start].rstrip()[-1:] in (b"=", b"")
            for quote in (b'"', b"'")
            if (start := data.rfind(quote, max(0, end - 2 * _LONG_HALF), end)) >= 0
        )
        run = run + 1 if in_value or end < 0 else 0
        quoted = quoted + in_value if run else 0
        if run > 1 and quoted:
            return True
    return False


def _named(tag: bytes, name: bytes) -> bytes:
    """A tag as it is, or no more than its `name` where it is too long."""
    if len(tag) < _LONG or sum(map(tag.count, _SEPARATORS)) <= _ATTRIBUTES:
        return tag
    separators = _SEPARATOR.findall(_QUOTED.sub(b" ", tag))
    return name if len(separators) > _ATTRIBUTES else tag


def _flattened(data: bytes) -> bytes:
    """The source without the tags of elements that stand too deep. It counts too many rather
    than too few: an end tag that may end nothing does not count."""
    opened: list[bytes] = []
    barrier = 0

    def taken(tag: re.Match[bytes]) -> bytes:
        nonlocal barrier
        name = tag[2].lower()
        if name in _SHALLOW:
            return tag[0]
        deep = len(opened) >= _DEEPEST
        if not tag[1]:
            opened.append(name)
            return b"<!" if deep else tag[0]
        for at in range(len(opened) - 1, max(-1, len(opened) - _REACH), -1):
            if opened[at] == name:
                deep = at >= _DEEPEST
                del opened[at:]
                break
            if opened[at] == b"table":
                break
        return b"<!" if deep else tag[0]

    return _TAG.sub(taken, data)
