"""What the JSON-LD scripts of a page say of its article. Pages write them by hand and by
plug-in: they may be broken, nested in any way, or about something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .dates import iso_date

# Between scripts in a clip's facts (RFC 7464).
RECORD = "\x1e"
_WRAPPER = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$|;\s*$")
# Where the thing that the page is about may be found from the top. Other keys lead to other
# things: teasers, comments, the publisher.
_WAYS = ("@graph", "mainEntity", "mainEntityOfPage")
_ARTICLES = re.compile(r"(?:article|posting|review|report|recipe|story)$", re.I)
_PAGES = re.compile(r"(?:page|videoobject)$", re.I)
# So many things are looked at, and so much of a script is parsed: no article needs more.
_MOST_THINGS = 2_000
_MOST_CHARS = 4_000_000
_MOST_AUTHORS = 50
_SURROGATE = re.compile("[\ud800-\udfff]")

Thing = Mapping[str, Any]


class Said(NamedTuple):
    """What an article's JSON-LD says; what it leaves out is None or empty."""

    headline: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None


def said(scripts: str) -> Said:
    """What the scripts say, joined by `RECORD`, of the first article in them, else of the page."""
    things = list(_things(scripts))
    by_id = {thing["@id"]: thing for thing in reversed(things) if _text(thing.get("@id"))}
    for wanted in (_ARTICLES, _PAGES):
        for thing in things:
            if any(wanted.search(kind) for kind in _strings(thing.get("@type"))):
                found = Said(
                    headline=_text(thing.get("headline")),
                    authors=tuple(dict.fromkeys(_names(thing.get("author"), by_id))),
                    published=iso_date(_text(thing.get("datePublished")) or ""),
                    modified=iso_date(_text(thing.get("dateModified")) or ""),
                )
                if any(found):
                    return found
    return Said()


def _things(scripts: str) -> Iterator[Thing]:
    """The objects that the scripts hold on the ways to the page's own, in order."""
    left = _MOST_THINGS
    for script in scripts.split(RECORD):
        waiting = [_parsed(script)]
        while waiting and left:
            value = waiting.pop()
            left -= 1
            if isinstance(value, dict):
                yield value
                waiting += [value[way] for way in reversed(_WAYS) if way in value]
            elif isinstance(value, list):
                waiting += reversed(value[:left])


def _parsed(script: str) -> Any:
    """The value of a script; None for one that is no JSON."""
    if not 0 < len(script) <= _MOST_CHARS:
        return None
    try:
        # Not strict: line ends inside of strings are the most common fault.
        return json.loads(_WRAPPER.sub("", script), strict=False)
    except (ValueError, RecursionError):
        return None


def _names(value: Any, by_id: Mapping[str, Thing]) -> Iterator[str]:
    """The names of an author: a text, an object, a reference to one, or a list of these."""
    values = value if isinstance(value, list) else [value]
    for each in values[:_MOST_AUTHORS]:
        named = each
        if isinstance(each, dict):
            named = each.get("name") or by_id.get(_text(each.get("@id")) or "", {}).get("name")
        for name in _strings(named):
            # Some write the address of the author's page for the name.
            if "://" not in name:
                yield name


def _strings(value: Any) -> list[str]:
    values = value[:_MOST_AUTHORS] if isinstance(value, list) else [value]
    return [text for text in map(_text, values) if text]


def _text(value: Any) -> str | None:
    """A string without the surrogates that its escapes may hold; None for anything else."""
    if not isinstance(value, str):
        return None
    return _SURROGATE.sub("\ufffd", value).strip() or None
