"""What leaves the text and is kept beside it: byline, dates, notes, as the clip's own blocks
give them. Captions are in `captions`, videos in `recordings`, what the page says of itself in
`page`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .authors import is_role, looks_like_name, parted, split
from .dates import iso_date
from .decision import Decision
from .labels import Label

_NAME_SPLIT = re.compile(
    r"\s*(?:,|，|、|،|;|；|؛|&|\||/|／|\b(?:and|und|et|y|e|en|og|och|von|with|mit|avec|con)\b)\s*"
)
_EDGES = " \t\n\u00a0\u3000|/-–—,;:()[]（）【】〔〕［］=＝：，、،؛／｜"
_NUMBER = re.compile(r"\d{1,3}")


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


def names(decisions: Sequence[Decision]) -> list[str]:
    """The persons that byline blocks name."""
    found: list[str] = []
    for decision in decisions:
        if any(evidence.label is Label.BYLINE for evidence in decision.evidence):
            text = part(decision, "name")
            if text is not None:
                parts = (name.strip(_EDGES + ".") for name in _NAME_SPLIT.split(parted(text)))
                found += [name for name in parts if not is_role(name)]
            elif decision.label is Label.BYLINE:
                # No rule knows where its name stands.
                given = split(parted(decision.block.text))
                found += [name for name in given if looks_like_name(name)]
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
        # A byline may have the stamp behind it.
        stamped = any(evidence.label is Label.TIMESTAMP for evidence in decision.evidence)
        text = part(decision, which) if stamped else None
        if text:
            parsed = iso_date(text, _spoken(decision) or language)
            if parsed:
                return parsed
    return None


def _spoken(decision: Decision) -> str | None:
    """The language in which a rule of words found a block."""
    return next((e.language for e in decision.evidence if e.language), None)
