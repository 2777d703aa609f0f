"""What leaves the text and is kept beside it: videos, byline, dates, as the clip's own blocks
give them; captions are in `captions`. What the page says of itself is in `page`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from .dates import iso_date
from .decision import Decision
from .labels import Action, Label
from .shape import fold

_NAME_SPLIT = re.compile(
    r"\s*(?:,|，|、|،|;|；|؛|&|\||/|／|\b(?:and|und|et|y|e|en|von|with|mit|avec|con)\b)\s*"
)
_EDGES = " \t\n\u00a0\u3000|/-–—,;:()[]（）【】〔〕［］=＝：，、،؛／｜"
# What sets a site's name off in a title.
_SIGN_BEFORE = re.compile(r"\s*\||\s+[-–—·•:»›<>/~]+\s")
_SIGN_BEHIND = re.compile(r"(?:\s*\||\s+[-–—·•:»›<>/~]+)\s*$")
_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_MINUTES = re.compile(r"(\d{1,3})\s*(?:min|分|دقيقة|دقائق)", re.I)


class Video(NamedTuple):
    """A video that the page offers inside or beside the article; `after` as in `Caption`."""

    title: str | None
    duration: timedelta | None = None
    after: int | None = None


class Dateline(NamedTuple):
    """Where a story was filed from, and the agency that the dateline names."""

    place: str
    agency: str | None = None


def block_text(decisions: Sequence[Decision], label: Label) -> str | None:
    """The text of the first block with `label`."""
    return next((d.block.text for d in decisions if d.label is label), None)


def headline(title: str, own: Sequence[str], site: str | None) -> str:
    """A page's title without the site's name before or behind it: the longest of the clip's
    `own` headlines that the title begins or ends with, set off by a sign; else the title
    without the name that the page itself gives."""
    folded = fold(title)[0]
    own = [text for text in own if text != site and _is_set_off(fold(text)[0], folded)]
    if own:
        return max(own, key=len)
    if site and folded.endswith(fold(site)[0]):
        rest = _SIGN_BEHIND.sub("", title[: len(title) - len(site)])
        if 0 < len(rest) < len(title) - len(site):
            return rest
    return title


def _is_set_off(headline: str, title: str) -> bool:
    """Whether a headline is a folded title, or all of it but what a sign sets off."""
    if not headline:
        return False
    if title.startswith(headline):
        rest = title[len(headline) :]
        return not rest.strip() or _SIGN_BEFORE.match(rest) is not None
    return title.endswith(headline) and bool(_SIGN_BEHIND.search(title[: -len(headline)]))


def part(decision: Decision, name: str) -> str | None:
    """The part of a decision's block that its evidence points out under `name`."""
    for evidence in decision.evidence:
        for found in evidence.parts:
            if found.name == name:
                return decision.block.text[found.start : found.end].strip()
    return None


def videos(decisions: Sequence[Decision]) -> tuple[Video, ...]:
    """The videos in order: blocks labelled so whose evidence points out a title."""
    found = []
    after: int | None = None
    for decision in decisions:
        if decision.action is Action.KEEP:
            after = decision.block.index
        elif decision.label is Label.VIDEO:
            title = part(decision, "title")
            if title:
                found.append(
                    Video(title.rstrip(_EDGES), _duration(part(decision, "duration")), after)
                )
    return tuple(found)


def _duration(text: str | None) -> timedelta | None:
    clock = _DURATION.search(text or "")
    if clock:
        hours, minutes, seconds = (int(value or 0) for value in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    minutes_only = _MINUTES.search(text or "")
    return timedelta(minutes=int(minutes_only[1])) if minutes_only else None


def names(decisions: Sequence[Decision]) -> list[str]:
    """The persons that byline blocks name."""
    found: list[str] = []
    for decision in decisions:
        if decision.label is Label.BYLINE and decision.action is not Action.KEEP:
            text = part(decision, "name") or ""
            found += [name.strip(_EDGES + ".") for name in _NAME_SPLIT.split(text)]
    return [name for name in dict.fromkeys(found) if name]


def dateline(decisions: Sequence[Decision]) -> Dateline | None:
    """The place and agency of the first dateline."""
    for decision in decisions:
        place = part(decision, "place") if decision.label is Label.DATELINE else None
        if place:
            return Dateline(place.strip(_EDGES), part(decision, "agency"))
    return None


def date(decisions: Sequence[Decision], which: str, language: str | None = None) -> str | None:
    """The first `published` or `modified` date that a stamp gives, ISO 8601; a relative date
    ("3 hours ago") is none. `language` is the code that the clip declares."""
    for decision in decisions:
        text = part(decision, which) if decision.label is Label.TIMESTAMP else None
        if text:
            parsed = iso_date(text, decision.evidence[0].language or language)
            if parsed:
                return parsed
    return None
