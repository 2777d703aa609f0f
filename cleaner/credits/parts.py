"""A credit's parts: who took the picture, whose it is, where it comes from."""

from __future__ import annotations

import re
from typing import NamedTuple

from .labels import label_in_front
from .marks import NAMES, unbracketed
from .names import agency_apart, is_agency, is_person
from .words import GIVERS, LICENCE, RIGHTS, SOURCES

# Several credits in one: "Jean Levac, Postmedia News", "picture alliance | Friedrich Bungert".
_SEVERAL = re.compile(r"\s*[|｜;；•·]\s*|,\s+|，|、|\s+[(\[](?=[^()\[\]]{2,30}:)")
# A bracket, which may have begun before the credit, with another credit behind it:
# "(Foto: dpa) Foto: dpa", "(AP Photo/Mira Toll) AP Photo".
_CLOSED = re.compile(r"^[(\[]?([^()\[\]]+)[)\]]\s+(?=\w)")
# "圖／林曉攝": taken by Lin Xiao, as the label says already; "고영 기자": the reporter Ko Yeong.
_TAKEN_BY = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})[摄攝]影?$|(?<=[\uac00-\ud7af]{2})\s*(?:사진)?기자$"
)
# What parts a label from its name beyond doubt.
_PARTED = re.compile(r"[:：©=＝]|\bby\b|^courtesy", re.I)


class Credit(NamedTuple):
    """A picture's credit. `text` is the credit as written, without its label ("Foto:", "©")
    and brackets; the rest are the parts that were told apart in it, as written.

    `photographers` are persons, `agencies` agencies, archives and pools, in the order of the
    credit; `rights_holder` is who a © or a statement of rights names; `licence` a free
    licence; `source` where the picture was taken from ("Quelle: …", "screenshot …").
    """

    text: str
    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    rights_holder: str | None = None
    licence: str | None = None
    source: str | None = None


def credits_of(body: str, label: str = "") -> list[Credit]:
    """The credits in the text of one, under its folded `label`: several where a `|` or a comma
    parts them."""
    found: dict[str, Credit] = {}
    for piece in _SEVERAL.split(_CLOSED.sub(r"\1 | ", body)):
        bare = unbracketed(piece)
        inner = label_in_front(bare) if _PARTED.search(bare) else None
        named, under = inner if inner is not None else (bare, label)
        named = _TAKEN_BY.sub("", named)
        # "© Harbour Press, 2025": a year is nobody.
        if any(char.isalpha() for char in named):
            credit = parse(named, under)
            found.setdefault(credit.text.casefold(), credit)
    return list(found.values())


def parse(text: str, label: str = "") -> Credit:
    """The parts of a credit; `label` is the word that stood before it, lower case."""
    licence = LICENCE.search(text)
    rest = LICENCE.sub(" ", text) if licence else text
    names = [name for name in (unbracketed(each) for each in NAMES.split(rest)) if name]
    names = [part for name in names for part in agency_apart(name)]
    agencies = tuple(name for name in names if is_agency(name))
    persons = tuple(name for name in names if not is_agency(name) and is_person(name))
    others = [name for name in names if name not in agencies and name not in persons]
    rights = label in RIGHTS
    named = label in SOURCES or label in GIVERS
    sourced = named or (not rights and bool(others) and not persons)
    return Credit(
        text,
        () if named else persons,
        agencies,
        text if rights and not licence else None,
        licence[0].strip("()") if licence else None,
        (", ".join(others) or text) if sourced and (others or named) else None,
    )
