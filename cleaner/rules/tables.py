"""The look-up tables of a rule set, and their copy made at installation.

Reading 650 KB of TOML and folding 30,000 phrases takes a fifth of a second, more than all the
rest of a one-shot command. So a build writes the tables to `packs/tables.json`; they are used
only while they carry the digest of the packs as they are, and are nothing but a copy.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..shape import Shape, spaced_words, tokens, unspaced
from .compiled import PATTERNS, Compiled
from .compiled import write as write_patterns
from .languages import Languages
from .loader import PACKS, Vocabulary, load_packs, pack_files, said_in, with_examples
from .schema import Rule, read_rule
from .spoken import Spoken, index_word

TABLES = PACKS / "tables.json"
_FORMAT = 4

Orders = list[int]
# A keyword that leads a line stands behind no more words and characters than this: a bullet,
# a "please", an opening quote.
HEAD_WORDS, HEAD_CHARS = 5, 24
SECOND_CHARS = 2
_NOTHING: Mapping[str, Orders] = MappingProxyType({})


@dataclass
class Tables:
    """Where a rule is found: by whole line, by keyword, by first word. Values are orders,
    places on the shelf."""

    exact: dict[str, Orders] = field(default_factory=dict)
    # by the longest word of a keyword, with the keyword
    words: dict[str, dict[str, Orders]] = field(default_factory=dict)
    # keywords that stand at the head of a line, by their first word and the start of their
    # second
    heads: dict[str, dict[str, dict[str, Orders]]] = field(default_factory=dict)
    # keywords without letters, by one of their characters
    signs: dict[str, dict[str, Orders]] = field(default_factory=dict)
    # keywords of scripts without spaces, by their first two characters; those of the second
    # table stand at the head of a line
    unspaced: dict[str, dict[str, Orders]] = field(default_factory=dict)
    unspaced_heads: dict[str, dict[str, Orders]] = field(default_factory=dict)
    starts: dict[str, Orders] = field(default_factory=dict)
    structural: Orders = field(default_factory=list)

    @classmethod
    def of(cls, shelf: Shelf) -> Tables:
        """The tables for all rules on `shelf`."""
        tables = cls()
        for order in range(len(shelf)):
            tables._add(order, shelf[order])
        return tables

    def _add(self, order: int, spoken: Spoken) -> None:
        rule = spoken.rule
        if rule.lines:
            for key in dict.fromkeys(spoken.line_keys()):
                self.exact.setdefault(key, []).append(order)
        elif rule.made_of:
            for word in dict.fromkeys(tokens(phrase)[0] for phrase in spoken.phrases):
                self.starts.setdefault(word, []).append(order)
        elif rule.keywords:
            for literal in dict.fromkeys(spoken.keyword_literals()):
                self._add_keyword(order, literal, rule.leads)
        else:
            self.structural.append(order)

    def _add_keyword(self, order: int, literal: str, leads: bool) -> None:
        word = index_word(literal)
        if leads and word is not None and not unspaced(literal):
            first, second = _head_words(literal)
            group = self.heads.setdefault(first, {}).setdefault(second, {})
            group.setdefault(literal, []).append(order)
        elif word is None:
            sign = "0" if "0" in literal else literal.strip()[:1]
            self.signs.setdefault(sign, {}).setdefault(literal, []).append(order)
        elif unspaced(literal):
            table = self.unspaced_heads if leads else self.unspaced
            table.setdefault(literal[:2], {}).setdefault(literal, []).append(order)
        else:
            self.words.setdefault(word, {}).setdefault(literal, []).append(order)

    def called(self, shape: Shape) -> Orders:
        """The orders of the rules that a line may match, some of them perhaps twice, in no
        certain order: the hits are put in theirs."""
        words, folded = shape.tokens, shape.folded
        found = [*self.exact.get(shape.key, ())] if shape.key else []
        if words:
            found += self.starts.get(words[0], ())
        if shape.unspaced:
            found += self._within_words(folded)
            words = [*words, *spaced_words(folded)]
        literals = [self.words[word] for word in self.words.keys() & words]
        # A line of nothing but letters is not asked for any sign.
        if not folded.replace(" ", "").isalpha():
            literals += [known for sign, known in self.signs.items() if sign in folded]
        for table in literals:
            for literal, orders in table.items():
                if literal in folded:
                    found += orders
        if not self.heads.keys().isdisjoint(words[:HEAD_WORDS]):
            found += self._leading(words, folded)
        return found

    def _within_words(self, folded: str) -> Orders:
        """The rules whose keyword, of a script without spaces, stands in the line."""
        found: Orders = []
        for pair in self.unspaced.keys() & _pairs(folded):
            for literal, orders in self.unspaced[pair].items():
                if literal in folded:
                    found += orders
        for pair in self.unspaced_heads.keys() & _pairs(folded[: HEAD_CHARS + 2]):
            for literal, orders in self.unspaced_heads[pair].items():
                if folded.find(literal, 0, len(literal) + HEAD_CHARS) >= 0:
                    found += orders
        return found

    def _leading(self, words: Sequence[str], folded: str) -> Orders:
        """The rules whose keyword stands at the head of a line of these words."""
        found: Orders = []
        for at, word in enumerate(words[:HEAD_WORDS], 1):
            if word not in self.heads:
                continue
            seconds = self.heads[word]
            tables = [seconds.get("", _NOTHING)]
            if at < len(words):
                tables.append(seconds.get(words[at][:SECOND_CHARS], _NOTHING))
            for table in tables:
                for literal, orders in table.items():
                    if folded.find(literal, 0, len(literal) + HEAD_CHARS) >= 0:
                        found += orders
        return found


def _pairs(folded: str) -> set[str]:
    """The characters of a text, one by one and two by two."""
    return {*folded, *map("".join, pairwise(folded))}


def _head_words(literal: str) -> tuple[str, str]:
    """The first word of a keyword and the start of its second; nothing where that is too short
    to know how the word begins in a line that holds the keyword."""
    first, *rest = tokens(literal)
    second = rest[0] if rest else ""
    ends = len(rest) > 1 or not literal[-1].isalnum()
    return first, second[:SECOND_CHARS] if ends or len(second) >= SECOND_CHARS else ""


class Shelf:
    """The rules by order, each in one language. Those that come from the copy are made when
    they are first taken down."""

    def __init__(
        self,
        made: list[Spoken | None],
        vocabulary: Vocabulary,
        sources: list[dict[str, Any]] | None = None,
        said: list[tuple[int, str | None]] | None = None,
        compiled: Compiled | None = None,
    ) -> None:
        self._made = made
        self._vocabulary = vocabulary
        self._sources = sources or []
        self._said = said or []
        self._compiled = compiled

    @classmethod
    def of(cls, rules: Iterable[Rule], vocabulary: Vocabulary) -> Shelf:
        """A shelf of rules that exist."""
        said = [(rule, code) for rule in rules for code in vocabulary.languages_for(rule)]
        made: list[Spoken | None] = [
            Spoken(rule, code, vocabulary, order) for order, (rule, code) in enumerate(said)
        ]
        return cls(made, vocabulary)

    @property
    def highest_level(self) -> int:
        """The highest level that any of the rules has."""
        levels = [source["level"] for source in self._sources]
        return max([*levels, *(spoken.level for spoken in self._made if spoken)], default=0)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, order: int) -> Spoken:
        return self._made[order] or self._make(order)

    def take(self, orders: Iterable[int]) -> list[Spoken]:
        """The rules of these orders, each once."""
        made = self._made
        return [made[order] or self._make(order) for order in dict.fromkeys(orders)]

    def _make(self, order: int) -> Spoken:
        number, code = self._said[order]
        source = self._sources[number]
        rule = read_rule(source["table"], source["origin"], source["level"], number)
        said = said_in(source["spoken"], rule)
        spoken = Spoken(said, code, self._vocabulary, order, self._compiled)
        # Two threads may both make it; they make the same.
        self._made[order] = spoken
        return spoken


def digest() -> str:
    """A checksum of the packs that ship, as they are on disk. It tells an edited pack from a
    kept one; it need not withstand an attacker, who could edit the rules themselves."""
    found = zlib.crc32(str(_FORMAT).encode())
    size = 0
    for path in pack_files():
        data = path.read_bytes()
        found = zlib.crc32(data, zlib.crc32(path.name.encode(), found))
        size += len(data)
    return f"{found:08x}-{size}"


def cached(path: Path = TABLES) -> tuple[Shelf, Tables, Languages] | None:
    """The copy, if there is one and it is a copy of the packs as they are."""
    try:
        found = json.loads(path.read_bytes())
        if found["digest"] != digest():
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    terms: Mapping[str, Mapping[str, tuple[str, ...]]] = found["terms"]
    vocabulary = Vocabulary(terms)
    said = [(number, code) for number, code in found["said"]]
    compiled = Compiled(found["digest"], path.with_name(PATTERNS.name))
    shelf = Shelf([None] * len(said), vocabulary, found["rules"], said, compiled)
    return shelf, Tables(**found["tables"]), Languages(**found["languages"])


def write(path: Path = TABLES) -> None:
    """Writes the copy, and the compiled patterns beside it; a build calls this."""
    packs = load_packs()
    rules = with_examples(packs)
    vocabulary = Vocabulary.of(packs)
    said = [(n, code) for n, rule in enumerate(rules) for code in vocabulary.languages_for(rule)]
    shelf, stamp = Shelf.of(rules, vocabulary), digest()
    record = {
        "digest": stamp,
        "rules": [
            {
                "table": {k: v for k, v in rule.table.items() if k not in ("fires", "silent")},
                "origin": rule.origin,
                "level": rule.level,
                "spoken": rule.spoken,
            }
            for rule in rules
        ],
        "said": said,
        "terms": vocabulary.terms,
        "languages": vars(Languages.of_packs(packs)),
        "tables": vars(Tables.of(shelf)),
    }
    path.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    patterns = (
        (order, piece, pattern)
        for order in range(len(shelf))
        for piece, pattern in enumerate(shelf[order].patterns)
    )
    write_patterns(patterns, stamp, path.with_name(PATTERNS.name))
