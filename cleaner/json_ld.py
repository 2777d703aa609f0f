"""What the JSON-LD scripts of a page say of its article. Pages write them by hand and by
plug-in: they may be broken, nested in any way, or about something else."""

from __future__ import annotations

import html
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
ARTICLES = re.compile(r"(?:article|posting|review|report|recipe|story)$", re.I)
_GROUPS = re.compile(r"organi[sz]ation$", re.I)
PAGES = re.compile(r"(?:page|videoobject)$", re.I)
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
    # Those of the authors that are no persons, and who published it.
    groups: tuple[str, ...] = ()
    publisher: str | None = None


def said(scripts: str) -> Said:
    """What the scripts say, joined by `RECORD`, of the first article in them, else of the page."""
    known = list(things(scripts))
    by_id = {thing["@id"]: thing for thing in reversed(known) if text_of(thing.get("@id"))}
    for wanted in (ARTICLES, PAGES):
        for thing in known:
            if any(wanted.search(kind) for kind in strings(thing.get("@type"))):
                found = _said_of(thing, by_id)
                if any(found[:4]):
                    return found
    return Said()


def _said_of(thing: Thing, by_id: Mapping[str, Thing]) -> Said:
    author = thing.get("author")
    headline = text_of(thing.get("headline"))
    return Said(
        # Some write the headline as HTML has it.
        headline=None if headline is None else html.unescape(headline),
        authors=tuple(dict.fromkeys(names(author, by_id))),
        published=iso_date(text_of(thing.get("datePublished")) or ""),
        modified=iso_date(text_of(thing.get("dateModified")) or ""),
        groups=tuple(names(author, by_id, _GROUPS)),
        publisher=next(names(thing.get("publisher"), by_id), None),
    )


def things(scripts: str) -> Iterator[Thing]:
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


def names(
    value: Any, by_id: Mapping[str, Thing], only: re.Pattern[str] | None = None
) -> Iterator[str]:
    """The names of an author: a text, an object, a reference to one, or a list of these; with
    `only` of those things whose type it matches."""
    values = value if isinstance(value, list) else [value]
    for each in values[:_MOST_AUTHORS]:
        named, kind = each, None
        if isinstance(each, dict):
            known = by_id.get(text_of(each.get("@id")) or "", {})
            named = each.get("name") or known.get("name")
            kind = each.get("@type") or known.get("@type")
        if only is not None and not any(only.search(each) for each in strings(kind)):
            continue
        for name in strings(named):
            # Some write the address of the author's page for the name.
            if "://" not in name:
                yield name


def strings(value: Any) -> list[str]:
    """The texts of a value: itself, or those of a list."""
    values = value[:_MOST_AUTHORS] if isinstance(value, list) else [value]
    return [text for text in map(text_of, values) if text]


def text_of(value: Any) -> str | None:
    """A string without the surrogates that its escapes may hold; None for anything else."""
    if not isinstance(value, str):
        return None
    return _SURROGATE.sub("\ufffd", value).strip() or None
