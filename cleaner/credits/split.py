"""A caption parted from its credits, and lines that are nothing but credits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from .labels import label_in_front, may_be_labelled
from .marks import CLOSING, MOST_CHARS, NAMES, OPENING, opening_of, trimmed, unbracketed
from .names import is_name, looks_like_credit, may_hold_agency, words_of
from .parts import Credit, credits_of
from .places import begin, bracketed, may_be_signed, signed
from .words import CONTROLS, COUNTER, CUE_SIGNS, CUES, LABELS, RIGHTS, SOURCES

# "Boats / Moorings" is as often a heading; "Ines Falk/Harbour Press" is none.
_TIGHT_SLASH = re.compile(r"\S/\S")


_COUNTER_BEHIND = re.compile(rf"(?<=[.!?…])\s+(?:{COUNTER.pattern})$", re.I)


class Split(NamedTuple):
    """A caption's text without its credits, and the credits. `sure` says that words speak for
    the credit (a label, an agency, a mark of the page), and not its form and place alone."""

    text: str
    credits: tuple[Credit, ...] = ()
    sure: bool = True


class CreditLine(NamedTuple):
    """A line that is nothing but credits. `strength` says what speaks for that: `sure` a
    label, © or an agency beside a name; `names` names in brackets or parted by a slash;
    `agency` an agency's name alone; `name` any name alone."""

    credits: tuple[Credit, ...]
    strength: str
    label: str = ""

    @property
    def of_source(self) -> bool:
        """Whether its label says where something was taken from: the story, it may be."""
        return self.label in SOURCES

    @property
    def of_rights(self) -> bool:
        """Whether its label says whose something is: the story, it may be."""
        return self.label in RIGHTS


def split_caption(text: str, marked: Iterable[str] = (), alone: Iterable[str] = ()) -> Split:
    """`text`, a caption, parted from its credits.

    `marked` are texts that the page's markup calls credits; `alone` are captions without a
    credit that the page gives elsewhere (an image's alternative text).
    """
    text = CONTROLS.sub("", text.strip())
    if not text or COUNTER.fullmatch(text):
        return Split("")
    if looks_like_credit(text):
        return Split("", tuple(credits_of(unbracketed(text))))
    in_front = _bracket_in_front(text)
    if in_front is not None:
        return in_front
    cut = begin(text, marked, alone)
    if cut is None:
        return Split(text)
    before = trimmed(text[: cut.start])
    found = credits_of(cut.body, cut.label)
    before = "" if COUNTER.fullmatch(before) else _COUNTER_BEHIND.sub("", before)
    labelled = label_in_front(before) if may_be_labelled(before) else None
    if labelled is not None:
        # "Image credit: Harbour House (Image credit: Mira Toll)" is credits and nothing else.
        return Split("", (*credits_of(*labelled), *found), cut.sure)
    more = bracketed(before)
    if more is not None and more.sure and cut.sure:
        # As in "(AP Photo/Mira Toll) - Copyright AP".
        before = trimmed(before[: more.start])
        found = [*credits_of(more.body), *found]
    return Split(before, tuple(found), cut.sure)


def credit_line(text: str) -> CreditLine | None:
    """What a line of its own credits, where it is nothing but a credit; else None."""
    text = text.strip()
    if not 1 < len(text) <= MOST_CHARS:
        return None
    labelled = label_in_front(text) if may_be_labelled(text) else None
    if labelled is not None:
        return CreditLine(tuple(credits_of(*labelled)), "sure", labelled[1])
    cut = signed(text) if may_be_signed(text) else None
    if cut is not None and cut.start == 0:
        return CreditLine(tuple(credits_of(cut.body)), "sure")
    bare = unbracketed(text)
    in_brackets = text[0] in "([（" and text[-1] in ")]）" and opening_of(text) == 0
    if looks_like_credit(bare):
        several = in_brackets or len(NAMES.split(bare)) > 1
        return CreditLine(tuple(credits_of(bare)), "sure" if several else "agency")
    if text[-1] not in ".:" and is_name(bare):
        # One word in brackets is "(Applause)" as often as a name.
        bracketed_names = in_brackets and (" " in bare or not bare[1:].islower())
        named = bracketed_names or text[0] in "/|" or _TIGHT_SLASH.search(bare)
        return CreditLine(tuple(credits_of(bare)), "names" if named else "name")
    return None


def may_be_sure_credit(text: str) -> bool:
    """Whether `credit_line` may find more in a line than a name: cheap, and true of more."""
    words = words_of(text)
    return may_hold_agency(text, words) or may_be_labelled(text, words) or may_be_signed(text)


def is_picture_credit(text: str) -> bool:
    """Whether a line credits a picture by the form of its names: an agency beside a slash, as in
    "Mira Toll/AFP". Of a comma it is not told: reporters are named so."""
    return "/" in text and looks_like_credit(text)


def is_label(text: str) -> bool:
    """Whether a line is a credit's label without the credit: "Foto:", "©"."""
    bare = text.strip().casefold()
    return bare in ("©", "(c)") or (bare[-1:] in (":", "：") and bare.rstrip(":： ") in LABELS)


def is_cued(text: str) -> bool:
    """Whether a line speaks as captions do: who is on the left, that it is a file picture."""
    folded = text.casefold()
    return any(map(folded.__contains__, CUE_SIGNS)) and CUES.search(text) is not None


def _bracket_in_front(text: str) -> Split | None:
    """A credit in brackets before its caption: "(Foto: dpa) Das alte Schloss …"."""
    if text[0] not in OPENING:
        return None
    end = next((at for at, char in enumerate(text[:MOST_CHARS]) if char in CLOSING), None)
    if end is None or not text[end + 1 :].strip():
        return None
    inner = label_in_front(text[1:end].strip())
    if inner is None:
        return None
    return Split(text[end + 1 :].strip(), tuple(credits_of(*inner)))
