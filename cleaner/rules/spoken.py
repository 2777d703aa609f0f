"""A rule in one language: its terms filled in, its patterns compiled when first needed."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import regex

from ..decision import Evidence, Part
from ..errors import PackError
from ..labels import Action
from ..shape import fold, phrase_key, tokens, unspaced
from .compiled import Compiled
from .loader import PLACEHOLDER, Vocabulary
from .schema import Rule

# One search gets this long. It is a stop for patterns that backtrack without end, not a
# budget: a usual search takes microseconds.
TIMEOUT_SECONDS = 1.0
_CHARS_PER_WORD = 30
_MANY = 24
_LETTERS = re.compile(r"[^\W\d_]+")
# A pattern's `^` passes over a bullet: dumps write menus and buttons as list items.
_LINE_START = re.compile(r"(?:(?<=^)|(?<=[|(]))\^")
# Where words are written without spaces one begins and ends anywhere, and none parts a number
# or a sign from the word behind it.
_ANYWHERE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}ー]"
_BREAK = rf"(?:\b|(?<={_ANYWHERE}|[:=/])|(?={_ANYWHERE}))"
_GAP = r"(?:\s+|(?<=[\d:,·/=|\])]))"
_BULLET = r"^(?:[•‣◦▪●■·*+>–—-]\\s+)?"


class Spoken:
    """A `Rule` as said in one language (None: in all). Compiles on first use; pickles without
    what it compiled."""

    def __init__(
        self,
        rule: Rule,
        language: str | None,
        vocabulary: Vocabulary,
        order: int = 0,
        compiled: Compiled | None = None,
    ) -> None:
        """`compiled` has the patterns that were compiled before."""
        self.rule = rule
        # Its place among the rules: what settles ties, so that no hash order ever does.
        self.order = order
        self.language = language
        # Whether a match settles the block by itself: it goes, wherever it stands.
        removes = rule.label.action is Action.REMOVE
        self.decisive = removes and rule.strength == "sure" and not rule.contextual
        self.by_element = bool(rule.inside or rule.classes) and not rule.keywords
        # Whole lines are one look-up in any language; patterns are for clips in theirs.
        self.gated = language is not None and not rule.lines
        # Whether it asks more of the block itself than its words.
        self.particular = any(
            asked is not None
            for asked in (rule.kinds, rule.sentence, rule.links, rule.inside, rule.outside)
        )
        # Whether a match of the rule's own conditions is a match: it looks for no words in them.
        self.wordless = rule.pattern is None and not (rule.sequence or rule.made_of)
        # The word bounds, at hand: they are what most candidates fail on.
        self.least, self.most = rule.words or (0, sys.maxsize)
        # Few words in very many characters are no language; no pattern needs to see them.
        self.longest = rule.chars or (self.most + 1) * _CHARS_PER_WORD
        by_form = "form" if rule.formal else "rule"
        self._source = "element" if self.by_element else by_form
        self._vocabulary = vocabulary
        self._compiled = compiled

    def __getstate__(self) -> dict[str, object]:
        state = dict(self.__dict__)
        for name in ("pattern", "sequence", "phrases", "phrase_words", "longest_phrase"):
            state.pop(name, None)
        return state

    @property
    def level(self) -> int:
        """The rule's level; a language's words do not lift a shared rule above the shared."""
        return self.rule.level

    def line_keys(self) -> Iterator[str]:
        """The keys of all whole lines that this rule matches."""
        for line in self.rule.lines:
            for text in self._spell(line):
                yield phrase_key(text)

    def keyword_literals(self) -> Iterator[str]:
        """The folded literals of which one is in every line that the pattern can match."""
        for keyword in self.rule.keywords:
            for text in self._spell(keyword):
                yield fold(text)[0]

    @functools.cached_property
    def pattern(self) -> regex.Pattern[str]:
        """The compiled pattern of a rule that has one."""
        return self._compile(self.rule.pattern or "", 0)

    @functools.cached_property
    def sequence(self) -> tuple[regex.Pattern[str], ...]:
        """The compiled patterns of a rule over consecutive blocks."""
        return tuple(self._compile(each, at) for at, each in enumerate(self.rule.sequence))

    @property
    def patterns(self) -> tuple[regex.Pattern[str], ...]:
        """The patterns that it has, of either sort."""
        return self.sequence or ((self.pattern,) if self.rule.pattern else ())

    @functools.cached_property
    def phrases(self) -> frozenset[str]:
        """The phrases that a `made_of` line consists of, each as its tokens, a space apart."""
        spelled = (fold(text)[0] for part in self.rule.made_of for text in self._spell(part))
        return frozenset(" ".join(tokens(text)) for text in spelled if tokens(text))

    @functools.cached_property
    def phrase_words(self) -> frozenset[str]:
        """The words that stand in phrases: a line that holds any other is not made of them."""
        return frozenset(word for phrase in self.phrases for word in phrase.split())

    @functools.cached_property
    def longest_phrase(self) -> int:
        """The most tokens that a phrase has."""
        return max(phrase.count(" ") + 1 for phrase in self.phrases)

    def is_made(self, found: Sequence[str]) -> bool:
        """Whether a line of these tokens is a row of this rule's phrases, longest first."""
        if not self.phrase_words.issuperset(found):
            return False
        at = count = 0
        least, most = self.rule.count or (1, 1)
        while at < len(found):
            for end in range(min(len(found), at + self.longest_phrase), at, -1):
                if " ".join(found[at:end]) in self.phrases:
                    at, count = end, count + 1
                    break
            else:
                return False
            if count > most:
                return False
        return count >= least

    def hit(self, span: tuple[int, int], parts: tuple[Part, ...] = ()) -> Hit:
        """A match of this rule that rests on the characters at `span`."""
        rule, source = self.rule, self._source
        return Hit(
            self,
            Evidence(
                rule.label, source, rule.id, rule.strength, span, parts, rule.level, self.language
            ),
        )

    def whole(self, length: int) -> Hit:
        """A match of a whole block of so many characters."""
        part = self.rule.part
        return self.hit((0, length), (Part(part, 0, length),) if part else ())

    def _spell(self, text: str) -> list[str]:
        """`text` with each placeholder replaced by each of its phrases."""
        spelled = [text]
        for name in PLACEHOLDER.findall(text):
            phrases = self._vocabulary.of_term(name, self.language)
            spelled = [s.replace("{" + name + "}", p, 1) for s in spelled for p in phrases]
        return spelled

    def _compile(self, pattern: str, piece: int) -> regex.Pattern[str]:
        known = self._compiled and self._compiled.pattern(self.order, piece)
        if known:
            return known
        # Any: the types of regex do not know named lists, which come as keywords.
        lists: dict[str, Any] = {}
        if self._without_spaces(pattern):
            pattern = pattern.replace(r"\b", _BREAK).replace(r"\s+", _GAP)
        filled = PLACEHOLDER.sub(lambda match: self._alternatives(match[1], lists), pattern)
        filled = _LINE_START.sub(_BULLET, filled)
        try:
            return regex.compile(filled, regex.VERSION1, **lists)
        except regex.error as error:
            raise PackError(
                f"{self.rule.origin}: rule {self.rule.id}: no valid pattern ({error})"
            ) from error

    def _without_spaces(self, pattern: str) -> bool:
        """Whether the terms of a shared pattern are of a script without spaces; a language's
        own pattern is written as that language asks."""
        return self.rule.spoken is None and any(
            unspaced(phrase)
            for name in PLACEHOLDER.findall(pattern)
            for phrase in self._vocabulary.of_term(name, self.language)[:1]
        )

    def _alternatives(self, name: str, lists: dict[str, Any]) -> str:
        phrases = self._vocabulary.of_term(name, self.language)
        if not self.rule.case:
            phrases = tuple(fold(phrase)[0] for phrase in phrases)
        if len(phrases) > _MANY:
            # A named list is looked up by hash; an alternation is tried one by one.
            lists[name] = list(phrases)
            return rf"\L<{name}>"
        longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
        return "(?:" + "|".join(regex.escape(phrase) for phrase in longest_first) + ")"


class Hit(NamedTuple):
    """A rule whose own conditions hold on a block; its context is still to be judged."""

    spoken: Spoken
    evidence: Evidence


def index_word(literal: str) -> str | None:
    """The word of a keyword by which it is found: its longest, None where it has no letters."""
    words = _LETTERS.findall(literal)
    return max(words, key=len) if words else None
