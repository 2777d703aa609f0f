"""Pictures and recordings of the article, as the page's JSON-LD names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..json_ld import ARTICLES, PAGES, Thing, names, strings, text_of, things
from .kinds import SaidPicture, SaidRecording, plain

_PICTURES = ("image", "primaryImageOfPage", "associatedMedia")
_RECORDINGS = ("video", "audio", "associatedMedia")
_TYPES = {"videoobject": False, "audioobject": True}
_MOST = 200


def json_ld_pictures(scripts: str) -> list[SaidPicture]:
    """The pictures of the article in the scripts, in order, each once. Those of authors, of the
    publisher and of teasers are none."""
    found = (_picture(each) for each in _media(scripts, _PICTURES))
    return list(dict.fromkeys(each for each in found if each is not None))


def json_ld_recordings(scripts: str) -> list[SaidRecording]:
    """The videos and recordings of the article, in order, each once."""
    found = (_recording(each) for each in _media(scripts, _RECORDINGS, own=True))
    return list(dict.fromkeys(each for each in found if each is not None))


def _media(scripts: str, keys: Iterable[str], own: bool = False) -> Iterator[Thing]:
    """The things that an article or a page has under some of these keys; with `own` also the
    recordings that the page is about."""
    known = list(things(scripts))
    by_id = {thing["@id"]: thing for thing in reversed(known) if text_of(thing.get("@id"))}
    for thing in known:
        kinds = strings(thing.get("@type"))
        if own and any(kind.lower() in _TYPES for kind in kinds):
            yield thing
        elif any(ARTICLES.search(kind) or PAGES.search(kind) for kind in kinds):
            for key in keys:
                yield from islice(_resolved(thing.get(key), by_id), _MOST)


def _resolved(value: Any, by_id: Mapping[str, Thing]) -> Iterator[Thing]:
    """The objects of a value: itself, those of a list, those that it refers to."""
    for each in value[:_MOST] if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            known = by_id.get(text_of(each.get("@id")) or "", {})
            yield {**known, **each}


def _picture(thing: Thing) -> SaidPicture | None:
    kinds = [kind.lower() for kind in strings(thing.get("@type"))]
    if any(kind in _TYPES for kind in kinds):
        return None
    places = (thing.get("contentUrl"), thing.get("url"), thing.get("@id"))
    src = next((text for text in map(text_of, places) if text), "")
    # Beside a name of its own a description is the archive's note, and seldom for readers.
    described = None if text_of(thing.get("name")) else thing.get("description")
    texts = (thing.get("caption"), described)
    text = next((plain(text) for text in map(text_of, texts) if text), "")
    credit = plain(next(_credits(thing), ""))
    return SaidPicture(src, text, credit, of_story=True) if text or credit else None


def _credits(thing: Thing) -> Iterator[str]:
    for key in ("creditText", "copyrightNotice"):
        yield from strings(thing.get(key))
    for key in ("copyrightHolder", "creator", "author"):
        yield from names(thing.get(key), {})


def _recording(thing: Thing) -> SaidRecording | None:
    kinds = [kind.lower() for kind in strings(thing.get("@type"))]
    audio = next((_TYPES[kind] for kind in kinds if kind in _TYPES), None)
    if audio is None:
        return None
    title = plain(text_of(thing.get("name")) or text_of(thing.get("headline")) or "")
    duration = thing.get("duration")
    said = str(duration) if isinstance(duration, int | float) else text_of(duration) or ""
    return SaidRecording(title, said, audio) if title or said else None
