"""Names in credits: of agencies, of persons, and of whoever else took or owns a picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from .words import (
    AGENCIES,
    AGENCY_WORDS,
    COMPANY_WORDS,
    CONNECTORS,
    NETWORKS,
    NOT_A_NAME,
    ORGANISATION_WORDS,
    PICTURE_KINDS,
    SMALL_AGENCIES,
)

_PIECES = re.compile(r"\s*[/／|,;]\s*|\s+via\s+|\s*[()（）\[\]]\s*|\s+[-–—]\s+", re.I)
_STRONG_PARTS = re.compile(r"\S\s?[/／]\s?\S|\svia\s|\S\s\|\s\S", re.I)
# Scripts that know no capitals, whose names are told by their length alone.
_CAPLESS = re.compile(
    r"[\u0590-\u07ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_CAPLESS_CHARS = 14
# The end of a sentence, or a mark that parts a name from what is before it.
_NO_NAME = re.compile(r"\w{4}[.!?…]\s|\S[©:]")
# What a sentence in Japanese has and no name does.
_SAYS = re.compile(r"[がを]|(?:だ|です|ます|ない|した|いる)$")
_QUOTES = '"“”„«»'
_DIGIT = re.compile(r"\d")
_HANDLE = re.compile(r"@?[\w.-]+\.(?:com|org|net|de|at|ch|fr|es|it|info|is|uk|ru)\b|^@\w+", re.I)
_MOST_WORDS, _PERSON_WORDS, _MOST_CHARS = 9, (2, 4), 90
# A name before an agency that nothing parts from the caption has so many words.
_TIGHT_WORDS = 2
_AGENCY_WORDS = 4
_INITIALS = 3
_SMALL_CHARS = 30
_SMALL = re.compile(r"[a-zß-ÿ]{2,4}|[a-zß-ÿ'-]{3,}(?: [a-zß-ÿ'-]{2,}){1,3}")
# Persons have no such words in their names; "Rest of World" has.
_NOT_IN_PERSONS = frozenset({"of", "the", "for", "and", "und", "et", "für", "on", "in", "at"})

# What begins a sentence that a dump broke off, and no name: alone ("Wir", "Es"), or before
# anything ("In Leipzig").
_ALONE = frozenset(
    """i we you he she it they this that our the a an von wir ihr ich er sie es der die das den ein
    eine unser unsere und aber le la les un une il elle nous vous on ce cette et mais el los las
    lo una nosotros ella y pero gli noi o os as um uma nós ele ela e mas de het een wij hij zij
    dit maar w to on ona my oni i ale мы он она они это и но bu ve o biz ama det den og vi han hun
    news""".split()
)
_OPENING = frozenset(
    """in im am an auf bei mit nach seit zum zur aus at from with since until after before dans
    en sur avec pour depuis con para sin desde sobre em com per tra fra op bij met sinds w na przy
    от в на с при til fra på about""".split()
)


def _caseless(text: str) -> str:
    # Full-width letters ("ＡＰ") are the same names.
    return unicodedata.normalize("NFKC", text).casefold()


_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words of a text, folded as names of agencies are."""
    return _WORD.findall(_caseless(text))


def known_by(phrases: Iterable[str]) -> frozenset[str]:
    """The longest word of each phrase: a text that holds none of these holds none of them."""
    return frozenset(max(words_of(phrase), key=len) for phrase in phrases if words_of(phrase))


_NO_NETWORKS = AGENCIES - NETWORKS
_KNOWN_BY = known_by(AGENCIES) | AGENCY_WORDS


def may_hold_agency(text: str, words: Sequence[str] | None = None) -> bool:
    """Whether a name of an agency may stand in a text: cheap, and true of more. `words` are the
    text's, where they are at hand."""
    return not _KNOWN_BY.isdisjoint(words_of(text) if words is None else words)


def is_agency(name: str) -> bool:
    """Whether a name is an agency's, an archive's or a pool's."""
    folded = _folded(name)
    if folded in AGENCIES:
        # Short names are initials: "AP" is an agency, "Sid" is none.
        return (
            len(folded) > _INITIALS
            or not name.isascii()
            or name.strip(" .").isupper()
            or (folded in SMALL_AGENCIES)
        )
    words = folded.split()
    named = 1 < len(words) <= _AGENCY_WORDS and words[-1].strip(".") in AGENCY_WORDS
    return named and words[0] not in _OPENING and all(map(_may_be_in_name, name.split()))


def is_network(name: str) -> bool:
    """Whether a name is a network's or another word that says nothing of a picture alone."""
    return NETWORKS.issuperset(map(_folded, _PIECES.split(name)))


def is_company(name: str) -> bool:
    """Whether a name says that it is a company's: "Harbour Press GmbH"."""
    return not COMPANY_WORDS.isdisjoint(_caseless(name).split())


def _folded(name: str) -> str:
    return _caseless(name).strip(" .")


def is_person(name: str) -> bool:
    """Whether a name may be a person's: two to four words, written as names are."""
    words = name.split()
    if _CAPLESS.search(name):
        return len(name) <= _CAPLESS_CHARS
    least, most = _PERSON_WORDS
    if not least <= len(words) <= most or not _NOT_IN_PERSONS.isdisjoint(words):
        return False
    if any(word.casefold() in ORGANISATION_WORDS for word in words):
        return False
    return is_name(name) and words[-1][:1].isupper()


def is_name(text: str) -> bool:
    """Whether `text` may be nothing but a name: few words, each as names are written."""
    text = text.strip()
    if not 1 < len(text) <= _MOST_CHARS or text[-1] in ":?!,;" or _is_quoted_end(text):
        return False
    if _CAPLESS.search(text):
        said = re.search(r"[。、！？?!.…]", text) or _SAYS.search(text)
        return len(text) <= _CAPLESS_CHARS and not said
    if _NO_NAME.search(text) or PICTURE_KINDS.fullmatch(text):
        return False
    words = [word for word in re.split(r"[\s/|]+", text) if word]
    if not 1 <= len(words) <= _MOST_WORDS:
        return False
    if all(word.casefold().strip("().,") in NOT_A_NAME for word in words):
        return False
    first = words[0].casefold()
    if (len(words) == 1 and first in _ALONE and not words[0].isupper()) or first in _OPENING:
        return False
    if _DIGIT.search(text) and not any(map(is_agency, _PIECES.split(text))):
        return False
    return any(_is_capital(w) for w in words) and all(map(_may_be_in_name, words))


def _is_quoted_end(text: str) -> bool:
    """Whether a quotation opens or closes in a text and does not do both."""
    return sum(map(text.count, _QUOTES)) % 2 == 1


def agency_apart(text: str) -> tuple[str, ...]:
    """A person and the agency behind, where nothing parts the two: "Mira Toll Getty Images"."""
    words = text.split(" ")
    if len(words) <= 1 or _folded(text) in AGENCIES:
        return (text,)
    for size in (2, 1):
        agency, person = " ".join(words[-size:]), " ".join(words[:-size])
        if _folded(agency) in AGENCIES - NETWORKS and is_agency(agency):
            named = is_person(person) and person[-1] not in ".!?…"
            return (person, agency) if named else (text,)
    return (text,)


def _is_small(piece: str) -> bool:
    """Whether a name or its initials are written in small letters: "mira toll/afp", "mt/dpa"."""
    return len(piece) <= _SMALL_CHARS and _SMALL.fullmatch(piece) is not None


def _is_capital(word: str) -> bool:
    bare = word.lstrip("\"'“”‘’„«»(@")
    return bool(bare) and (bare[0].isupper() or bare.casefold() in SMALL_AGENCIES)


def _may_be_in_name(word: str) -> bool:
    bare = word.strip("\"'“”‘’„«»(),")
    if not bare or bare.casefold() in CONNECTORS or bare.casefold() in SMALL_AGENCIES:
        return True
    if _HANDLE.search(bare):
        return True
    lowered = bare.casefold()
    return (bare[0].isupper() and lowered not in NOT_A_NAME) or bare[:2] in ("d'", "d’", "l'", "l’")


def looks_like_credit(text: str, tight: bool = False) -> bool:
    """Whether `text` is a credit by its words: an agency's name, alone or beside others.

    `tight`: nothing parts it from a caption before it, so that a name in it has no more words
    than names mostly have, and begins it.
    """
    text = text.strip(" .()[]（）©\u00a0")
    if not text or len(text) > _MOST_CHARS or not may_hold_agency(text):
        return False
    pieces = [piece for piece in _PIECES.split(text) if piece]
    pieces = [piece for piece in pieces if piece.casefold() not in NOT_A_NAME]
    if not tight:
        pieces = [part for piece in pieces for part in agency_apart(piece)]
    agencies = [is_agency(piece) for piece in pieces]
    if not any(agencies):
        return False
    if len(pieces) == 1:
        # Of the names that only end as agencies' do, "NRK Sport" may be a menu's.
        return agencies[0] and _folded(pieces[0]) in _NO_NETWORKS
    for piece, agency in zip(pieces, agencies, strict=True):
        words = piece.split()
        if agency or (not tight and _is_small(piece) and agencies[-1] and "/" in text):
            continue
        if not is_name(piece):
            return False
        small = sum(not word[:1].isupper() for word in words)
        initials = sum(len(word.strip(".")) == 1 for word in words)
        if tight and len(words) - small - initials > _TIGHT_WORDS:
            return False
    return not tight or pieces[0][:1].isupper() or agencies[0]
