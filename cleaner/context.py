"""Where a block stands among the blocks that are still in the clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from .clip import Clip, Kind
from .shape import Shape, body_range

# A line of no more words than this that ends no sentence is short: a heading, a label, a name.
SHORT_WORDS = 20
LEAD_LINES = 12
_TOP, _LEAD = frozenset({"head", "top"}), frozenset({"head", "lead"})
_BODY, _TAIL = frozenset({"body"}), frozenset({"tail"})
_KIND_FORMS = {Kind.HEADING: "heading", Kind.LIST_ITEM: "list_item", Kind.IMAGE: "image"}


class Context:
    """A clip, the shapes of its blocks, and which of them are alive: not yet taken out."""

    def __init__(self, clip: Clip, shapes: Mapping[int, Shape], alive: Sequence[int]) -> None:
        self.clip = clip
        self.shapes = shapes
        self.alive = alive
        self.place = {index: place for place, index in enumerate(alive)}
        self.first, self.last = body_range(shapes, alive)

    def zones(self, index: int) -> frozenset[str]:
        """`head`, `body` or `tail`; a clip without prose is all body. The last lines of the
        head are the `lead` as well, where byline, date and first picture stand; what is above
        them is the `top`."""
        if self.first < 0 or self.first <= index <= self.last:
            return _BODY
        if index > self.last:
            return _TAIL
        return _LEAD if self.place[self.first] - self.place[index] <= LEAD_LINES else _TOP

    def within(self, zones: frozenset[str] | None) -> Sequence[int]:
        """The alive blocks in any of these zones, in order; None means everywhere."""
        if zones is None:
            return self.alive
        if self.first < 0:
            return self.alive if "body" in zones else ()
        first, last = self.place[self.first], self.place[self.last]
        lead = max(0, first - LEAD_LINES)
        stretches = (("top", 0, lead), ("lead", lead, first), ("body", first, last + 1))
        found: list[int] = []
        for name, start, end in (*stretches, ("tail", last + 1, len(self.alive))):
            if name in zones or ("head" in zones and end <= first):
                found += self.alive[start:end]
        return found

    def neighbour(self, index: int, step: int) -> int | None:
        """The next (step 1) or previous (step -1) block that is alive."""
        place = self.place[index] + step
        return self.alive[place] if 0 <= place < len(self.alive) else None

    def beside(self, index: int) -> list[int]:
        """The alive blocks right before and after `index`."""
        near = (self.neighbour(index, -1), self.neighbour(index, 1))
        return [other for other in near if other is not None]

    def forms(self, index: int | None) -> set[str]:
        """What a neighbour looks like, in the words of a rule's `before` and `after`."""
        if index is None:
            return {"edge"}
        shape = self.shapes[index]
        found = set()
        if shape.prose:
            found.add("prose")
        if shape.sentence:
            found.add("sentence")
        elif shape.words <= SHORT_WORDS:
            found.add("short")
        form = _KIND_FORMS.get(self.clip.blocks[index].kind)
        if form:
            found.add(form)
        return found

    @cached_property
    def key_counts(self) -> Counter[str]:
        """How often each line stands among the blocks that are alive."""
        return Counter(self.shapes[index].key for index in self.alive if self.shapes[index].key)

    def group(self, index: int) -> int:
        """How many lines stand together with this one, without a blank line between them."""
        return self._groups[index]

    @cached_property
    def _groups(self) -> list[int]:
        sizes: list[int] = []
        run = 0
        for block in self.clip.blocks:
            if run and block.joint == "\n\n":
                sizes += [run] * run
                run = 0
            run += 1
        return sizes + [run] * run
