"""Which languages a clip is in, so that only their patterns are tried on it.

This is a prefilter, not a language detector: a clip in two languages has both, and a clip
that shows none has all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ..shape import Shape, fold, unspaced
from .loader import Pack

# A language with this share of the strongest one's function words is in the clip as well.
_SHARE = 0.25
# Fewer function words than this say nothing.
_LEAST = 6
# The language of a clip has so many times the function words of the next. On the labelled clips
# each that the rules know has 2.5 times and more; one that they do not know (Czech, Danish,
# Norwegian, taken for Dutch) has 1.8 times at most.
_AHEAD = 2
# Shorter lines are menus, which speak of the page and not of the clip.
_LINE_WORDS = 8


class Languages:
    """Knows the function words of all languages; of scripts without spaces, where no word
    stands apart, their function characters (`by_char`)."""

    def __init__(
        self,
        by_word: Mapping[str, Sequence[str]],
        by_char: Mapping[str, Sequence[str]],
        everything: Iterable[str],
        always: Iterable[str],
    ) -> None:
        self.by_word = by_word
        self.by_char = by_char
        self.everything = list(everything)
        self.always = list(always)

    @classmethod
    def of_packs(cls, packs: Sequence[Pack]) -> Languages:
        """The languages of `packs`."""
        by_word: dict[str, list[str]] = {}
        by_char: dict[str, list[str]] = {}
        for pack in packs:
            for word in pack.function_words:
                table = by_char if unspaced(word) else by_word
                table.setdefault(fold(word)[0], []).append(pack.language or "")
        codes = {pack.language: pack for pack in packs if pack.language}
        # A language without function words cannot show itself, and so is never left out.
        always = [
            code
            for code, pack in codes.items()
            if pack.everywhere or (pack.terms and not pack.function_words)
        ]
        return cls(by_word, by_char, codes, always)

    def voices(self, shape: Shape) -> Sequence[str]:
        """The languages that a line speaks, each once for each function word."""
        if shape.words < _LINE_WORDS:
            return ()
        words, by_word = shape.tokens, self.by_word
        found = [code for word in by_word.keys() & words for code in by_word[word]]
        if shape.unspaced:
            by_char = self.by_char
            found += [code for char in by_char.keys() & shape.folded for code in by_char[char]]
        return found

    def of(self, voices: Iterable[Sequence[str]], declared: str) -> frozenset[str]:
        """The languages of a clip whose lines have these voices; `declared` is the language
        that the clip names, or nothing."""
        counts = Counter(chain.from_iterable(voices))
        most = max(counts.values(), default=0)
        if most < _LEAST:
            return frozenset(self.everything)
        found = {code for code, count in counts.items() if count >= _SHARE * most}
        return frozenset(found | {declared, *self.always})

    def main(self, voices: Iterable[Sequence[str]]) -> str | None:
        """The language that lines with these voices speak; None where too few words of any show
        it, or another is nearly as strong."""
        counts = Counter(chain.from_iterable(voices)).most_common(2)
        if not counts or counts[0][1] < _LEAST:
            return None
        second = counts[1][1] if len(counts) > 1 else 0
        return counts[0][0] if counts[0][1] >= _AHEAD * second else None
