"""Lines that look like chrome and are none, made of a text's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_WORD = 4
_SHAPES = (
    "{n}. {Name} {Name}, {Name} {d}:{dd}:{dd}",  # results
    "{Name} {d}, {Name} {d}",
    "{dd} {Name}: {Name} {Name}, {Name}",  # dates of a tour
    "{Name} {h}:{dd}",
    "{word} | {h}:{dd} | {h}:{dd}",  # timetables
    "{dd}0 g {word} {word}",  # ingredients
    "- {word} {word}",
    "- {word} {word} {word} {word}",
    "{Word}.",  # short answers
    "{Name} {d}:{dd}",  # references
    "{Word} {word} {word} {word}",  # subheadings
    "{Name} {Name}: {word} {word}",
    "{word} {word} {word} {word} {word},",  # verse
)
_FIELD = re.compile(r"\{(\w+)\}")
_NUMBERS = {"d": (1, 10), "dd": (10, 60), "h": (0, 24)}
_LINES = (2, 12)
# How often such lines stand under a line of their own.
_TITLED = 0.4


def look_alikes(lines: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Some lines of one shape: results, dates of a tour, timetables, ingredients, short
    answers, references, subheadings, verse."""
    found = [word for line in lines for word in _LETTERS.findall(line) if len(word) >= _LONG_WORD]
    names = [word for word in found if word[0].isupper()] or ["Name"]
    low = [word for word in found if word[0].islower()] or names

    def filled(match: re.Match[str], number: int) -> str:
        of = match[1]
        if of in ("Name", "Word", "word"):
            words = names if of == "Name" else low
            word = str(words[int(rng.integers(len(words)))])
            return word.capitalize() if of == "Word" else word
        if of == "n":
            return str(number)
        return str(rng.integers(*_NUMBERS[of]))

    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    made = [
        _FIELD.sub(lambda match, number=number: filled(match, number), shape)  # type: ignore[misc]  # bound now
        for number in range(1, int(rng.integers(_LINES[0], _LINES[1] + 1)) + 1)
    ]
    if rng.random() < _TITLED:
        made.insert(0, str(names[int(rng.integers(len(names)))]))
    return made
