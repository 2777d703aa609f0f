"""Where in a caption its credit begins: by the page's markup, a label, brackets, or its form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

from .labels import (
    LOOSE_WORDS,
    TIMEOUT_SECONDS,
    label_behind,
    label_in_front,
    labelled,
    looks_like_body,
    may_be_labelled,
)
from .marks import CLOSING, EDGES, MOST_CHARS, NAMES, OPENING, opening_of, unbracketed
from .names import is_agency, is_name, looks_like_credit, may_hold_agency
from .words import BY, KEPT_LABELS

# Where a credit is sought: in so many characters at the end of a caption.
_WINDOW = 260
# An abbreviation, an initial or the number of a day ends no sentence.
_SENTENCE = re.compile(r"[.!?…。！？][\"”“»«’')\]）」]*\s*|[\"”“»«)\]]\s+")
_SEPARATOR = re.compile(r"\s+[|–—-]\s+|\s{2,}|\s/\s|\s+·\s+")
_ABBREVIATED = re.compile(
    r"(?:\b[a-zà-ÿ]{1,3}|\b\d{1,2}|\b(?:prof|capt|dept|univ|gouv|govt|sens|insp|messrs))\.$", re.I
)


class Cut(NamedTuple):
    """A credit in a caption: the text before it ends at `start`; `label` is folded."""

    start: int
    body: str
    label: str = ""
    sure: bool = True


def begin(text: str, marked: Iterable[str] = (), alone: Iterable[str] = ()) -> Cut | None:
    """Where the credit of a caption begins that has one, by the surest of the ways; the
    arguments are those of `split_caption`."""
    by_words = _by_words(text)
    by_mark = _marked(text, marked)
    if by_mark is not None and by_words is not None and by_words.start < by_mark.start:
        # The markup may set off the last of several: "Photo by Mira Toll Harbour News".
        by_words = _with_mark(by_words, by_mark.body)
        by_mark = None
    return (
        by_mark
        or by_words
        or _by_alternative(text, alone)
        or bracketed(text)
        or (signed(text) if "=" in text or may_be_signed(text) else None)
        or _by_form(text)
    )


def _with_mark(cut: Cut, marked: str) -> Cut:
    """A cut whose text ends in a credit of its own, by the markup, parted from it by a bar."""
    before = cut.body.removesuffix(marked)
    person = before.rstrip(" /")
    if before == cut.body or not person or " " not in before[len(person) :]:
        return cut
    return cut._replace(body=f"{person} | {marked}")


def _marked(text: str, marked: Iterable[str]) -> Cut | None:
    """A text that the markup calls a credit, at the end of the caption or all of it."""
    bare = text.rstrip(EDGES + ".")
    for credit in marked:
        name = credit.rstrip(EDGES + ".")
        if not name or not bare.endswith(name):
            continue
        start = len(bare) - len(name)
        inner = label_in_front(unbracketed(credit))
        body, label = inner if inner is not None else (unbracketed(credit), "")
        if inner is None and not _may_be_credit(body):
            continue
        # "Photo: " may stand before the marked name.
        before = label_behind().search(text[:start].rstrip(EDGES + OPENING))
        if before is not None and inner is None:
            start, label = before.start(), before["label"].lower()
        return Cut(start, body, label)
    return None


def _may_be_credit(text: str) -> bool:
    if is_name(text) or looks_like_credit(text):
        return True
    return len(text.split()) <= LOOSE_WORDS and not _SENTENCE.search(text[:-1])


def _by_words(text: str) -> Cut | None:
    """A label or a mark of rights, and what follows it to the end."""
    offset = max(0, len(text) - _WINDOW)
    if not may_be_labelled(text[offset:]):
        return None
    for found in _finditer(labelled(), text, offset):
        body = text[found.end() :]
        label = found["label"].strip().lower()
        if looks_like_body(body, found["opener"] or found["sep"], label):
            kept = text[found.start("label") :] if label in KEPT_LABELS else body
            return Cut(found.start(), unbracketed(kept), label)
    return None


def _by_alternative(text: str, alone: Iterable[str]) -> Cut | None:
    """The rest of a caption whose other part is said elsewhere without it."""
    for said in alone:
        other = said.strip().rstrip(".")
        if len(other) < len(text) / 4 or not text.startswith(other):
            continue
        rest = text[len(other) :].lstrip(".")
        bare = unbracketed(rest)
        if bare and (is_name(bare) or looks_like_credit(bare)):
            return Cut(len(text) - len(rest), bare, "", sure=True)
    return None


def bracketed(text: str) -> Cut | None:
    """Names in brackets at the end: behind a sentence any, else those of an agency."""
    bare = text.rstrip(" .\u200b\u00a0")
    if not bare or bare[-1] not in CLOSING:
        return None
    start = opening_of(bare)
    if start is None:
        return None
    body = bare[start + 1 : -1].strip()
    before = bare[:start].rstrip()
    if looks_like_credit(body):
        return Cut(start, unbracketed(body))
    ends = not before or before[-1] in ".!?…。\"”»'’"
    if ends and is_name(body):
        return Cut(start, unbracketed(body), sure="/" in body)
    return None


# Scripts without spaces: "＝ＡＰ", "（潟沼義樹撮影）", "李尕 摄", "（写真＝共同）".
_SIGNS = regex.compile(
    r"""(?:
      [（(\[［]\s*(?:写真\s*[=＝:：]\s*)?(?P<body>[^（）()\[\]=＝、。]{1,24}?)\s*
        (?:撮影|提供|写真|摄影?|攝影?|供图|供圖|촬영|제공)\s*[）)\]］]
    | [（(\[［]\s*写真\s*[=＝:：]\s*(?P<body>[^（）()\[\]=＝]{1,24})[）)\]］]
    | [=＝]\s*(?P<body>[^（）()=＝、。,\d]{1,24}?)(?P<done>撮影|提供|写真)?
    | (?:新华社记者|新華社記者|记者|記者)\s*(?P<body>[\p{Han}·]{2,8})\s*[摄攝]影?
    | (?:^|(?<=[。）”\s]))(?P<body>[\p{Han}·]{2,6})\s*[摄攝]影?
    | (?:Fotoğraf|Görsel|Görüntü)(?:lar|ler)?,?\s+(?P<body>[\p{L}\s.-]{2,40}?)\s+tarafından
        \s+(?:servis\ edil|çekil|sağlan|paylaşıl)\p{L}+
    )\s*[。.]?$""",
    regex.X,
)


# From here on stand the scripts without spaces.
_FIRST_KANA = "\u3040"


def may_be_signed(text: str) -> bool:
    """Whether a line of its own may be what `signed` knows: cheap, and true of more."""
    return not text.isascii() and (max(text) >= _FIRST_KANA or "tarafından" in text)


def signed(text: str) -> Cut | None:
    """What the signs of a script without spaces set off at the end."""
    found = _search(_SIGNS, text)
    if found is None:
        return None
    body = found["body"].strip()
    # "＝13日、東京で" says when and where.
    if found[0][0] in "=＝" and not (is_agency(body) or found["done"]):
        return None
    return Cut(found.start(), body, "")


def _by_form(text: str) -> Cut | None:
    """Names behind the last sentence, without a label: "… in Ulm. Mira Toll/AFP"."""
    offset = max(0, len(text) - _WINDOW)
    sentences = [m for m in _SENTENCE.finditer(text, offset) if not _is_abbreviation(text, m)]
    separators = list(_SEPARATOR.finditer(text, offset))
    cut = None
    if may_hold_agency(text[offset:]):
        cut = _credit_behind(text, sentences) or _agency_tail(text)
        cut = cut or _credit_behind(text, separators)
    if cut is not None:
        return cut
    for found in (*sentences[-1:], *separators[-1:]):
        body = text[found.end() :].strip()
        if not body.endswith(".") and is_name(body):
            return Cut(found.end(), unbracketed(body), sure=False)
    return None


def _credit_behind(text: str, marks: Iterable[re.Match[str]]) -> Cut | None:
    """The first of the marks behind which an agency's credit stands and nothing else."""
    for found in marks:
        body = text[found.end() :].strip(EDGES)
        if looks_like_credit(body):
            return Cut(found.end(), unbracketed(body))
    return None


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    if text[found.start()] != ".":
        return False
    return _ABBREVIATED.search(text[max(0, found.start() - 12) : found.start() + 1]) is not None


_WORD = re.compile(r"\S+")
_FEWEST_BEFORE, _MOST_BEHIND = 3, 9


def _agency_tail(text: str) -> Cut | None:
    """Names with an agency that nothing parts from the caption: "… vor Gericht Mira Toll / AP"."""
    words = list(_WORD.finditer(text, max(0, len(text) - MOST_CHARS)))
    if len(words) < _FEWEST_BEFORE + 1:
        return None
    for at in range(max(_FEWEST_BEFORE, len(words) - _MOST_BEHIND), len(words)):
        body = text[words[at].start() :]
        if body[0] in "/|(–-" or not looks_like_credit(body, tight=True):
            continue
        before = text[words[at - 1].start() : words[at - 1].end()]
        bare = not NAMES.search(body)
        if bare and (before[0].islower() or before.casefold() in BY or body.endswith(".")):
            # "told Reuters" is no credit, nor is the end of a sentence.
            continue
        return Cut(words[at].start(), unbracketed(body))
    return None


def _search(pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    try:
        return pattern.search(text, max(0, len(text) - _WINDOW), timeout=TIMEOUT_SECONDS)
    except TimeoutError:
        return None


def _finditer(pattern: regex.Pattern[str], text: str, offset: int) -> Sequence[regex.Match[str]]:
    try:
        return list(pattern.finditer(text, offset, timeout=TIMEOUT_SECONDS))
    except TimeoutError:
        return ()
