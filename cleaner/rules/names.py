"""What an HTML block's ancestors say of it: the elements around it and their class names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from string import ascii_lowercase

from ..clip import Clip, Inside, Node
from ..shape import elements_holding
from .spoken import Spoken

_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LETTERS = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
_NOTHING_AROUND: tuple[int, list[Spoken]] = (Inside.NONE, [])
# A node that holds more of the page than this is the page, not a part of it: `<form>` around
# an ASP.NET page, `has-newsletter` on a wrapper.
_MOST_OF_PAGE = 0.4
# Elements that sites wrap around whole pages; the others mean what they say at any size.
_WRAPPERS = Inside.FORM | Inside.HEADER | Inside.ASIDE | Inside.HIDDEN | Inside.LIST


class ClassIndex:
    """Finds the rules that name a class. A rule's `newsletter-box` matches any class or id
    token whose pieces hold `newsletter box` in a row: `c-newsletter-box`, `newsletterBox`."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Spoken]]] = defaultdict(list)
        # Whether each class name begins with letters.
        self._lettered = True

    def add(self, spoken: Spoken) -> None:
        """Makes `spoken` found by each of its rule's class names."""
        for name in spoken.rule.classes:
            pieces = tuple(name.lower().split("-"))
            self._by_first[pieces[0]].append((pieces, spoken))
            self._lettered &= pieces[0].isalpha()

    @property
    def spoken(self) -> list[Spoken]:
        """Every rule in the index."""
        return [spoken for group in self._by_first.values() for _, spoken in group]

    def find(self, names: str) -> list[Spoken]:
        """The rules that one of the space-separated tokens in `names` calls for."""
        found: list[Spoken] = []
        if not self._may_have(names):
            return found
        for token in names.split():
            pieces = _pieces(token)
            for at, piece in enumerate(pieces):
                for wanted, spoken in self._by_first.get(piece, ()):
                    if tuple(pieces[at : at + len(wanted)]) == wanted:
                        found.append(spoken)
        return found

    def _may_have(self, names: str) -> bool:
        """Whether some piece of these tokens begins a class name; of most pages' names none
        does, and a look at the letters tells. Capitals part pieces: only the pattern can."""
        plain = self._lettered and names.isascii() and names == names.lower()
        pieces = names.encode().translate(_LETTERS).decode().split() if plain else _pieces(names)
        return not self._by_first.keys().isdisjoint(pieces)


def _pieces(names: str) -> list[str]:
    return [piece.lower() for piece in _PIECES.findall(names)]


class Surroundings:
    """For the nodes of one clip: the flags and class rules that hold inside of them."""

    def __init__(self, clip: Clip, index: ClassIndex, by_element: Sequence[Spoken]) -> None:
        self._index = index
        self._by_element = by_element
        self._memo: dict[int, tuple[int, list[Spoken]]] = {}
        self._by_names: dict[str, list[Spoken]] = {}
        self._large = elements_holding(clip.elements, clip.blocks, _MOST_OF_PAGE)

    def of(self, node: Node) -> tuple[int, list[Spoken]]:
        """The elements around `node` and the class rules of its ancestors, those left out
        that hold most of the page."""
        memo = self._memo
        for below in node.unknown(memo):
            above = below.parent
            around = _NOTHING_AROUND if above is None else memo[id(above)]
            memo[id(below)] = self._within(below, around)
        return memo[id(node)]

    def _within(self, node: Node, around: tuple[int, list[Spoken]]) -> tuple[int, list[Spoken]]:
        """What holds inside of `node`, given what holds around it."""
        own = node.inside & ~node.parent.inside if node.parent is not None else node.inside
        if not (own or node.names):
            return around
        inside, named = around
        large = id(node) in self._large
        if large:
            own &= ~_WRAPPERS
        fresh: list[Spoken] = []
        if own:
            fresh += [s for s in self._by_element if s.rule.inside and s.rule.inside & own]
        if node.names and not large:
            if node.names not in self._by_names:
                self._by_names[node.names] = self._index.find(node.names)
            fresh += self._by_names[node.names]
        known = [spoken for spoken in dict.fromkeys(fresh) if spoken not in named] if fresh else ()
        return inside | own, [*named, *known] if known else named
