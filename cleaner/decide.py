"""From evidence to one decision for each block.

Context-free first: a block with sure evidence has its decision. Then in context, as jusText
does: two hints from different rules agree, or one hint stands beside a block that goes.
Blocks that nothing speaks against stay, under the label of their form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .clip import Block, Kind
from .context import Context
from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import line_key, fold

_FORMS = {
    Kind.PARAGRAPH: Label.PARAGRAPH,
    Kind.HEADING: Label.HEADING,
    Kind.LIST_ITEM: Label.LIST_ITEM,
    Kind.QUOTE: Label.QUOTE,
    Kind.TABLE: Label.TABLE,
    Kind.CODE: Label.CODE,
}
_READER = {
    Kind.IMAGE: Evidence(Label.IMAGE, "reader", "reader.image"),
    Kind.FRONT_MATTER: Evidence(Label.FRONT_MATTER, "reader", "reader.front-matter"),
}
BESIDE = "context.beside-chrome"
TITLE = "context.title"
# A headline has so many words, and stands within so many lines of the story.
_TITLE_WORDS = (2, 32)
_TITLE_LINES = 15


def leaving(context: Context, evidence: Mapping[int, Sequence[Evidence]]) -> dict[int, Decision]:
    """The decisions about those alive blocks that leave the text in this pass."""
    decided: dict[int, Decision] = {}
    hinted: list[tuple[int, Sequence[Evidence]]] = []
    for index in context.alive:
        block = context.clip.blocks[index]
        speaks = evidence.get(index, ())
        if block.kind in _READER and not speaks:
            speaks = (_READER[block.kind],)
        if not speaks:
            continue
        best = max(speaks, key=_rank)
        if best.label.action is Action.KEEP and best.strength == "sure":
            continue
        if best.strength == "sure" or _agree(speaks):
            decided[index] = _decision(block, best, speaks)
        else:
            hinted.append((index, speaks))
    for index, speaks in hinted:
        beside = _beside(index, context, decided)
        if beside is not None:
            best = max(speaks, key=_rank)
            support = Evidence(best.label, "context", BESIDE, "hint")
            decided[index] = _decision(context.clip.blocks[index], best, (*speaks, support))
    return decided


def staying(context: Context, evidence: Mapping[int, Sequence[Evidence]]) -> dict[int, Decision]:
    """The decisions about the blocks that are left once nothing leaves any more."""
    title = find_title(context)
    decided = {}
    for index in context.alive:
        block = context.clip.blocks[index]
        kept = [e for e in evidence.get(index, ()) if e.label.action is Action.KEEP]
        if index == title:
            proof = Evidence(Label.TITLE, "context", TITLE)
            decided[index] = Decision(block, Label.TITLE, Action.KEEP, (proof,))
        elif kept:
            best = max(kept, key=_rank)
            decided[index] = Decision(block, best.label, Action.KEEP, tuple(kept))
        else:
            label = _FORMS.get(block.kind, Label.PARAGRAPH)
            decided[index] = Decision(block, label, Action.KEEP)
    return decided


def find_title(context: Context) -> int | None:
    """The block that is the clip's headline: what the page calls itself where it says so,
    else a level-1 heading, else a line of headline length that stands over the story."""
    blocks, shapes = context.clip.blocks, context.shapes
    named = line_key(fold(context.clip.facts.get("title", ""))[0])
    top = [i for i in context.alive if context.first < 0 or i < context.first]
    headings = [i for i in context.alive if blocks[i].level == 1]
    if named:
        for index in headings + top:
            key = shapes[index].key
            if len(key) > 8 and (key in named or named in key):
                return index
    if headings:
        return headings[0]
    if context.first < 0:
        return None
    lines = [
        i
        for i in top[-_TITLE_LINES:]
        if _TITLE_WORDS[0] <= shapes[i].words <= _TITLE_WORDS[1]
        and blocks[i].kind in (Kind.PARAGRAPH, Kind.HEADING)
        and not blocks[i].text.endswith((".", ":", ","))
    ]
    if not lines:
        return None
    # Close to the story the first line is the headline; after a menu it is the longest.
    return lines[0] if len(top) <= _TITLE_LINES // 2 else max(lines, key=lambda i: shapes[i].words)


def _rank(evidence: Evidence) -> tuple[int, bool, bool]:
    return evidence.level, evidence.label.action is Action.KEEP, evidence.strength == "sure"


def _agree(speaks: Sequence[Evidence]) -> bool:
    """Whether two different reasons speak for taking the block out, and none for keeping it."""
    if any(e.label.action is Action.KEEP for e in speaks):
        return False
    return len({e.id for e in speaks}) > 1


def _beside(index: int, context: Context, decided: Mapping[int, Decision]) -> int | None:
    """A neighbour that goes and so supports a hint: one outside the body, both inside."""
    near = [context.neighbour(index, step) for step in (-1, 1)]
    gone = [other for other in near if other is not None and _goes(other, decided)]
    wanted = 1 if "body" not in context.zones(index) else 2
    return gone[0] if len(gone) >= wanted else None


def _goes(index: int, decided: Mapping[int, Decision]) -> bool:
    return index in decided and decided[index].action is Action.REMOVE


def _decision(block: Block, best: Evidence, speaks: Sequence[Evidence]) -> Decision:
    ordered = (best, *(e for e in speaks if e is not best))
    return Decision(block, best.label, best.label.action, ordered)
