"""The look-up tables of a rule set, and their copy made at installation.

Reading 650 KB of TOML and folding 30,000 phrases takes a fifth of a second, more than all the
rest of a one-shot command. So a build writes the tables to `packs/tables.json`; they are used
only while they carry the digest of the packs as they are, and are nothing but a copy.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..shape import Shape, tokens, unspaced
from .languages import Languages
from .loader import PACKS, Vocabulary, load_packs, pack_files, said_in, with_examples
from .schema import Rule, read_rule
from .spoken import Spoken, index_word

TABLES = PACKS / "tables.json"
_FORMAT = 1

Orders = list[int]
# A keyword that leads a line stands behind no more words and characters than this: a bullet,
# a "please", an opening quote.
HEAD_WORDS, HEAD_CHARS = 5, 24


@dataclass
class Tables:
    """Where a rule is found: by whole line, by keyword, by first word. Values are orders,
    places on the shelf."""

    exact: dict[str, Orders] = field(default_factory=dict)
    # by the longest word of a keyword, with the keyword
    words: dict[str, dict[str, Orders]] = field(default_factory=dict)
    # the same for keywords that stand at the head of a line, by their first word
    heads: dict[str, dict[str, Orders]] = field(default_factory=dict)
    symbols: dict[str, Orders] = field(default_factory=dict)
    unspaced: dict[str, Orders] = field(default_factory=dict)
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
            first = tokens(literal)[0]
            self.heads.setdefault(first, {}).setdefault(literal, []).append(order)
            return
        if word is None:
            self.symbols.setdefault(literal, []).append(order)
        elif unspaced(literal):
            self.unspaced.setdefault(literal, []).append(order)
        else:
            self.words.setdefault(word, {}).setdefault(literal, []).append(order)

    def called(self, shape: Shape) -> Orders:
        """The orders of the rules that a line may match, some of them perhaps twice."""
        found = list(self.exact.get(shape.key, ())) if shape.key else []
        words, folded = shape.tokens, shape.folded
        # In no certain order: the hits are put in theirs.
        for word in self.words.keys() & words:
            for literal, orders in self.words[word].items():
                if literal in folded:
                    found += orders
        for word in words[:HEAD_WORDS]:
            if word in self.heads:
                for literal, orders in self.heads[word].items():
                    if folded.find(literal, 0, len(literal) + HEAD_CHARS) >= 0:
                        found += orders
        if words:
            found += self.starts.get(words[0], ())
        return found + _standing_in(folded, self.symbols) + self._unspaced_in(folded)

    def _unspaced_in(self, folded: str) -> Orders:
        if not self.unspaced or not unspaced(folded):
            return []
        return _standing_in(folded, self.unspaced)


def _standing_in(folded: str, table: Mapping[str, Orders]) -> Orders:
    return [order for literal, orders in table.items() if literal in folded for order in orders]


class Shelf:
    """The rules by order, each in one language. Those that come from the copy are made when
    they are first taken down."""

    def __init__(
        self,
        made: list[Spoken | None],
        vocabulary: Vocabulary,
        sources: list[dict[str, Any]] | None = None,
        said: list[tuple[int, str | None]] | None = None,
    ) -> None:
        self._made = made
        self._vocabulary = vocabulary
        self._sources = sources or []
        self._said = said or []

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

    def _make(self, order: int) -> Spoken:
        number, code = self._said[order]
        source = self._sources[number]
        rule = read_rule(source["table"], source["origin"], source["level"], number)
        spoken = Spoken(said_in(source["spoken"], rule), code, self._vocabulary, order)
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
    shelf = Shelf([None] * len(said), vocabulary, found["rules"], said)
    return shelf, Tables(**found["tables"]), Languages(**found["languages"])


def write(path: Path = TABLES) -> None:
    """Writes the copy; a build calls this."""
    packs = load_packs()
    rules = with_examples(packs)
    vocabulary = Vocabulary.of(packs)
    said = [(n, code) for n, rule in enumerate(rules) for code in vocabulary.languages_for(rule)]
    record = {
        "digest": digest(),
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
        "tables": vars(Tables.of(Shelf.of(rules, vocabulary))),
    }
    path.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
