"""Which matches hold in context: the context-sensitive half of rule matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from ..clip import Block
from ..context import Context
from ..decision import Evidence, Part
from ..shape import Shape
from .schema import Rule, Run
from .spoken import TIMEOUT_SECONDS, Hit, Spoken

# For each block its evidence by rule id: a rule speaks once for a block.
Found = dict[int, dict[str, Evidence]]
_NONE: Mapping[str, Evidence] = MappingProxyType({})


def settle(
    hits: Sequence[Sequence[Hit]], context: Context, placed: Sequence[Spoken] = ()
) -> dict[int, list[Evidence]]:
    """The evidence of the hits whose context holds, by block index; `placed` are rules of
    form and place alone, which no hit was sought for.

    Rules that ask for a neighbour's label are judged after those that do not, once: what a
    later pass over the remaining blocks would add, the engine's next pass finds.
    """
    found: Found = {}
    waiting: list[tuple[int, Hit]] = []
    running: list[tuple[int, Hit]] = []
    for index, hit in _counted(hits, context):
        rule = hit.spoken.rule
        if rule.run is not None:
            running.append((index, hit))
        elif rule.asks_labels:
            waiting.append((index, hit))
        else:
            _take_if_holds(index, hit, context, found)
    for spoken in placed:
        if not spoken.rule.asks_labels:
            _place(spoken, context, context.within(spoken.rule.zone), found)
    for index, hit in waiting:
        _take_if_holds(index, hit, context, found)
    beside = sorted({other for i in found for other in context.beside(i)})
    for spoken in placed:
        if spoken.rule.asks_labels:
            _place(spoken, context, beside, found)
    # Runs come last, so that they stop at a block which a rule of another label knows.
    for index, hit in running:
        _take_if_holds(index, hit, context, found)
    return {index: list(by_rule.values()) for index, by_rule in found.items()}


def _counted(hits: Sequence[Sequence[Hit]], context: Context) -> Iterator[tuple[int, Hit]]:
    """The hits on alive blocks, but for those of rules that match too many or too few."""
    # A rule that several languages say alike counts once a block.
    counts = Counter(
        rule_id
        for index in context.alive
        if hits[index]
        for rule_id in {h.spoken.rule.id for h in hits[index] if h.spoken.rule.counted}
    )
    for index in context.alive:
        for hit in hits[index]:
            rule = hit.spoken.rule
            if not rule.counted or _count_fits(rule, counts[rule.id]):
                yield index, hit


def _take_if_holds(index: int, hit: Hit, context: Context, found: Found) -> None:
    if _holds(hit.spoken.rule, index, context, found):
        _take(hit, index, context, found)


def _place(spoken: Spoken, context: Context, indices: Sequence[int], found: Found) -> None:
    """Seeks the blocks that a rule of form and place holds for."""
    rule = spoken.rule
    for index in indices:
        shape = context.shapes[index]
        if not spoken.least <= shape.words <= spoken.most:
            continue
        if rule.sentence is not None and shape.sentence is not rule.sentence:
            continue
        if rule.zone is not None and not rule.zone & context.zones(index):
            continue
        block = context.clip.blocks[index]
        if own_conditions(rule, block, shape, block.inside) and _holds(rule, index, context, found):
            span = (0, len(block.text))
            _take(Hit(spoken, span, _whole(rule, span[1])), index, context, found)


def own_conditions(rule: Rule, block: Block, shape: Shape, inside: int) -> bool:
    """Whether the conditions hold that look at the block alone, its word count aside."""
    if rule.kinds is not None and block.kind not in rule.kinds:
        return False
    if rule.sentence is not None and shape.sentence is not rule.sentence:
        return False
    if rule.links is not None and not rule.links[0] <= shape.link_density <= rule.links[1]:
        return False
    if rule.inside is not None and not inside & rule.inside:
        return False
    return rule.outside is None or not inside & rule.outside


def _count_fits(rule: Rule, count: int) -> bool:
    """Whether the clip has neither too many nor too few lines that the rule matches."""
    return (rule.common or 0) <= count <= (rule.rare or count)


def _holds(rule: Rule, index: int, context: Context, found: Found) -> bool:
    """Whether the conditions hold that look beyond the block."""
    if not rule.contextual:
        return True
    if rule.zone is not None and not rule.zone & context.zones(index):
        return False
    if rule.group is not None and not rule.group[0] <= context.group(index) <= rule.group[1]:
        return False
    if rule.repeats is not None:
        key = context.shapes[index].key
        if not key or context.key_counts[key] < rule.repeats:
            return False
    for wanted, step in ((rule.before, 1), (rule.after, -1)):
        if wanted is None:
            continue
        other = context.neighbour(index, step)
        forms = context.forms(other)
        if other is not None:
            forms |= {evidence.label.value for evidence in found.get(other, _NONE).values()}
        if not wanted & forms:
            return False
    return True


def _take(hit: Hit, index: int, context: Context, found: Found) -> None:
    """Records the evidence of a hit that holds, with the blocks it reaches on to."""
    rule, evidence = hit.spoken.rule, hit.evidence()
    reached: list[int] = []
    if rule.sequence:
        rest = _follow(hit.spoken, index, context)
        if rest is None:
            return
        reached = rest
    elif rule.run is not None:
        reached = _reach(rule, rule.run, index, context, found)
        if len(reached) < rule.run.least:
            return
    found.setdefault(index, {}).setdefault(rule.id, evidence)
    for other in reached:
        length = len(context.clip.blocks[other].text)
        if rule.id in found.get(other, _NONE):
            continue
        follower = evidence._replace(span=(0, length), parts=_whole(rule, length))
        found.setdefault(other, {})[rule.id] = follower


def _whole(rule: Rule, length: int) -> tuple[Part, ...]:
    return (Part(rule.part, 0, length),) if rule.part else ()


def _follow(spoken: Spoken, index: int, context: Context) -> list[int] | None:
    """The blocks after `index` that the rest of a sequence matches, None where it breaks off."""
    place = context.place[index]
    following = list(context.alive[place + 1 : place + len(spoken.sequence)])
    if len(following) < len(spoken.sequence) - 1:
        return None
    for other, pattern in zip(following, spoken.sequence[1:], strict=True):
        text = context.clip.blocks[other].text if spoken.rule.case else context.shapes[other].folded
        try:
            if pattern.search(text, timeout=TIMEOUT_SECONDS) is None:
                return None
        except TimeoutError:
            return None
    return following


def _reach(rule: Rule, run: Run, index: int, context: Context, found: Found) -> list[int]:
    place = context.place[index]
    reached = []
    fits = _fitting(run, context)
    for other in context.alive[place + 1 : place + 1 + run.most]:
        known = any(
            e.label is not rule.label and e.strength == "sure"
            for e in found.get(other, _NONE).values()
        )
        if known or not fits(other):
            break
        reached.append(other)
    if run.together and not _ends_group(index, len(reached), context):
        return []
    return reached


def _ends_group(index: int, reached: int, context: Context) -> bool:
    """Whether a run, its label included, is the whole of a group of lines: blank lines stand
    before and behind it."""
    blocks, place = context.clip.blocks, context.place[index]
    behind = context.alive[place + 1 + reached : place + 2 + reached]
    return all(blocks[other].joint == "\n\n" for other in (index, *behind))


def _fitting(run: Run, context: Context) -> Callable[[int], bool]:
    def fits(index: int) -> bool:
        shape = context.shapes[index]
        if not run.prose and shape.prose:
            return False
        if run.together and context.clip.blocks[index].joint == "\n\n":
            return False
        if run.words is not None and not run.words[0] <= shape.words <= run.words[1]:
            return False
        return run.links is None or shape.link_density >= run.links

    return fits
