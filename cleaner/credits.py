"""Picture credits: where in a caption one stands, and whose it is.

A credit stands behind its caption ("… in spring. Mira Toll/AFP"), before it, or alone on a
line; with a label ("Foto:", "©", "写真＝") or without one. `split_caption` parts the two,
`parse` names the parts of a credit. Both are told that the text is a caption or a credit:
whether it is one is for the rules and the context to say.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

from .credit_names import (
    is_agency,
    is_name,
    is_person,
    known_by,
    looks_like_credit,
    may_hold_agency,
    words_of,
)
from .credit_words import (
    BARE_LABELS,
    BY,
    CUE_SIGNS,
    CUES,
    KEPT_LABELS,
    LABELS,
    LICENCE,
    OPENERS,
    RIGHTS,
    SOURCES,
)

# Where a credit is sought: in so many characters at the end of a caption.
_WINDOW = 260
_TIMEOUT_SECONDS = 1.0
_EDGES = " \t\n\r\u00a0\u200b\ufeff|/-–—,;:=＝・"
_OPENING = "([（【〔「"
_CLOSING = ")]）】〕」"
# Several credits in one: "Jean Levac, Postmedia News", "picture alliance | Friedrich Bungert".
_SEVERAL = re.compile(r"\s*[|｜;；•·]\s*|,\s+|，|、")
# A name inside of one credit: "Odd Andersen /AFP via Getty Images".
_NAMES = re.compile(r"\s*[/／|]\s*|\s+(?:via|for|für|pour)\s+|\s*[()（）]\s*|\s+[-–—]\s+", re.I)
# An abbreviation, an initial or the number of a day ends no sentence.
_SENTENCE = re.compile(r"[.!?…。！？][\"”“»«’')\]）」]*\s*|[\"”“»«)\]]\s+")
_SEPARATOR = re.compile(r"\s+[|–—-]\s+|\s{2,}|\s/\s|\s+·\s+")
# "圖／林曉攝": taken by Lin Xiao, as the label says already.
_TAKEN_BY = re.compile(r"(?<=[\u4e00-\u9fff]{2})[摄攝]影?$")
_ABBREVIATED = re.compile(
    r"(?:\b[a-zà-ÿ]{1,3}|\b\d{1,2}|\b(?:prof|capt|dept|univ|gouv|govt|sens|insp|messrs))\.$", re.I
)
_MARKED_CHARS = 160
# "Boats / Moorings" is as often a heading; "Ines Falk/Harbour Press" is none.
_TIGHT_SLASH = re.compile(r"\S/\S")
# What parts a label from its name beyond doubt.
_PARTED = re.compile(r"[:：©=＝]|\bby\b|^courtesy", re.I)
_LOOSE_WORDS = 5
_MOST_CREDIT_WORDS = 16
# Without one of these a text has neither a label nor a mark of rights.
_SIGN = re.compile(
    r"[:：©ⓒ=＝]|\(c|（Ｃ|photo|foto|fot\.|bild|beeld|image|picture|courte|copyright|cedid|cort[ée]"
    r"|screen|capture|supplied|provided|dok|rights|rechte|droits|derechos|diritti|direitos|фото|зобр"
    r"|genehmigung|verfügung|concession|[图圖][/／]",
    re.I,
)


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


class _Cut(NamedTuple):
    """A credit in a caption: the text before it ends at `start`; `label` is folded."""

    start: int
    body: str
    label: str = ""
    sure: bool = True


def split_caption(text: str, marked: Iterable[str] = (), alone: Iterable[str] = ()) -> Split:
    """`text`, a caption, parted from its credits.

    `marked` are texts that the page's markup calls credits; `alone` are captions without a
    credit that the page gives elsewhere (an image's alternative text).
    """
    text = text.strip()
    if not text:
        return Split("")
    if looks_like_credit(text):
        return Split("", tuple(credits_of(_unbracketed(text))))
    in_front = _bracket_in_front(text)
    if in_front is not None:
        return in_front
    cut = _marked(text, marked) or _by_words(text) or _by_alternative(text, alone)
    cut = cut or _by_brackets(text) or _by_signs(text) or _by_form(text)
    if cut is None:
        return Split(text)
    before = _trimmed(text[: cut.start])
    found = credits_of(cut.body, cut.label)
    more = _by_brackets(before)
    if more is not None and more.sure and cut.sure:
        # As in "(AP Photo/Mira Toll) - Copyright AP".
        before = _trimmed(before[: more.start])
        found = [*credits_of(more.body), *found]
    return Split(before, tuple(found), cut.sure)


def credit_line(text: str) -> CreditLine | None:
    """What a line of its own credits, where it is nothing but a credit; else None."""
    text = text.strip()
    if not 1 < len(text) <= _MARKED_CHARS:
        return None
    labelled = _label_in_front(text) if _may_be_labelled(text) else None
    if labelled is not None:
        return CreditLine(tuple(credits_of(*labelled)), "sure", labelled[1])
    bare = _unbracketed(text)
    bracketed = text[0] in "([（" and text[-1] in ")]）" and _opening_of(text) == 0
    if looks_like_credit(bare):
        several = bracketed or len(_NAMES.split(bare)) > 1
        return CreditLine(tuple(credits_of(bare)), "sure" if several else "agency")
    if text[-1] not in ".:" and is_name(bare):
        named = bracketed or text[0] in "/|" or _TIGHT_SLASH.search(bare)
        return CreditLine(tuple(credits_of(bare)), "names" if named else "name")
    return None


def may_be_sure_credit(text: str) -> bool:
    """Whether `credit_line` may find more in a line than a name: cheap, and true of more."""
    return may_hold_agency(text) or _may_be_labelled(text)


def is_label(text: str) -> bool:
    """Whether a line is a credit's label without the credit: "Foto:", "©"."""
    bare = text.strip().casefold()
    return bare in ("©", "(c)") or (bare[-1:] in (":", "：") and bare.rstrip(":： ") in LABELS)


def is_cued(text: str) -> bool:
    """Whether a line speaks as captions do: who is on the left, that it is a file picture."""
    folded = text.casefold()
    return any(map(folded.__contains__, CUE_SIGNS)) and CUES.search(text) is not None


def credits_of(body: str, label: str = "") -> list[Credit]:
    """The credits in the text of one, under its folded `label`: several where a `|` or a comma
    parts them."""
    found: dict[str, Credit] = {}
    for piece in _SEVERAL.split(body):
        bare = _unbracketed(piece)
        inner = _label_in_front(bare) if _PARTED.search(bare) else None
        named, under = inner if inner is not None else (bare, label)
        named = _TAKEN_BY.sub("", named)
        if any(char.isalnum() for char in named):
            credit = parse(named, under)
            found.setdefault(credit.text.casefold(), credit)
    return list(found.values())


def parse(text: str, label: str = "") -> Credit:
    """The parts of a credit; `label` is the word that stood before it, lower case."""
    licence = LICENCE.search(text)
    rest = LICENCE.sub(" ", text) if licence else text
    names = [name for name in (_unbracketed(each) for each in _NAMES.split(rest)) if name]
    agencies = tuple(name for name in names if is_agency(name))
    persons = tuple(name for name in names if not is_agency(name) and is_person(name))
    others = [name for name in names if name not in agencies and name not in persons]
    rights = label in RIGHTS
    sourced = label in SOURCES or (not rights and bool(others) and not persons)
    return Credit(
        text,
        () if sourced and label in SOURCES else persons,
        agencies,
        text if rights and not licence else None,
        licence[0].strip("()") if licence else None,
        (", ".join(others) or text) if sourced and (others or label in SOURCES) else None,
    )


# --- ways to find where a credit begins, the surest first


def _marked(text: str, marked: Iterable[str]) -> _Cut | None:
    """A text that the markup calls a credit, at the end of the caption or all of it."""
    bare = text.rstrip(_EDGES + ".")
    for credit in marked:
        name = credit.rstrip(_EDGES + ".")
        if not name or not bare.endswith(name):
            continue
        start = len(bare) - len(name)
        inner = _label_in_front(_unbracketed(credit))
        body, label = inner if inner is not None else (_unbracketed(credit), "")
        if inner is None and not _may_be_credit(body):
            continue
        # "Photo: " may stand before the marked name.
        before = _label_behind().search(text[:start].rstrip(_EDGES + _OPENING))
        if before is not None and inner is None:
            start, label = before.start(), before["label"].lower()
        return _Cut(start, body, label)
    return None


def _may_be_credit(text: str) -> bool:
    if is_name(text) or looks_like_credit(text):
        return True
    return len(text.split()) <= _LOOSE_WORDS and not _SENTENCE.search(text[:-1])


def _by_words(text: str) -> _Cut | None:
    """A label or a mark of rights, and what follows it to the end."""
    offset = max(0, len(text) - _WINDOW)
    if not _may_be_labelled(text[offset:]):
        return None
    for found in _finditer(_labelled(), text, offset):
        body = text[found.end() :]
        if looks_like_body(body, found["opener"] or found["sep"]):
            label = found["label"].strip().lower()
            kept = text[found.start("label") :] if label in KEPT_LABELS else body
            return _Cut(found.start(), _unbracketed(kept), label)
    return None


def looks_like_body(body: str, separator: str) -> bool:
    """Whether what follows a label is a credit and no sentence."""
    bare = _unbracketed(body)
    if not bare or len(bare) > _MARKED_CHARS or bare[0] in "?!":
        return False
    if not separator.strip():
        return is_name(bare) or looks_like_credit(bare)
    pieces = re.split(r"(?<=[^\W\d]{3})[.!?]\s+", bare)
    # "Foto: A. Falk. Styling: B. Toll" is one; "Foto: So war es. Und so kam es." is none.
    if any(":" not in piece for piece in pieces[1:]):
        return False
    if any(len(piece.split()) > _MOST_CREDIT_WORDS for piece in pieces):
        return False
    words = bare.split()
    small = sum(word[0].islower() and word not in BY for word in words)
    return len(words) <= _LOOSE_WORDS or small <= len(words) / 2


def _by_alternative(text: str, alone: Iterable[str]) -> _Cut | None:
    """The rest of a caption whose other part is said elsewhere without it."""
    for said in alone:
        other = said.strip().rstrip(".")
        if len(other) < len(text) / 4 or not text.startswith(other):
            continue
        rest = text[len(other) :].lstrip(".")
        bare = _unbracketed(rest)
        if bare and (is_name(bare) or looks_like_credit(bare)):
            return _Cut(len(text) - len(rest), bare, "", sure=True)
    return None


def _by_brackets(text: str) -> _Cut | None:
    """Names in brackets at the end: behind a sentence any, else those of an agency."""
    bare = text.rstrip(" .\u200b\u00a0")
    if not bare or bare[-1] not in _CLOSING:
        return None
    start = _opening_of(bare)
    if start is None:
        return None
    body = bare[start + 1 : -1].strip()
    before = bare[:start].rstrip()
    if looks_like_credit(body):
        return _Cut(start, _unbracketed(body))
    ends = not before or before[-1] in ".!?…。\"”»'’"
    if ends and is_name(body):
        return _Cut(start, _unbracketed(body), sure="/" in body)
    return None


def _opening_of(text: str) -> int | None:
    """Where the bracket opens that closes at the end of `text`."""
    depth = 0
    for at in range(len(text) - 1, max(-1, len(text) - _MARKED_CHARS), -1):
        depth += (text[at] in _CLOSING) - (text[at] in _OPENING)
        if depth == 0:
            return at
    return None


# Scripts without spaces: "＝ＡＰ", "（潟沼義樹撮影）", "李尕 摄", "（写真＝共同）".
_SIGNS = regex.compile(
    r"""(?:
      [（(\[［]\s*(?:写真\s*[=＝:：]\s*)?(?P<body>[^（）()\[\]=＝、。]{1,24}?)\s*
        (?:撮影|提供|写真|摄影?|攝影?|供图|供圖|촬영|제공)\s*[）)\]］]
    | [（(\[［]\s*写真\s*[=＝:：]\s*(?P<body>[^（）()\[\]=＝]{1,24})[）)\]］]
    | [=＝]\s*(?P<body>[^（）()=＝、。,\d]{1,24}?)(?P<done>撮影|提供|写真)?
    | (?:新华社记者|新華社記者|记者|記者)\s*(?P<body>[\p{Han}·]{2,8})\s*[摄攝]影?
    | (?<=[。）”\s])(?P<body>[\p{Han}·]{2,6})\s*[摄攝]影?
    )\s*[。.]?$""",
    regex.X,
)


def _by_signs(text: str) -> _Cut | None:
    found = _search(_SIGNS, text)
    if found is None:
        return None
    body = found["body"].strip()
    # "＝13日、東京で" says when and where.
    if found[0][0] in "=＝" and not (is_agency(body) or found["done"]):
        return None
    return _Cut(found.start(), body, "")


def _by_form(text: str) -> _Cut | None:
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
            return _Cut(found.end(), _unbracketed(body), sure=False)
    return None


def _credit_behind(text: str, marks: Iterable[re.Match[str]]) -> _Cut | None:
    """The first of the marks behind which an agency's credit stands and nothing else."""
    for found in marks:
        body = text[found.end() :].strip(_EDGES)
        if looks_like_credit(body):
            return _Cut(found.end(), _unbracketed(body))
    return None


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    if text[found.start()] != ".":
        return False
    return _ABBREVIATED.search(text[max(0, found.start() - 12) : found.start() + 1]) is not None


_WORD = re.compile(r"\S+")
_FEWEST_BEFORE, _MOST_BEHIND = 3, 9


def _agency_tail(text: str) -> _Cut | None:
    """Names with an agency that nothing parts from the caption: "… vor Gericht Mira Toll / AP"."""
    words = list(_WORD.finditer(text, max(0, len(text) - _MARKED_CHARS)))
    if len(words) < _FEWEST_BEFORE + 1:
        return None
    for at in range(max(_FEWEST_BEFORE, len(words) - _MOST_BEHIND), len(words)):
        body = text[words[at].start() :]
        if body[0] in "/|(–-" or not looks_like_credit(body, tight=True):
            continue
        before = text[words[at - 1].start() : words[at - 1].end()]
        bare = not _NAMES.search(body)
        if bare and (before[0].islower() or before.casefold() in BY or body.endswith(".")):
            # "told Reuters" is no credit, nor is the end of a sentence.
            continue
        return _Cut(words[at].start(), _unbracketed(body))
    return None


def _bracket_in_front(text: str) -> Split | None:
    """A credit in brackets before its caption: "(Foto: dpa) Das alte Schloss …"."""
    if text[0] not in _OPENING:
        return None
    end = next((at for at, char in enumerate(text[:_MARKED_CHARS]) if char in _CLOSING), None)
    if end is None or not text[end + 1 :].strip():
        return None
    inner = _label_in_front(text[1:end].strip())
    if inner is None:
        return None
    return Split(text[end + 1 :].strip(), tuple(credits_of(*inner)))


# --- labels


def _label_in_front(text: str) -> tuple[str, str] | None:
    """The text behind the label that it begins with, and the label."""
    bare = text.lstrip(_EDGES + _OPENING)
    try:
        found = _labelled().match(bare, timeout=_TIMEOUT_SECONDS)
    except TimeoutError:
        return None
    if found is None:
        return None
    body = bare[found.end() :]
    if not looks_like_body(body, found["opener"] or found["sep"]):
        return None
    label = found["label"].strip().lower()
    return _unbracketed(bare if label in KEPT_LABELS else body), label


# Labels that a caption runs into ("… in Ulm.Foto: dpa", "VALENTINOFoto: Toll"), and those that
# may follow it without a mark between: they mean a picture's credit and nothing else.
_GLUED = "Fotos?|Photos?|Image|Bild|Credit|Crédit|Quelle"
_PLAIN = r"fotos?|photos?|credits?|photo\ credit|crédits?|fot\.|ljósmynd|фото|zdroj|isithombe|ảnh"


# The longest words of labels, and marks of rights: one of them stands in each text with a label,
# but for one that a caption runs into.
_KNOWN_BY = known_by((*LABELS, *OPENERS, *BARE_LABELS))
_RIGHTS = tuple(each.casefold() for each in RIGHTS)
_GLUED_LABEL = re.compile(rf"(?:{_GLUED})[:：]")


def _may_be_labelled(text: str) -> bool:
    """Whether a label or a mark of rights may stand in a text: cheap, and true of more than the
    pattern that finds it."""
    folded = text.casefold()
    held = any(map(folded.__contains__, _RIGHTS)) or not _KNOWN_BY.isdisjoint(words_of(text))
    if not held and (":" in text or "：" in text):
        held = _GLUED_LABEL.search(text) is not None
    return held and _SIGN.search(text) is not None


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest that fits."""
    return "|".join(regex.escape(each) for each in sorted(words, key=len, reverse=True))


@functools.cache
def _labelled() -> regex.Pattern[str]:
    """A label or a mark of rights with what parts it from the names. Behind a word without a
    mark between, only words that mean a picture's credit and nothing else."""
    labels = _any_of(LABELS)
    openers = _any_of(OPENERS)
    bare = _any_of(BARE_LABELS)
    rights = _any_of(RIGHTS)
    by = "|".join(BY)
    bound = r"(?:^|(?<=[.!?…。！？\"”“»«’'）)\]】:：,;])\s*|\s*[(（\[【|]\s*|\s[–—/•·-]+\s*|\s{2,})"
    return regex.compile(
        rf"""
        (?:{bound}(?P<label>(?P<opener>{openers}))(?P<sep>\s*:?\s+)
        | {bound}(?P<label>{labels})
            (?P<sep>\s*[:：=＝©]\s*(?:(?:{by})\s+)?|\s*\([cC]{{1,2}}\)\s*:?\s*|\s+[/|]\s+|\s*／\s*
            |(?<=[图圖])/|(?<=\.)\s*)
        | {bound}(?P<label>{bare})(?P<sep>\s+)
        | (?<=[\p{{L}}\p{{N}}])(?P<label>(?-i:{_GLUED}))(?P<sep>[:：]\s*)
        | \s+(?P<label>{_PLAIN})(?P<sep>\s*[:：]\s*)
        | (?P<label>\s*(?:{rights}))(?P<sep>\s*[:：/]?\s*)(?:[12][0-9]{{3}}\s+)?(?:by\s+)?
        )""",
        regex.X | regex.I,
    )


@functools.cache
def _label_behind() -> regex.Pattern[str]:
    """A label at the end, before a name that is marked."""
    labels = _any_of(LABELS)
    rights = _any_of(RIGHTS)
    return regex.compile(
        rf"(?:^|(?<=\W))(?P<label>{labels}|{rights})\s*(?:by|von|par|por)?\s*[:：]?\s*$", regex.I
    )


def _search(pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    try:
        return pattern.search(text, max(0, len(text) - _WINDOW), timeout=_TIMEOUT_SECONDS)
    except TimeoutError:
        return None


def _finditer(pattern: regex.Pattern[str], text: str, offset: int) -> Sequence[regex.Match[str]]:
    try:
        return list(pattern.finditer(text, offset, timeout=_TIMEOUT_SECONDS))
    except TimeoutError:
        return ()


# --- edges


def _trimmed(text: str) -> str:
    """A caption's text without what joined it to its credit."""
    text = text.rstrip(_EDGES)
    while text and text[-1] in _OPENING:
        text = text[:-1].rstrip(_EDGES)
    return text.strip()


def _unbracketed(text: str) -> str:
    """A credit without the brackets and signs around it; those that belong to a name stay."""
    text = text.strip(_EDGES + "©" + " ")
    while (
        text
        and text[-1] in _CLOSING
        and sum(c in _OPENING for c in text) < sum(c in _CLOSING for c in text)
    ):
        text = text[:-1].rstrip(_EDGES)
    while (
        text
        and text[0] in _OPENING
        and (
            (text[-1] in _CLOSING and _opening_of(text) == 0)
            or sum(c in _OPENING for c in text) > sum(c in _CLOSING for c in text)
        )
    ):
        text = text[1:-1] if text[-1] in _CLOSING and _opening_of(text) == 0 else text[1:]
        text = text.strip(_EDGES)
    if text.endswith(".") and not re.search(r"\b\w{1,3}\.$", text):
        text = text[:-1]
    return text.strip(_EDGES)
