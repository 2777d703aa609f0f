"""Which matches hold in context: the context-sensitive half of rule matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from types import MappingProxyType

from ..clip import Block
from ..context import Context
from ..decision import Evidence
from ..shape import Shape
from .schema import NEIGHBOURS, Rule, Run
from .spoken import TIMEOUT_SECONDS, Hit, Spoken

# For each block its evidence by rule id: a rule speaks once for a block.
Found = dict[int, dict[str, Evidence]]
_NONE: Mapping[str, Evidence] = MappingProxyType({})


def settle(
    hits: Mapping[int, Sequence[Hit]], context: Context, placed: Sequence[Spoken] = ()
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
        elif not rule.contextual or _holds(rule, index, context, found):
            _take(hit, index, context, found)
    for spoken in placed:
        if not spoken.rule.asks_labels:
            _place(spoken, context, context.within(spoken.rule.zone), found)
    _take_if_holds(waiting, context, found)
    labels = {e.label.value for by_rule in found.values() for e in by_rule.values()}
    beside = sorted({other for i in found for other in context.beside(i)})
    for spoken in placed:
        if spoken.rule.asks_labels and _are_there(spoken.rule, labels):
            _place(spoken, context, beside, found)
            labels.add(spoken.rule.label.value)
    # Runs come last, so that they stop at a block which a rule of another label knows.
    _take_if_holds(running, context, found)
    return {index: list(by_rule.values()) for index, by_rule in found.items()}


def _counted(hits: Mapping[int, Sequence[Hit]], context: Context) -> list[tuple[int, Hit]]:
    """The hits on alive blocks, but for those of rules that match too many or too few."""
    alive = [(index, hit) for index in context.alive for hit in hits[index]]
    # A rule that several languages say alike counts once a block.
    once = {(index, hit.spoken.rule.id) for index, hit in alive if hit.spoken.rule.counted}
    if not once:
        return alive
    counts = Counter(rule_id for _, rule_id in once)
    return [(index, hit) for index, hit in alive if _count_fits(hit.spoken.rule, counts)]


def _count_fits(rule: Rule, counts: Mapping[str, int]) -> bool:
    """Whether the clip has neither too many nor too few lines that the rule matches."""
    if not rule.counted:
        return True
    count = counts[rule.id]
    return (rule.common or 0) <= count <= (rule.rare or count)


def _take_if_holds(hits: Iterable[tuple[int, Hit]], context: Context, found: Found) -> None:
    for index, hit in hits:
        if _holds(hit.spoken.rule, index, context, found):
            _take(hit, index, context, found)


def _are_there(rule: Rule, labels: Set[str]) -> bool:
    """Whether a rule may find the neighbours that it asks for where these labels are known."""
    return not any(
        asked is not None and asked.isdisjoint(labels) and asked.isdisjoint(NEIGHBOURS)
        for asked in (rule.before, rule.after)
    )


def _place(spoken: Spoken, context: Context, indices: Sequence[int], found: Found) -> None:
    """Seeks the blocks that a rule of form and place holds for."""
    rule, shapes, blocks = spoken.rule, context.shapes, context.clip.blocks
    least, most, sentence = spoken.least, spoken.most, rule.sentence
    passed: set[int] = set()
    for index in indices:
        # A run that came by went as far as the one from here would.
        if index in passed:
            continue
        shape = shapes[index]
        if not least <= shape.words <= most or sentence is (not shape.sentence):
            continue
        block = blocks[index]
        if own_conditions(rule, block, shape, block.inside) and _holds(rule, index, context, found):
            reached = _take(spoken.whole(len(block.text)), index, context, found)
            if rule.run is not None and len(reached) < rule.run.most:
                passed.update(reached)


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


def _holds(rule: Rule, index: int, context: Context, found: Found) -> bool:
    """Whether the conditions hold that look beyond the block."""
    if not rule.contextual:
        return True
    if rule.zone is not None and rule.zone.isdisjoint(context.zones(index)):
        return False
    if rule.group is not None and not rule.group[0] <= context.group(index) <= rule.group[1]:
        return False
    if rule.repeats is not None:
        key = context.shapes[index].key
        if not key or context.key_counts[key] < rule.repeats:
            return False
    return (rule.before is None or _stands(rule.before, index, 1, context, found)) and (
        rule.after is None or _stands(rule.after, index, -1, context, found)
    )


def _stands(wanted: frozenset[str], index: int, step: int, context: Context, found: Found) -> bool:
    """Whether the next (step 1) or previous (step -1) block has one of these forms or labels."""
    other = context.neighbour(index, step)
    if not wanted.isdisjoint(context.forms(other)):
        return True
    known = () if other is None else found.get(other, _NONE).values()
    return any(evidence.label.value in wanted for evidence in known)


def _take(hit: Hit, index: int, context: Context, found: Found) -> list[int]:
    """Records the evidence of a hit that holds, and gives the blocks that it reaches on to."""
    rule, evidence = hit.spoken.rule, hit.evidence
    reached: list[int] = []
    if rule.sequence:
        rest = _follow(hit.spoken, index, context)
        if rest is None:
            return []
        reached = rest
    elif rule.run is not None:
        reached = _reach(rule, rule.run, index, context, found)
        if len(reached) < rule.run.least:
            return []
    found.setdefault(index, {}).setdefault(rule.id, evidence)
    for other in reached:
        length = len(context.clip.blocks[other].text)
        if rule.id in found.get(other, _NONE):
            continue
        found.setdefault(other, {})[rule.id] = hit.spoken.whole(length).evidence
    return reached


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
        if not fits(other) or (other in found and _is_another(rule, found[other])):
            break
        reached.append(other)
    if run.together and not _ends_group(index, len(reached), context):
        return []
    return reached


def _is_another(rule: Rule, by_rule: Mapping[str, Evidence]) -> bool:
    """Whether a block is surely something else than the rule says."""
    return any(e.label is not rule.label and e.strength == "sure" for e in by_rule.values())


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
