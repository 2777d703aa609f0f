"""Videos and recordings that a clip offers: their titles and durations, by its blocks and by what
a page's JSON-LD says of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from .decision import Decision
from .labels import Action, Label
from .metadata import part
from .said import json_ld_recordings
from .shape import words_key

_EDGES = " \t\n\u00a0\u3000|/-–—,;:()[]（）【】〔〕［］=＝：，、،؛／｜"
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_ISO = re.compile(
    r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6})(?:\.\d+)?S)?)?", re.I
)
_HOURS = re.compile(
    r"(\d{1,2})\s*(?:h\b|hrs?\b|hours?|std\b|stunden?|heures?|horas?|ore\b|uur|час)", re.I
)
_MINUTES = re.compile(r"(\d{1,3})\s*(?:min|分|دقيقة|دقائق|m\b|мин|dk\b|dakika)", re.I)
_SECONDS = re.compile(r"(\d{1,3})\s*(?:sec|sek|s\b|秒|ثانية|сек|sn\b)", re.I)
_NUMBER = re.compile(r"\d{1,5}(?:\.\d+)?")
# A title says another where it is so large a part of it.
_SAYS_SHARE = 0.6
# ... or shares so many of its longer words with it, and so large a part of them.
_LONG, _SHARED_WORDS, _SHARED_PART = 4, 3, 0.5


class Video(NamedTuple):
    """A video that the page offers inside or beside the article; `after` as in `Caption`."""

    title: str | None
    duration: timedelta | None = None
    after: int | None = None


class Audio(NamedTuple):
    """An article read aloud, or a recording that the page offers; fields as in `Video`."""

    title: str | None
    duration: timedelta | None = None
    after: int | None = None


_Recording = TypeVar("_Recording", Video, Audio)


def videos(decisions: Sequence[Decision], json_ld: str = "") -> tuple[Video, ...]:
    """The videos in order: blocks labelled so that give a title or a duration, and those that
    the JSON-LD scripts alone name, at the start. Each is given once, with the duration that
    either says."""
    found = []
    after: int | None = None
    for decision in decisions:
        if decision.action is Action.KEEP:
            after = decision.block.index
        elif decision.label is Label.VIDEO:
            title = (part(decision, "title") or "").rstrip(_EDGES) or None
            length = duration(part(decision, "duration"))
            if title or length:
                found.append(Video(title, length, after))
    return tuple(_with_said(found, [Video(*each) for each in _said(json_ld, audio=False)]))


def audio(decisions: Sequence[Decision], json_ld: str = "") -> tuple[Audio, ...]:
    """The recordings in order; the lines of one player, which stand together, are one. Those of
    the JSON-LD scripts as in `videos`."""
    found: list[Audio] = []
    after: int | None = None
    last = -2
    for decision in decisions:
        index = decision.block.index
        if decision.action is Action.KEEP:
            after = index
        elif decision.label is Label.AUDIO:
            title = (part(decision, "title") or "").strip(_EDGES) or None
            one = Audio(title, duration(part(decision, "duration")), after)
            if found and index == last + 1:
                before = found.pop()
                one = Audio(before.title or title, before.duration or one.duration, before.after)
            found.append(one)
            last = index
    return tuple(_with_said(found, [Audio(*each) for each in _said(json_ld, audio=True)]))


def duration(text: str | None) -> timedelta | None:
    """How long something takes: ISO 8601 (`PT1M30S`), a clock (`1:02:03`, `02:19`), words
    ("2 min", "1 h 20 min"), a bare number of seconds; None for nothing and for naught."""
    text = (text or "").strip()
    clock, iso = _CLOCK.search(text), _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        days, hours, minutes, seconds = (int(value or 0) for value in iso.groups())
        found = timedelta(days, seconds, hours=hours, minutes=minutes)
    elif clock:
        hours, minutes, seconds = (int(value or 0) for value in clock.groups())
        found = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    elif _NUMBER.fullmatch(text):
        found = timedelta(seconds=int(float(text)))
    else:
        said = (pattern.search(text) for pattern in (_HOURS, _MINUTES, _SECONDS))
        hours, minutes, seconds = (int(each[1]) if each else 0 for each in said)
        found = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return found or None


def _said(json_ld: str, audio: bool) -> Iterator[tuple[str | None, timedelta | None]]:
    if "AudioObject" not in json_ld and "VideoObject" not in json_ld:
        return
    for each in json_ld_recordings(json_ld):
        if each.audio is audio:
            yield each.title or None, duration(each.duration)


def _with_said(found: list[_Recording], said: Sequence[_Recording]) -> list[_Recording]:
    """What the blocks give, and what the page's data adds: a duration, another recording."""
    added: list[_Recording] = []
    for each in said:
        if not (_lengthened(found, each) or _lengthened(added, each)):
            added.append(each)
    return added + found


def _lengthened(group: list[_Recording], said: _Recording) -> bool:
    """Whether a recording is one of a group, which then has its duration."""
    for at, one in enumerate(group):
        if _is_same(one, said):
            group[at] = one._replace(duration=one.duration or said.duration)
            return True
    return False


def _is_same(one: _Recording, other: _Recording) -> bool:
    first, second = words_key(one.title or ""), words_key(other.title or "")
    if not (first and second):
        # A player without a title beside the only recording that is named.
        return not (first or second) or one.duration == other.duration is not None
    shorter, longer = sorted((first, second), key=len)
    if shorter in longer and len(shorter) >= _SAYS_SHARE * len(longer):
        return True
    # A page's data may have the title of another desk: the same news in other words.
    words = [{word for word in title.split() if len(word) >= _LONG} for title in (first, second)]
    shared = len(words[0] & words[1])
    return shared >= _SHARED_WORDS and shared >= _SHARED_PART * min(map(len, words))
