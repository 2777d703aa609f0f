"""What a block looks like before anyone asks what it says: folded text, word count, prose or not.

Rules and the decision look at blocks through these facts, so that "short", "prose" and "ends a
sentence" mean one thing to both. The classifier has arrays of its own (`classifier.features`) and
a simpler idea of prose, by the same numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .clip import Block, Elements, Kind, Node

# Scripts written without spaces: characters are counted and divided by the mean word
# length, 1.7 characters, which is usual for Chinese and Japanese word segmentation.
_UNSPACED = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]")
_CHARS_PER_WORD = 1.7
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_CLOSERS = "\"'”’»›“)]）」』】》〉〕 "
_ENDS = frozenset(".!?…。！？؟।:;｡．۔")
# Speech on a line of its own: Japanese sets no full stop before the closing quote.
_SPEECH = {"「": "」", "『": "』"}
_FOOTNOTE = re.compile(r"\s*\[\d+\]$")
# Soft hyphens, zero-width characters, marks of writing direction; and of Arabic the vowel
# marks and the stretch of a line, which its writers set or leave out as they like.
_UNSEEN = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_ARABIC_UNSEEN = (0x61C, 0x640, *range(0x64B, 0x653), 0x670)
_INVISIBLE = tuple(map(chr, (*_UNSEEN, *_ARABIC_UNSEEN)))
_WITHOUT_INVISIBLE = str.maketrans(dict.fromkeys(_INVISIBLE, ""))
_KEY_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
# What usually stands at the ends of a line; anything rarer is left to the pattern above.
_EDGE_CHARS = " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…•·–—»«›‹→←↑↓▶►▼▲●■★☆✓✔×✕¶©®™"
_ZEROS = re.compile("00+")
# The classifier counts by these two as well: another number asks for new models.
PROSE_WORDS = 14
# Prose has less of its text in links than this.
LINK_PROSE = 0.5
_NO_PROSE = (Kind.CODE, Kind.IMAGE, Kind.FRONT_MATTER)
# A line of so many words that is no prose costs a body less than a shorter one.
_LONG_LINE = 8
# A body holds at least this share of a clip's prose; a clip whose prose is scattered (a list
# of teasers, a forum) has none, and no head or tail.
_BODY_SHARE = 0.6
# ... and so many words of it, of which one block gives no more than the second number: with
# less, on the labelled clips, what stood around the longest text was too often content.
_BODY_WORDS, _MOST_WORDS = 150.0, 60.0
# ... unless the clip is short and has little else,
_SHORT_CLIP_SHARE = 0.6
# and at least this share of all words: under a shop's grid the few paragraphs of advice are
# not what the page is about.
_TEXT_SHARE = 0.2
LONG_KEY = 160


_INVISIBLE_SET = frozenset(_INVISIBLE)
_ARABIC_ALIKE = {"ا": "أإآٱ", "ي": "ىی", "ه": "ة", "ك": "ک"}
_MARKS_ALIKE = {
    ",": "،٬、", ";": "؛", "?": "؟", "%": "٪", ".": "٫。｡", "·": "・･", "~": "〜",
    "[": "【〔", "]": "】〕", '"': "「」『』",
}  # fmt: skip


def _fold_table() -> dict[int, str]:
    """Single characters to single characters, so that offsets in folded text stay true.

    Turkish writes i and ı, capital İ and I; lower-casing knows no Turkish and turns "I" into
    "i". All four are one letter here, or a headline in capitals would be another word. Russian
    leaves the dots of ё out more often than not.
    """
    table = {ord(c): "'" for c in "‘’‚‛′´`＇"} | {ord(c): '"' for c in "“”„‟″＂"}
    table |= {ord(c): "-" for c in "‐‑‒–—―−－"} | {ord(c): "|" for c in "｜¦"}
    table |= {ord(c): " " for c in "\t\n\r\f\v\u00a0\u1680\u202f\u205f\u3000"}
    table |= dict.fromkeys(range(8192, 8203), " ")
    table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    table |= {ord(c): "0" for c in "0123456789"} | dict.fromkeys(range(65296, 65306), "0")
    table |= {code: "0" for start in (0x660, 0x6F0, 0x966) for code in range(start, start + 10)}
    # Arabic letters that are written with or without their hamza or dots, as search engines
    # fold them (Lucene's ArabicNormalizer); the punctuation of Arabic, Chinese and Japanese.
    table |= {ord(c): plain for plain, alike in _ARABIC_ALIKE.items() for c in alike}
    table |= {ord(c): plain for plain, alike in _MARKS_ALIKE.items() for c in alike}
    return table | {ord("ı"): "i", ord("ё"): "е"}


def visible_offsets(text: str) -> list[int]:
    """Where each character that `fold` keeps of a composed `text` stands in it."""
    return [at for at, char in enumerate(text) if char not in _INVISIBLE_SET]


_ASCII = 128
_FOLD = _fold_table()
_FOLDED_CHAR = {chr(code): char for code, char in _FOLD.items()} | dict.fromkeys(_INVISIBLE, "")
_FOLDABLE = re.compile(f"[{re.escape(''.join(_FOLDED_CHAR))}]")
# ASCII is folded and cut into tokens as bytes: `bytes.translate` is a look-up in C, where
# `str.translate` asks the table for each character that a line has.
_FOLD_BYTES = bytes(ord(_FOLD.get(code, chr(code).lower())) for code in range(_ASCII)).ljust(256)
_WORD_BYTES = bytes(c if chr(c).isalnum() else ord(" ") for c in range(_ASCII)).ljust(256)
_LETTER_BY_DIGIT = re.compile(rb"[a-z]0|0[a-z]")


def fold(text: str) -> tuple[str, bool]:
    """Lower case, plain quotes, dashes and spaces, every digit as 0; ı as i, ё as е.

    Returns the folded text and whether it is aligned: the same length as `text`, so that an
    offset in one is the same offset in the other. Soft hyphens, zero-width characters and
    decomposed accents cost the alignment.
    """
    if text.isascii():
        return text.encode().translate(_FOLD_BYTES).decode(), True
    # Lower-casing makes two characters of this one, and the offsets would be lost.
    text = text.replace("İ", "i")
    lower = text.lower()
    if len(lower) == len(text) and unicodedata.is_normalized("NFC", text):
        folded = _FOLDABLE.sub(_folded_char, lower)
        if len(folded) == len(text):
            return folded, True
    # What is invisible goes first: it may part a letter from its accent.
    plain = unicodedata.normalize("NFC", text.translate(_WITHOUT_INVISIBLE))
    folded = plain.lower().translate(_FOLD)
    return folded, len(folded) == len(text)


def _folded_char(match: re.Match[str]) -> str:
    return _FOLDED_CHAR[match[0]]


def line_key(folded: str) -> str:
    """The key under which whole-line phrases are looked up: no ornament at the ends, single
    spaces, a run of digits as one 0."""
    key = folded.strip(_EDGE_CHARS)
    if key and not (key[0].isalnum() and key[-1].isalnum()):
        key = _KEY_EDGE.sub("", key)
    if "00" in key:
        key = _ZEROS.sub("0", key)
    return " ".join(key.split()) if "  " in key else key


def phrase_key(text: str) -> str:
    """The key of a text that is not folded yet."""
    return line_key(fold(text)[0])


def words_of(text: str) -> list[str]:
    """The words of a text, whatever their case and whatever stands between them."""
    return _WORD.findall(text.casefold())


def words_key(text: str) -> str:
    """The words of a text alone, by which two are the same."""
    return " ".join(words_of(text))


def tokens(folded: str) -> list[str]:
    """The words and numbers of a folded text, in order."""
    if folded.isascii():
        spaced = folded.encode().translate(_WORD_BYTES)
        # Letters that stand beside a number ("covid00") are a word of their own.
        if b"0" not in spaced or not _LETTER_BY_DIGIT.search(spaced):
            return spaced.decode().split()
    return _TOKEN.findall(folded)


def count_words(text: str) -> int:
    """Words and numbers of `text`; in scripts without spaces, characters divided by 1.7."""
    if unspaced(text):
        spaced, count = _UNSPACED.subn(" ", text)
        return len(_TOKEN.findall(spaced)) + round(count / _CHARS_PER_WORD)
    return len(_TOKEN.findall(text))


def spaced_words(folded: str) -> list[str]:
    """The words of those scripts in a folded text that are written with spaces: "line" in
    "lineで送る"."""
    return tokens(_UNSPACED.sub(" ", folded))


def unspaced(text: str) -> bool:
    """Whether `text` holds a script that is written without spaces."""
    return not text.isascii() and _UNSPACED.search(text) is not None


class Shape(NamedTuple):
    """The context-free facts of one block. `link_density` is the share of its characters that
    are link text, 0 to 1; `key` is empty for long blocks, which no whole-line phrase equals;
    `unspaced` says that it holds a script without spaces, whose `tokens` are no words."""

    folded: str
    aligned: bool
    key: str
    tokens: list[str]
    words: int
    sentence: bool
    prose: bool
    link_density: float
    unspaced: bool


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as sentences end: a mark, perhaps quotes, brackets or a footnote
    number after it."""
    bare = text.rstrip(_CLOSERS)
    if bare and bare[-1] in _ENDS:
        return True
    if text[:1] in _SPEECH and text[-1:] == _SPEECH[text[:1]]:
        return True
    # "[3]" lost its bracket above: only then is it worth a pattern.
    return text.endswith("]") and _FOOTNOTE.sub("", text).rstrip(_CLOSERS)[-1:] in _ENDS


def measure(block: Block) -> Shape:
    """The shape of `block`."""
    text = block.text
    folded, aligned = fold(text)
    found = tokens(folded)
    no_spaces = unspaced(folded)
    words = count_words(folded) if no_spaces else len(found)
    sentence = ends_sentence(text)
    density = block.link_chars / len(text) if block.link_chars else 0.0
    prose = (
        words >= PROSE_WORDS
        and (sentence or words >= 3 * PROSE_WORDS)
        and density < LINK_PROSE
        and block.kind not in _NO_PROSE
    )
    key = line_key(folded) if len(folded) < LONG_KEY else ""
    return Shape(folded, aligned, key, found, words, sentence, prose, density, no_spaces)


def measured(blocks: Sequence[Block], alive: Iterable[int]) -> dict[int, Shape]:
    """The shapes of those blocks of a clip that are `alive`, by their index; lines that stand
    in it twice are measured once."""
    known: dict[tuple[str, Kind, int], Shape] = {}
    shapes = {}
    for index in alive:
        block = blocks[index]
        same = (block.text, block.kind, block.link_chars)
        shape = known.get(same)
        if shape is None:
            shape = known[same] = measure(block)
        shapes[index] = shape
    return shapes


def body_range(shapes: Mapping[int, Shape], alive: Sequence[int]) -> tuple[int, int]:
    """The stretch of a clip that holds its running text, as (first, last) block index.

    It is the run of `alive` blocks with the greatest sum when prose counts by its words and
    anything else costs a little (Kadane's maximum subarray): teasers that stand alone in a
    menu do not carry the body with them, a list inside an article does not end it. Without
    prose, or with prose all over, the answer is (-1, -1).
    """
    best, best_range = 0.0, (-1, -1)
    total, start = 0.0, -1
    prose = gained = best_gained = 0.0
    for index in alive:
        shape = shapes[index]
        gain = (
            min(shape.words, _MOST_WORDS)
            if shape.prose
            else (-1.0 if shape.words >= _LONG_LINE else -4.0)
        )
        if total <= 0:
            total, gained, start = 0.0, 0.0, index
        total += gain
        if shape.prose:
            prose, gained = prose + gain, gained + gain
            if total > best:
                best, best_range, best_gained = total, (start, index), gained
    words = sum(shapes[index].words for index in alive)
    if best_gained < _BODY_WORDS and best_gained < _SHORT_CLIP_SHARE * words:
        return -1, -1
    enough = max(_BODY_SHARE * prose, _TEXT_SHARE * words)
    return best_range if best_gained >= enough else (-1, -1)


def elements_holding(elements: Elements, blocks: Iterable[Block], share: float) -> dict[int, Node]:
    """Those of a clip's `elements` that hold more than this share of the characters of `blocks`,
    by their id."""
    nodes, parents, of_block = elements
    chars = [0] * len(nodes)
    whole = 0
    for block in blocks:
        at = of_block[block.index]
        if at >= 0:
            chars[at] += len(block.text)
            whole += len(block.text)
    # Last to first, so that an element has those of its children before it is added to its parent.
    for at in range(len(nodes) - 1, -1, -1):
        if parents[at] >= 0:
            chars[parents[at]] += chars[at]
    least = share * whole
    return {id(nodes[at]): nodes[at] for at, held in enumerate(chars) if held > least}
