"""Which rules match which blocks: the context-free half of rule matching.

A line pays for the rules that can match it: whole lines are one dictionary look-up, patterns
are tried only where one of their keywords stands, class-name rules only where an ancestor
bears the name. The literal prefilter follows gitleaks' use of keywords before regexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import regex

from ..clip import Block, Clip, Inside, Kind
from ..context import Context
from ..decision import Evidence, Part
from ..shape import Shape, visible_offsets
from .languages import Languages
from .loader import LANGUAGE, Pack, Vocabulary, load_packs, with_examples
from .names import ClassIndex, Surroundings
from .schema import Rule
from .settle import own_conditions, settle
from .spoken import TIMEOUT_SECONDS, Hit, Spoken
from .tables import TABLES, Shelf, Tables, cached


class _Asked(NamedTuple):
    """What of a clip its blocks are matched by, and what was found for the lines so far."""

    languages: frozenset[str]
    host: str
    declared: str
    surroundings: Surroundings
    said: dict[tuple[str, Kind, int, bool, int], list[Hit]]
    # Rules whose pattern ran out of time once: not every line is to wait for it again.
    runaway: set[int]


class RuleSet:
    """Compiled packs. Immutable after construction, picklable, shared by threads.

    What is looked up for every line is plain tables of numbers; a rule is made, and its
    pattern compiled, when a line first calls for it.
    """

    def __init__(self, packs: Iterable[Pack], rules: Iterable[Rule] | None = None) -> None:
        """`rules` replaces the packs' own rules (a variant to be proved); the packs' terms
        stay. Raises `PackError` for a term that no pack has."""
        packs = list(packs)
        shelf = Shelf.of(with_examples(packs) if rules is None else rules, Vocabulary.of(packs))
        self._build(shelf, Tables.of(shelf), Languages.of_packs(packs))

    @classmethod
    def shipped(cls, path: Path = TABLES) -> RuleSet:
        """The rules that ship, from the tables made at installation where these fit the
        packs, else from the packs."""
        found = cached(path)
        if found is None:
            return cls(load_packs())
        rules = cls.__new__(cls)
        rules._build(*found)
        return rules

    def _build(self, shelf: Shelf, tables: Tables, languages: Languages) -> None:
        self._shelf = shelf
        self._tables = tables
        self._languages = languages
        # rules of the block's own form: those of blocks with links, those of all
        self._by_links: list[Spoken] = []
        self._by_form: list[Spoken] = []
        # rules that ask for an element around the block
        self._by_element: list[Spoken] = []
        self._by_class = ClassIndex()
        self._placed: list[Spoken] = []
        # A site's or a user's rule may keep what a shared rule takes out.
        self.overridable = shelf.highest_level > LANGUAGE
        for order in tables.structural:
            self._add_structural(shelf[order])

    def _add_structural(self, spoken: Spoken) -> None:
        rule = spoken.rule
        if rule.classes:
            self._by_class.add(spoken)
        elif rule.inside is not None:
            self._by_element.append(spoken)
        elif rule.contextual and rule.outside is None:
            # Nothing but form and place: cheaper to seek by place than to try on each block.
            self._placed.append(spoken)
        else:
            linked = rule.links is not None and rule.links[0] > 0
            (self._by_links if linked else self._by_form).append(spoken)

    @property
    def spoken(self) -> list[Spoken]:
        """Every rule in every language that it is said in."""
        return [self._shelf[order] for order in range(len(self._shelf))]

    def voices(self, shapes: Mapping[int, Shape]) -> dict[int, Sequence[str]]:
        """What each block says of the languages that the clip is in, by block index."""
        return {index: self._languages.voices(shape) for index, shape in shapes.items()}

    def languages(
        self, clip: Clip, voices: Mapping[int, Sequence[str]], alive: Iterable[int]
    ) -> frozenset[str]:
        """The languages whose patterns the alive blocks call for, by the blocks' `voices`."""
        return self._languages.of([voices[index] for index in alive], _declared(clip))

    def main_language(
        self, voices: Mapping[int, Sequence[str]], alive: Iterable[int]
    ) -> str | None:
        """The language that the alive blocks speak most, by their `voices`."""
        return self._languages.main([voices[index] for index in alive if index in voices])

    def match(
        self, clip: Clip, shapes: Mapping[int, Shape], languages: frozenset[str]
    ) -> dict[int, list[Hit]]:
        """For each block that has a shape the rules that match it, whatever stands around it,
        by its index; patterns only in these languages."""
        asked = _Asked(
            languages,
            _host(clip.url),
            _declared(clip),
            Surroundings(clip, self._by_class, self._by_element),
            {},
            set(),
        )
        return {
            index: self._match_block(clip.blocks[index], shape, asked)
            for index, shape in shapes.items()
        }

    @staticmethod
    def outright(hits: Mapping[int, Sequence[Hit]]) -> dict[int, Evidence]:
        """The blocks whose element or class name settles them, before any context is looked
        at: on most pages more than half of the blocks."""
        return {
            index: here[0].evidence
            for index, here in hits.items()
            if here and here[0].spoken.decisive and here[0].spoken.by_element
        }

    def settle(
        self, hits: Mapping[int, Sequence[Hit]], context: Context
    ) -> dict[int, list[Evidence]]:
        """The evidence of those hits whose context holds, by block index."""
        return settle(hits, context, self._placed)

    def _match_block(self, block: Block, shape: Shape, asked: _Asked) -> list[Hit]:
        inside: int = Inside.NONE
        hits: list[Hit] = []
        if block.node is not None:
            inside, named = asked.surroundings.of(block.node)
            for hit in _tried(named, block, shape, inside, asked):
                if hit.spoken.decisive and not self.overridable:
                    # A menu's element says all: what its words say could only agree.
                    return [hit]
                hits.append(hit)
        # A menu stands on a page twice and more.
        same = (block.text, block.kind, block.link_chars, bool(block.links), inside)
        if same not in asked.said:
            asked.said[same] = self._said(block, shape, inside, asked)
        hits += asked.said[same]
        if len(hits) > 1:
            hits.sort(key=_order)
        return hits

    def _said(self, block: Block, shape: Shape, inside: int, asked: _Asked) -> list[Hit]:
        """The rules that match what a block says and its form."""
        candidates = self._shelf.take(self._tables.called(shape)) + self._by_form
        if block.links:
            candidates += self._by_links
        return list(_tried(candidates, block, shape, inside, asked))


def _tried(
    candidates: Iterable[Spoken], block: Block, shape: Shape, inside: int, asked: _Asked
) -> Iterator[Hit]:
    """The hits among candidates: each is tried on what costs least first."""
    count, length = shape.words, len(shape.folded)
    for spoken in candidates:
        if not spoken.least <= count <= spoken.most or length > spoken.longest:
            continue
        if spoken.gated and spoken.language not in asked.languages:
            continue
        rule = spoken.rule
        if spoken.particular and not own_conditions(rule, block, shape, inside):
            continue
        if (rule.host or rule.language) and not _site_conditions(rule, asked):
            continue
        if spoken.wordless:
            yield spoken.whole(len(block.text))
            continue
        hit = _search(spoken, block, shape, asked.runaway)
        if hit is not None:
            yield hit


def _order(hit: Hit) -> int:
    return hit.spoken.order


def _host(url: str | None) -> str:
    """The host of a clip's address; an address that is none has no host."""
    if not url:
        return ""
    from urllib.parse import urlsplit  # most text clips have no address

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _declared(clip: Clip) -> str:
    """The code of the language that the clip declares, or nothing."""
    return clip.facts.get("language", "")[:2].lower()


def _site_conditions(rule: Rule, asked: _Asked) -> bool:
    if rule.language and asked.declared and asked.declared not in rule.language:
        return False
    host = asked.host
    return not rule.host or any(host == h or host.endswith("." + h) for h in rule.host)


def _search(spoken: Spoken, block: Block, shape: Shape, runaway: set[int]) -> Hit | None:
    rule = spoken.rule
    if rule.made_of:
        return spoken.whole(len(block.text)) if spoken.is_made(shape.tokens) else None
    if spoken.order in runaway:
        return None
    pattern = spoken.sequence[0] if rule.sequence else spoken.pattern
    text = block.text if rule.case else shape.folded
    start = max(0, len(text) - rule.tail) if rule.tail else 0
    try:
        found = pattern.search(text, start, timeout=TIMEOUT_SECONDS)
    except TimeoutError:
        # A pattern that backtracks for a second says nothing about this block or any other of
        # the clip; the rest of the rules still do. `cleaner rules check` names such patterns.
        runaway.add(spoken.order)
        return None
    if found is None:
        return None
    if not (rule.case or shape.aligned):
        return spoken.hit((0, len(block.text)), _moved_parts(found, block, shape))
    parts = tuple(
        Part(name, *found.span(name))
        for name, value in found.groupdict().items()
        if value is not None
    )
    if rule.part:
        parts += (Part(rule.part, 0, len(block.text)),)
    return spoken.hit(found.span(), parts)


def _moved_parts(found: regex.Match[str], block: Block, shape: Shape) -> tuple[Part, ...]:
    """The parts of a match on a folded text that lost characters. Where only invisible ones
    went, each offset is known; else a part is sought by its folded text, and one that is not
    found so is left out rather than cut at a wrong place."""
    text, groups = block.text, found.groupdict()
    offsets = visible_offsets(text)
    if len(offsets) == len(shape.folded):
        return tuple(
            Part(name, offsets[found.start(name)], offsets[found.end(name) - 1] + 1)
            for name, value in groups.items()
            if value
        )
    low = text.lower()
    places = [(name, low.rfind(value), len(value)) for name, value in groups.items() if value]
    return tuple(Part(name, at, at + length) for name, at, length in places if at >= 0)
