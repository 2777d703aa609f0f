"""The labels of credits: where one stands, and whether what follows it is a credit.

"Foto:", "Photo by", "©", "写真＝": a label names no one, and is no part of the credit behind it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import regex

from .marks import EDGES, MOST_CHARS, OPENING, unbracketed
from .names import is_name, known_by, looks_like_credit, words_of
from .words import BARE_LABELS, BY, KEPT_LABELS, LABELS, OPENERS, PICTURE_KINDS, RIGHTS

# A search in a hostile text is given up.
TIMEOUT_SECONDS = 1.0
LOOSE_WORDS = 5
_MOST_CREDIT_WORDS = 16
_SMALL_NAME = re.compile(r"[a-zß-ÿ][\w.-]{1,19}")
# Without one of these a text has neither a label nor a mark of rights.
_SIGN = re.compile(
    r"[:：©ⓒ=＝]|\(c|（Ｃ|photo|foto|fot\.|bild|beeld|image|picture|courte|copyright|cedid|cort[ée]"
    r"|screen|capture|archiv|supplied|provided|dok|rights|rechte|droits|derechos|diritti|direitos|фото|зобр"
    r"|genehmigung|verfügung|concession|[图圖][/／]",
    re.I,
)


def label_in_front(text: str) -> tuple[str, str] | None:
    """The text behind the label that it begins with, and the label."""
    bare = text.lstrip(EDGES + OPENING)
    try:
        found = labelled().match(bare, timeout=TIMEOUT_SECONDS)
    except TimeoutError:
        return None
    if found is None:
        return None
    body = bare[found.end() :]
    label = found["label"].strip().lower()
    if not looks_like_body(body, found["opener"] or found["sep"], label):
        return None
    return unbracketed(bare if label in KEPT_LABELS else body), label


def looks_like_body(body: str, separator: str, label: str = "") -> bool:
    """Whether what follows a label is a credit and no sentence."""
    bare = unbracketed(body)
    if not bare or len(bare) > MOST_CHARS or bare[0] in "?!":
        return False
    if PICTURE_KINDS.fullmatch(f"{label} {bare}"):
        # "FOTO ILUSTRATIVA" says what it shows and not whose it is.
        return False
    if not separator.strip():
        # "© rbb": a house may write itself in small letters.
        alone = label in RIGHTS and _SMALL_NAME.fullmatch(bare)
        return bool(alone) or all(map(_names_somebody, bare.split(" | ")))
    pieces = re.split(r"(?<=[^\W\d]{3})[.!?]\s+", bare)
    # "Foto: A. Falk. Styling: B. Toll" is one; "Foto: So war es. Und so kam es." is none.
    if any(":" not in piece for piece in pieces[1:]):
        return False
    if any(len(piece.split()) > _MOST_CREDIT_WORDS for piece in pieces):
        return False
    words = bare.split()
    small = sum(word[0].islower() and word not in BY for word in words)
    return len(words) <= LOOSE_WORDS or small <= len(words) / 2


def _names_somebody(text: str) -> bool:
    return is_name(text) or looks_like_credit(text)


# Labels that a caption runs into ("… in Ulm.Foto: dpa", "VALENTINOFoto: Toll"), and those that
# may follow it without a mark between: they mean a picture's credit and nothing else.
_GLUED = "Fotos?|Photos?|Image|Bild|Credit|Crédit|Quelle"
_PLAIN = r"fotos?|photos?|credits?|photo\ credit|crédits?|fot\.|ljósmynd|фото|zdroj|isithombe|ảnh"


# The longest words of labels, and marks of rights: one of them stands in each text with a label,
# but for one that a caption runs into.
_KNOWN_BY = known_by((*LABELS, *OPENERS, *BARE_LABELS))
_RIGHTS = tuple(each.casefold() for each in RIGHTS)
_GLUED_LABEL = re.compile(rf"(?:{_GLUED})[:：]")


def may_be_labelled(text: str, words: Sequence[str] | None = None) -> bool:
    """Whether a label or a mark of rights may stand in a text: cheap, and true of more than the
    pattern that finds it. `words` are the text's, where they are at hand."""
    folded, words = text.casefold(), words_of(text) if words is None else words
    held = not _KNOWN_BY.isdisjoint(words) or any(map(folded.__contains__, _RIGHTS))
    if not held and (":" in text or "：" in text):
        held = _GLUED_LABEL.search(text) is not None
    return held and _SIGN.search(text) is not None


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest that fits."""
    return "|".join(regex.escape(each) for each in sorted(words, key=len, reverse=True))


@functools.cache
def labelled() -> regex.Pattern[str]:
    """A label or a mark of rights with what parts it from the names. Behind a word without a
    mark between, only words that mean a picture's credit and nothing else."""
    labels = _any_of(LABELS)
    openers = _any_of(OPENERS)
    bare = _any_of(BARE_LABELS)
    rights = _any_of(RIGHTS)
    by = "|".join(BY)
    bound = (
        r"(?:(?:^|(?<=[.!?…。！？\"”“»«’'）)\]】:：,;])\s*|\s*[(（\[【|]\s*|\s[–—/•·-]+\s*|\s{2,})"
        r"(?:[©ⓒ]\s*)?)"
    )
    return regex.compile(
        rf"""
        (?:{bound}(?P<label>(?P<opener>{openers}))(?P<sep>\s*[:,]?\s+)
        | {bound}(?P<label>{labels})
            (?P<sep>\s*[:：=＝©]\s*(?:(?:{by})\s+)?|\s*\([cC]{{1,2}}\)\s*:?\s*|\s+[/|]\s+|\s*／\s*
            |(?<=[图圖]|archivo)/|(?<=\.)\s*)
        | {bound}(?P<label>{bare})(?P<sep>\s+)
        | (?<=[\p{{L}}\p{{N}}])(?P<label>(?-i:{_GLUED}))(?P<sep>[:：]\s*)
        | \s+(?P<label>{_PLAIN})(?P<sep>\s*[:：]\s*)
        | (?P<label>\s*(?:{rights}))(?P<sep>\s*[:：/]?\s*)(?:[12][0-9]{{3}}\s+)?(?:by\s+)?
        )""",
        regex.X | regex.I,
    )


@functools.cache
def label_behind() -> regex.Pattern[str]:
    """A label at the end, before a name that is marked."""
    labels = _any_of(LABELS)
    rights = _any_of(RIGHTS)
    return regex.compile(
        rf"(?:^|(?<=\W))(?P<label>{labels}|{rights})\s*(?:by|von|par|por)?\s*[:：]?\s*$", regex.I
    )
