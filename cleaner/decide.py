"""From evidence to one decision for each block.

Context-free first: a block with sure evidence has its decision. Then in context, as jusText
does: two hints from different rules agree, or one hint stands beside a block that goes.
Blocks that nothing speaks against stay, under the label of their form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import text_byline
from .clip import Block, Clip, Kind
from .context import Context
from .decision import READER, Decision, Evidence
from .labels import Action, Label
from .shape import fold, line_key
from .weigh import Heard

_FORMS = {
    Kind.PARAGRAPH: Label.PARAGRAPH,
    Kind.HEADING: Label.HEADING,
    Kind.LIST_ITEM: Label.LIST_ITEM,
    Kind.QUOTE: Label.QUOTE,
    Kind.TABLE: Label.TABLE,
    Kind.CODE: Label.CODE,
}
BESIDE = "context.beside-chrome"
TITLE = "context.title"
# A headline has so many words, and stands within so many lines of the story.
_TITLE_WORDS = (2, 32)
# What a page calls itself is looked at so far: each line is sought in it.
_TITLE_CHARS = 500
_TITLE_LINES = 15
# Shorter names and lines ("News") would be found in one another by chance.
_NAMED_CHARS = 9
# A first line is over something only where there are so many lines.
_LONE_LINES = 3
# Words run together without a space ("SportWirtschaftKultur") are a menu that a dump glued;
# one such place may be a name.
_GLUED = re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]")
_MOST_GLUED = 2
# A clip with so many lines of a page's frame is a whole page. In a clip with fewer, form
# speaks for nothing: an extractor has been there, and what it kept is the article.
_FRAME_LINES = 4


def outright(
    clip: Clip, evidence: Mapping[int, Evidence], heard: Heard | None
) -> dict[int, Decision]:
    """The decisions about blocks that one sure piece of evidence settles without context,
    where the classifier confirms it or does not know."""
    decided = {}
    for index, found in evidence.items():
        if heard is None:
            decided[index] = _decision(clip.blocks[index], found, (found,))
        elif heard.confirms(index, found):
            reasons = (found, *heard.also(index))
            decided[index] = _decision(clip.blocks[index], found, reasons)
    return decided


def leaving(
    context: Context,
    evidence: Mapping[int, Sequence[Evidence]],
    heard: Heard | None,
    gone: Mapping[int, Decision],
) -> dict[int, Decision]:
    """The decisions about those alive blocks that leave the text in this pass; `heard` is
    what the classifier says, `gone` are the decisions of the passes before."""
    if heard is not None and heard.knows:
        return _heard_leaving(context, evidence, heard)
    decided: dict[int, Decision] = {}
    hinted: dict[int, Sequence[Evidence]] = {}
    for index in context.alive:
        block = context.clip.blocks[index]
        speaks = evidence.get(index, ())
        if block.kind in READER:
            speaks = (*speaks, READER[block.kind])
        if not speaks:
            continue
        best = max(speaks, key=_rank)
        if best.label.action is Action.KEEP and best.strength == "sure":
            continue
        if best.strength == "sure":
            decided[index] = _decision(block, best, speaks)
        else:
            hinted[index] = speaks
    _spare_headline(context, decided)
    _weigh_hints(context, hinted, decided, gone)
    return decided


def _heard_leaving(
    context: Context, evidence: Mapping[int, Sequence[Evidence]], heard: Heard
) -> dict[int, Decision]:
    """As `leaving`, where the classifier has something to say: rules that know words speak
    first, what others say is confirmed or not, and the classifier decides on the rest. Where it
    finds metadata it waits until the chrome is gone: the rules, which know a name from the words
    around it, may see their context only then."""
    decided: dict[int, Decision] = {}
    later: dict[int, Decision] = {}
    alone: list[Block] = []
    blocks = context.clip.blocks
    for index in context.alive:
        block = blocks[index]
        speaks = evidence.get(index, ())
        if block.kind in READER:
            speaks = (*speaks, READER[block.kind])
        holds: Sequence[Evidence] = ()
        if speaks:
            if any(e.label.action is Action.KEEP and e.strength == "sure" for e in speaks):
                continue
            against = (e for e in speaks if e.label.action is not Action.KEEP)
            holds = [e for e in against if heard.confirms(index, e)]
        if holds:
            decided[index] = _decision(block, max(holds, key=_rank), [*holds, *heard.also(index)])
        elif index in heard.leaving:
            alone.append(block)
    # What stands over a picture may look more like a headline than the headline does.
    title = heard.title_among(index for index in context.alive if index not in decided)
    for block in alone:
        if block.index != title:
            found = heard.decision(block)
            waiting = found.action is Action.METADATA
            (later if waiting else decided)[block.index] = found
    _spare_headline(context, decided)
    return decided or later


def _weigh_hints(
    context: Context,
    hinted: dict[int, Sequence[Evidence]],
    decided: dict[int, Decision],
    gone: Mapping[int, Decision],
) -> None:
    """Adds the blocks to `decided` on which hints agree, and those that stand beside a block
    that goes."""
    frame = sum(d[i].action is Action.REMOVE for d in (gone, decided) for i in d)
    whole_page = frame >= _FRAME_LINES
    for index, everything in list(hinted.items()):
        speaks = [e for e in everything if whole_page or e.source != "form"]
        hinted[index] = speaks
        if not speaks:
            del hinted[index]
        elif _agree(speaks):
            best = max(speaks, key=_rank)
            decided[index] = _decision(context.clip.blocks[index], best, speaks)
    _spread(context, hinted, decided, gone)


def _spare_headline(context: Context, decided: dict[int, Decision]) -> None:
    """A caption's title that is the first line left over the story is the story's headline:
    a lead picture's caption stands right under it."""
    for index in context.alive:
        if index >= context.first:
            return
        if index not in decided:
            return
        if any(part.name == "title" for e in decided[index].evidence for part in e.parts):
            del decided[index]
            return


def _spread(
    context: Context,
    hinted: Mapping[int, Sequence[Evidence]],
    decided: dict[int, Decision],
    gone: Mapping[int, Decision],
) -> None:
    """Adds to `decided` the hinted blocks beside a block that goes, and those beside them.

    Outside the body one neighbour that goes is enough, within it both must go. Neighbours
    are those of the source: a menu stays a menu while it is taken out line by line.
    """
    if not hinted:
        return
    removed = {i for d in (gone, decided) for i in d if d[i].action is Action.REMOVE}
    waiting = [i + step for i in removed for step in (-1, 1)]
    while waiting:
        index = waiting.pop()
        if index not in hinted or index in removed:
            continue
        if "body" in context.zones(index) and not {index - 1, index + 1} <= removed:
            continue
        best = max(hinted[index], key=_rank)
        support = Evidence(best.label, "context", BESIDE, "hint")
        decided[index] = _decision(context.clip.blocks[index], best, (*hinted[index], support))
        if best.label.action is Action.REMOVE:
            removed.add(index)
            waiting += [index - 1, index + 1]


def apart(decision: Decision) -> Decision:
    """The decision about a text's headline, where its line leaves with the chrome around it: it is
    recorded beside the text."""
    proof = Evidence(Label.HEADLINE, "context", TITLE)
    return Decision(decision.block, proof.label, proof.label.action, (proof, *decision.evidence))


def headline_of(ranked: Sequence[int], gone: Mapping[int, Decision]) -> int | None:
    """The headline of a text: the first of the lines that may be it, the likeliest first, that is
    no other piece of metadata, nor what a rule knows to be chrome. What stands over a picture may
    look more like one than it does, and so may a menu's entry."""
    for index in ranked:
        if index not in gone:
            return index
        known = any(e.source == "rule" and e.strength == "sure" for e in gone[index].evidence)
        if gone[index].action is Action.REMOVE and not known:
            return index
    return None


def said_bylines(
    context: Context, evidence: Mapping[int, Sequence[Evidence]]
) -> dict[int, Decision]:
    """The decisions about the lines of a text that say who wrote it and that no rule knows."""
    blocks = [context.clip.blocks[index] for index in context.alive]
    decided = {}
    for at, proof in text_byline.said(blocks, _words(context)).items():
        speaks = evidence.get(blocks[at].index, ())
        if not any(e.label.action is Action.KEEP for e in speaks):
            decided[blocks[at].index] = _decision(blocks[at], proof, (proof, *speaks))
    return decided


def named_apart(
    context: Context, title: int | None, gone: Mapping[int, Decision]
) -> dict[int, Decision]:
    """The decisions that tell a text's headline and its authors apart from the chrome among which
    their lines left, and from the lines that stay; `title` is the headline."""
    if title is None:
        return {}
    decided = {}
    if title in gone:
        decided[title] = apart(gone[title])
    bylines = (decision for decision in gone.values() if decision.label is Label.BYLINE)
    if any(part.name == "name" for d in bylines for e in d.evidence for part in e.parts):
        return decided
    blocks = context.clip.blocks
    names = text_byline.named(blocks, title, max(0, context.first), _words(context))
    for index, proof in names.items():
        block = blocks[index]
        if index not in gone:
            decided[index] = Decision(block, Label.PARAGRAPH, Action.KEEP, (proof,))
        elif _may_be_names(gone[index]):
            reasons = (proof, *gone[index].evidence)
            decided[index] = Decision(block, proof.label, proof.label.action, reasons)
    return decided


def _may_be_names(decision: Decision) -> bool:
    """Whether a line that left may be a byline all the same: it is chrome that no rule of words
    knows, what the classifier alone calls a picture's, or what a hint takes for a stamp: names may
    stand before the day."""
    source = decision.evidence[0].source
    if decision.label is Label.TIMESTAMP:
        return decision.evidence[0].strength == "hint"
    if decision.label in (Label.CAPTION, Label.CREDIT):
        return source == "classifier"
    return decision.action is Action.REMOVE and source != "rule"


def _words(context: Context) -> dict[int, float]:
    return {index: shape.words for index, shape in context.shapes.items()}


def staying(
    context: Context,
    evidence: Mapping[int, Sequence[Evidence]],
    heard: Heard | None,
    named: int | None = None,
) -> dict[int, Decision]:
    """The decisions about the blocks that are left once nothing leaves any more; `named` is the
    headline, where it is known."""
    title = find_title(context)
    if named is not None:
        title = named
    elif heard is not None and heard.knows and heard.title in context.place:
        title = heard.title
    decided = {}
    for index in context.alive:
        block = context.clip.blocks[index]
        kept = [e for e in evidence.get(index, ()) if e.label.action is Action.KEEP]
        apart = block.node is not None
        # A site's rules and a user's own keep in a page's text what would stand beside it.
        held = apart and any(e.level > 1 for e in kept)
        if index == title and not held:
            proof = Evidence(Label.HEADLINE if apart else Label.TITLE, "context", TITLE)
            decided[index] = Decision(block, proof.label, proof.label.action, (proof,))
        elif kept:
            best = max(kept, key=_rank)
            decided[index] = Decision(block, best.label, Action.KEEP, tuple(kept))
        else:
            label = _FORMS.get(block.kind, Label.PARAGRAPH)
            also = heard.also(index) if heard is not None else ()
            decided[index] = Decision(block, label, Action.KEEP, also)
    return decided


def find_title(context: Context) -> int | None:
    """The block that is the clip's headline: what the page calls itself where it says so,
    else a level-1 heading, else a line of headline length that stands over the story."""
    blocks, shapes = context.clip.blocks, context.shapes
    named = line_key(fold(context.clip.facts.get("title", "")[:_TITLE_CHARS])[0])
    top = [i for i in context.alive if context.first < 0 or i < context.first]
    headings = [i for i in context.alive if blocks[i].level == 1]
    if named:
        for index in headings + top:
            key = shapes[index].key
            if min(len(key), len(named)) >= _NAMED_CHARS and (key in named or named in key):
                return index
    if headings:
        return headings[0]
    if context.first < 0:
        return _lone_first_line(context)
    lines = [
        i
        for i in top[-_TITLE_LINES:]
        if _TITLE_WORDS[0] <= shapes[i].words <= _TITLE_WORDS[1]
        and blocks[i].kind in (Kind.PARAGRAPH, Kind.HEADING)
        and not blocks[i].text.endswith((".", ":", ",", ")"))
        and len(_GLUED.findall(blocks[i].text)) < _MOST_GLUED
    ]
    if not lines:
        return None
    # Close to the story the first line is the headline; after a menu it is the longest.
    return lines[0] if len(top) <= _TITLE_LINES // 2 else max(lines, key=lambda i: shapes[i].words)


def _lone_first_line(context: Context) -> int | None:
    """The first line of a clip without running text (a poem, a list), where it is short,
    ends no sentence and a blank line follows."""
    if len(context.alive) < _LONE_LINES:
        return None
    first, second = context.alive[:2]
    shape, block = context.shapes[first], context.clip.blocks[first]
    fits = _TITLE_WORDS[0] <= shape.words <= _TITLE_WORDS[1] and not shape.sentence
    apart = context.clip.blocks[second].joint == "\n\n"
    return first if fits and apart and block.kind is Kind.PARAGRAPH else None


def _rank(evidence: Evidence) -> tuple[int, bool, bool]:
    return evidence.level, evidence.label.action is Action.KEEP, evidence.strength == "sure"


def _agree(speaks: Sequence[Evidence]) -> bool:
    """Whether two different reasons speak for taking the block out, and none for keeping it."""
    if any(e.label.action is Action.KEEP for e in speaks):
        return False
    return len({e.id for e in speaks}) > 1


def _decision(block: Block, best: Evidence, speaks: Sequence[Evidence]) -> Decision:
    ordered = (best, *(e for e in speaks if e is not best and e.id != best.id))
    return Decision(block, best.label, best.label.action, ordered)
