"""What leaves the text and is kept beside it: captions, credits, videos, byline, dates, as the
clip's own blocks give them. What the page says of itself is in `page`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from .authors import looks_like_name, split
from .clip import Image, Kind
from .dates import iso_date
from .decision import Decision
from .labels import Action, Label

# Credits name a person, an agency, a licence, parted by these: "Jae C. Hong/AP",
# "AFP via Getty Images", "Alex Wong | Getty Images".
_CREDIT_SPLIT = re.compile(r"\s*(?:/|\||;|\bvia\b|·|•)\s*", re.I)
_NAME_SPLIT = re.compile(
    r"\s*(?:,|;|&|\||/|\b(?:and|und|et|y|e|en|og|och|von|with|mit|avec|con)\b)\s*"
)
_EDGES = " \t\n\u00a0|/-–—,;:()[]（）【】="
_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_ISO_DURATION = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})(?:\.\d+)?S)?", re.I)
_NUMBER = re.compile(r"\d{1,3}")
_MINUTES = re.compile(r"(\d{1,3})\s*min", re.I)


class Caption(NamedTuple):
    """A picture's caption. `after` is the index of the kept block it followed, None at the
    start; `credits` are names of persons and agencies, as written."""

    text: str
    title: str | None = None
    credits: tuple[str, ...] = ()
    image: Image | None = None
    after: int | None = None


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


class Dateline(NamedTuple):
    """Where a story was filed from, and the agency that the dateline names."""

    place: str
    agency: str | None = None


def block_text(decisions: Sequence[Decision], label: Label) -> str | None:
    """The text of the first block with `label`."""
    return next((d.block.text for d in decisions if d.label is label), None)


def part(decision: Decision, name: str) -> str | None:
    """The part of a decision's block that its evidence points out under `name`."""
    for evidence in decision.evidence:
        for found in evidence.parts:
            if found.name == name:
                return decision.block.text[found.start : found.end].strip()
    return None


def captions(decisions: Sequence[Decision]) -> tuple[Caption, ...]:
    """The captions in order, each with the title, credit line and image that belong to it."""
    return tuple(_CaptionReader().read(decisions))


class _CaptionReader:
    """Joins what stands together: image, caption title, caption, credit line, in this order."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.image: Image | None = None
        self.pending: Caption | None = None
        self.after: int | None = None

    def read(self, decisions: Sequence[Decision]) -> Iterator[Caption]:
        for decision in decisions:
            if decision.action is Action.KEEP:
                yield from self._end()
                self.after = decision.block.index
            elif _is_picture(decision):
                yield from self._end()
                self.image = next(iter(decision.block.images), None)
            elif decision.label is Label.CAPTION and part(decision, "title"):
                yield from self._end()
                self.title = part(decision, "title")
            elif decision.label is Label.CAPTION:
                credit_above = self._take_credit_above()
                yield from self._end(keep_image=True)
                self.pending = self._caption(decision, credit_above)
            elif decision.label is Label.CREDIT:
                self._credit(decision)
        yield from self._end()

    def _take_credit_above(self) -> tuple[str, ...]:
        """The names of a credit line that stands over its caption: one without a caption yet."""
        if self.pending is None or self.pending.text:
            return ()
        found, self.pending = self.pending.credits, None
        return found

    def _caption(self, decision: Decision, credit_above: tuple[str, ...]) -> Caption:
        text, found = split_credit(decision)
        image = next(iter(decision.block.images), self.image)
        found = tuple(dict.fromkeys(credit_above + found))
        caption = Caption(text, self.title, found, image, self.after)
        self.title = self.image = None
        return caption

    def _credit(self, decision: Decision) -> None:
        found = split_credits(part(decision, "credit") or decision.block.text)
        pending = self.pending or Caption("", self.title, (), self.image, self.after)
        self.pending = pending._replace(credits=tuple(dict.fromkeys(pending.credits + found)))

    def _end(self, keep_image: bool = False) -> Iterator[Caption]:
        if self.pending is not None:
            yield self.pending
            self.pending = None
        if not keep_image:
            self.image = None


def _is_picture(decision: Decision) -> bool:
    """Whether a block is a picture and not the text under one. Its alternative text is no
    caption only because it stands where captions do; with a credit in it, it is one."""
    if decision.label is Label.CAPTION and decision.block.kind is Kind.IMAGE:
        return not any(evidence.parts for evidence in decision.evidence)
    return decision.label is Label.IMAGE


def split_credit(decision: Decision) -> tuple[str, tuple[str, ...]]:
    """A caption's text without its credit, and the names in the credit.

    The text is cut where the evidence's `tail` part begins (the credit with its label and
    brackets), or at the credit itself.
    """
    text = decision.block.text
    tails = []
    for evidence in decision.evidence:
        parts = {piece.name: piece for piece in evidence.parts}
        if "credit" in parts:
            credit = parts["credit"]
            tails.append((parts.get("tail", credit).start, credit))
    if not tails:
        # "Image caption The crew …": the rule points out what is behind the label.
        return part(decision, "text") or text.strip(), ()
    # Where two rules see a credit, the one that sees more of it is right: "Photo by Ines
    # Falk / AFP" is more than "AFP".
    cut, credit = min(tails, key=lambda tail: tail[0])
    return text[:cut].rstrip(_EDGES), split_credits(text[credit.start : credit.end])


def split_credits(text: str) -> tuple[str, ...]:
    """The names in a credit: `SPUTNIK/REUTERS` are two."""
    names = (name.strip(_EDGES + ".©") for name in _CREDIT_SPLIT.split(text))
    return tuple(name for name in names if name)


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


def audio(decisions: Sequence[Decision]) -> tuple[Audio, ...]:
    """The recordings in order; the lines of one player, which stand together, are one."""
    found: list[Audio] = []
    after: int | None = None
    last = -2
    for decision in decisions:
        index = decision.block.index
        if decision.action is Action.KEEP:
            after = index
        elif decision.label is Label.AUDIO:
            title = (part(decision, "title") or "").strip(_EDGES) or None
            one = Audio(title, _duration(part(decision, "duration")), after)
            if found and index == last + 1:
                before = found.pop()
                one = Audio(before.title or title, before.duration or one.duration, before.after)
            found.append(one)
            last = index
    return tuple(found)


def noted(decisions: Sequence[Decision], label: Label) -> list[str]:
    """The texts of the blocks with `label`, each once."""
    texts = (d.block.text.strip() for d in decisions if d.label is label)
    return list(dict.fromkeys(text for text in texts if text))


def reading_minutes(decisions: Sequence[Decision]) -> int | None:
    """The minutes that the clip says its story takes to read."""
    for decision in decisions:
        if any(e.id.endswith("tools.reading-time") for e in decision.evidence):
            number = _NUMBER.search(decision.block.text)
            if number:
                return int(number[0])
    return None


def without_dateline(text: str, decisions: Sequence[Decision]) -> str:
    """`text` without the place and agency that its first dateline opens with."""
    for decision in decisions:
        if decision.label is Label.DATELINE and part(decision, "place"):
            span = decision.evidence[0].span
            if span is not None:
                whole = decision.block.text
                return text.replace(whole, whole[span[1] :].lstrip(_EDGES), 1)
    return text


def _duration(text: str | None) -> timedelta | None:
    iso = _ISO_DURATION.fullmatch((text or "").strip())
    if iso and any(iso.groups()):
        hours, minutes, seconds = (int(value or 0) for value in iso.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
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
        if any(evidence.label is Label.BYLINE for evidence in decision.evidence):
            text = part(decision, "name")
            if text is not None:
                found += [name.strip(_EDGES + ".") for name in _NAME_SPLIT.split(text)]
            elif decision.label is Label.BYLINE:
                # No rule knows where its name stands.
                found += [name for name in split(decision.block.text) if looks_like_name(name)]
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
