"""Many lines at once as arrays of characters and words.

All texts of a clip are joined and looked at as one array of code points: what Python would
count line by line, numpy counts in one pass. Words become 64-bit numbers by a polynomial hash
(Karp and Rabin 1987) over prefix sums, so that no word is ever cut out as a string.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]

_PLANE = 0x10000
# Of a longer line, so many characters at its head and its end are looked at: enough to tell
# what it is, and the cost of a clip does not depend on how its author parts paragraphs.
HEAD, END = 320, 120
# The hash's base, odd so that it has an inverse modulo 2**64.
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64


class Class:
    """Classes of characters, as numbers of a table."""

    OTHER: Final = 0
    LOWER: Final = 1
    UPPER: Final = 2
    LETTER: Final = 3  # of a script without case
    SIGN: Final = 4  # a letter of a script without spaces: a word of its own
    DIGIT: Final = 5
    SPACE: Final = 6
    STOP: Final = 7
    COMMA: Final = 8
    COLON: Final = 9
    QUOTE: Final = 10
    BRACKET: Final = 11
    DASH: Final = 12
    MARK: Final = 13  # bars, bullets, arrows, copyright: what chrome is decorated with
    SYMBOL: Final = 14
    COUNT: Final = 15


_CLASSES = {
    Class.STOP: ".!?…。！？؟।｡",
    Class.COMMA: ",;、，；،؛",
    Class.COLON: ":：",
    Class.QUOTE: "\"'“”„‘’‚«»‹›「」『』",
    Class.BRACKET: "()[]{}（）【】《》〈〉",
    Class.DASH: "-–—―−",
    Class.MARK: "|•·●▪■◆★☆→←↑↓▶►▼▲×✕✓©®™¦/\\_#@&+=<>*~^%$€£¥",
}
_UNSPACED = ((0x0E00, 0x0EFF), (0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F))


@functools.cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """The class of each character of the first plane, and its lower case (digits: `0`)."""
    categories = [unicodedata.category(char) for char in map(chr, range(_PLANE))]
    class_of = {category: _by_category(category) for category in set(categories)}
    classes = np.array([class_of[category] for category in categories], np.uint8)
    letters = np.array([category[0] == "L" for category in categories])
    for low, high in _UNSPACED:
        classes[low : high + 1][letters[low : high + 1]] = Class.SIGN
    classes[list(b"\t\n\v\f\r")] = Class.SPACE
    folded = np.arange(_PLANE, dtype=np.uint16)
    for code, category in enumerate(categories):
        if category == "Nd":
            folded[code] = ord("0")
        elif category in ("Lu", "Lt") and len(lower := chr(code).lower()) == 1:
            folded[code] = ord(lower)
    for number, chars in _CLASSES.items():
        classes[[ord(char) for char in chars]] = number
    folded[[ord(char) for char in "’‘´`"]] = ord("'")
    return classes, folded


def _by_category(category: str) -> int:
    if category[0] in "LM":
        return {"Ll": Class.LOWER, "Lu": Class.UPPER, "Lt": Class.UPPER}.get(category, Class.LETTER)
    if category == "Nd":
        return Class.DIGIT
    if category[0] == "Z":
        return Class.SPACE
    return Class.SYMBOL if category[0] in "PS" else Class.OTHER


class Words(NamedTuple):
    """The words of all lines, in order: `hashes` (m,), the line of each `line` (m,), its
    number in the line `place` (m,), its number from the line's end `left` (m,), whether it
    begins with a capital `capital` (m,), its length in characters `length` (m,)."""

    hashes: Hashes
    line: Ints
    place: Ints
    left: Ints
    capital: NDArray[np.bool_]
    length: Ints


class Lines(NamedTuple):
    """The lines of a clip as arrays. `counts` (n, Class.COUNT) counts characters by class;
    `first` (n,) is the class of the first character, `last` (n, 3) are those of the last ones,
    outermost first; `hashes` (n,) are the lines' own; `lengths` (n,) are in characters of the
    whole line and `seen` (n,) of what was looked at."""

    counts: NDArray[np.float32]
    first: NDArray[np.uint8]
    last: NDArray[np.uint8]
    hashes: Hashes
    lengths: Ints
    seen: Ints
    words: Words


def read_lines(texts: Sequence[str], camel: bool = False) -> Lines:
    """The arrays of these lines (at least one); each line should be stripped. `camel` parts
    words where a small letter meets a capital, as names of classes have it."""
    cut = [t if len(t) <= HEAD + END else f"{t[:HEAD]} {t[-END:]}" for t in texts]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    seen = np.fromiter(map(len, cut), np.int64, len(texts))
    joined = "\n".join(cut) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.where(codes < _PLANE, codes, _PLANE - 1).astype(np.uint16)
    table, folding = _tables()
    classes, folded = table[codes], folding[codes].astype(np.uint64)
    ends = np.cumsum(seen + 1) - 1
    starts = ends - seen
    line = np.repeat(np.arange(len(texts)), seen + 1)
    cells = np.bincount(line * Class.COUNT + classes, minlength=len(texts) * Class.COUNT)
    counts = cells.reshape(len(texts), Class.COUNT).astype(np.float32)
    counts[:, Class.SPACE] -= 1  # the line end that was put in
    prefix, inverse = _prefix_hashes(folded)
    return Lines(
        counts,
        classes[starts],
        classes[np.maximum(ends[:, None] - np.arange(1, 4), starts[:, None])],
        (prefix[ends] - prefix[starts]) * inverse[starts],
        lengths,
        seen,
        _words(classes, line, prefix, inverse, camel),
    )


def _prefix_hashes(folded: Hashes) -> tuple[Hashes, Hashes]:
    """Prefix sums of the characters' hashes, one longer than `folded`, and the powers of the
    base's inverse, by which a difference of two of them becomes independent of its place."""
    size = len(folded)
    powers = np.full(size, _BASE, np.uint64)
    powers[0] = 1
    powers = np.multiply.accumulate(powers)
    inverse = np.full(size, pow(_BASE, -1, _MODULUS), np.uint64)
    inverse[0] = 1
    inverse = np.multiply.accumulate(inverse)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum((folded + np.uint64(1)) * powers, out=prefix[1:])
    return prefix, inverse


def _words(
    classes: NDArray[np.uint8], line: Ints, prefix: Hashes, inverse: Hashes, camel: bool
) -> Words:
    inside = (classes >= Class.LOWER) & (classes <= Class.DIGIT)
    sign = classes == Class.SIGN
    # whether a word ends between a character and the next
    parted = ~(inside[:-1] & inside[1:]) | sign[:-1] | sign[1:]
    if camel:
        parted |= (classes[:-1] == Class.LOWER) & (classes[1:] == Class.UPPER)
    start = np.flatnonzero(inside & np.append(True, parted))
    end = np.flatnonzero(inside & np.append(parted, True)) + 1
    of_line = line[start]
    number = np.arange(len(start))
    fresh = np.ones(len(start), bool)
    fresh[1:] = of_line[1:] != of_line[:-1]
    begins = np.flatnonzero(fresh)
    sizes = np.diff(np.append(begins, len(start)))
    place = number - np.repeat(begins, sizes)
    return Words(
        (prefix[end] - prefix[start]) * inverse[start],
        of_line,
        place,
        np.repeat(sizes, sizes) - 1 - place,
        classes[start] == Class.UPPER,
        end - start,
    )
