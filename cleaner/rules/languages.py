"""Which languages a clip is in, so that only their patterns are tried on it.

This is a prefilter, not a language detector: a clip in two languages has both, and a clip
that shows none has all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ..shape import fold
from .loader import Pack

# A language with this share of the strongest one's function words is in the clip as well.
_SHARE = 0.25
# Fewer function words than this say nothing.
_LEAST = 6
# Shorter lines are menus, which speak of the page and not of the clip.
_LINE_WORDS = 8


class Languages:
    """Knows the function words of all languages."""

    def __init__(
        self, by_word: Mapping[str, Sequence[str]], everything: Iterable[str], always: Iterable[str]
    ) -> None:
        self.by_word = by_word
        self.everything = list(everything)
        self.always = list(always)

    @classmethod
    def of_packs(cls, packs: Sequence[Pack]) -> Languages:
        """The languages of `packs`."""
        by_word: dict[str, list[str]] = {}
        for pack in packs:
            for word in pack.function_words:
                by_word.setdefault(fold(word)[0], []).append(pack.language or "")
        codes = {pack.language: pack for pack in packs if pack.language}
        # A language without function words cannot show itself, and so is never left out.
        always = [
            code
            for code, pack in codes.items()
            if pack.everywhere or (pack.terms and not pack.function_words)
        ]
        return cls(by_word, codes, always)

    def voices(self, words: Sequence[str]) -> Sequence[str]:
        """The languages that a line of these words speaks, each once for each function word."""
        if len(words) < _LINE_WORDS:
            return ()
        return [code for word in self.by_word.keys() & words for code in self.by_word[word]]

    def of(self, voices: Iterable[Sequence[str]], declared: str) -> frozenset[str]:
        """The languages of a clip whose lines have these voices; `declared` is the language
        that the clip names, or nothing."""
        counts = Counter(chain.from_iterable(voices))
        most = max(counts.values(), default=0)
        if most < _LEAST:
            return frozenset(self.everything)
        found = {code for code, count in counts.items() if count >= _SHARE * most}
        return frozenset(found | {declared, *self.always})
