"""Photo essays: clips whose captions are the story. They stay where they are."""

from __future__ import annotations

from collections.abc import Mapping

from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import count_words

PHOTO_ESSAY = "context.photo-essay"
# An essay has so many captions of so many words, and in all so many times the words of the rest;
# where nothing else of the clip is text, so few.
_FEWEST, _CAPTION_WORDS, _TIMES, _FEWEST_ALONE = 6, 8, 2, 2
_HEADS = (Label.TITLE, Label.HEADLINE, Label.HEADING)
_BESIDE_CREDITS = ("context.credit-under", "context.credit-over")


def kept_essay(decisions: Mapping[int, Decision]) -> dict[int, Decision]:
    """The decisions about captions that are what their clip has to say: more of them than of
    running text. Copies of one caption stay once."""
    captions: dict[str, Decision] = {}
    words = 0
    for _, decision in sorted(decisions.items()):
        if decision.label is Label.CAPTION and _is_shown(decision):
            count = count_words(decision.block.text)
            if count >= _CAPTION_WORDS and decision.block.text not in captions:
                captions[decision.block.text] = decision
                words += count
    kept = [each for each in decisions.values() if each.action is Action.KEEP]
    alone = all(each.label in _HEADS for each in kept)
    if len(captions) < (_FEWEST_ALONE if alone else _FEWEST):
        return {}
    if words < _TIMES * sum(count_words(each.block.text) for each in kept):
        return {}
    return {each.block.index: _kept(each) for each in captions.values()}


def is_of_essay(decision: Decision) -> bool:
    """Whether a block is a caption that was kept as text."""
    return any(evidence.id == PHOTO_ESSAY for evidence in decision.evidence)


def _is_shown(decision: Decision) -> bool:
    """Whether a caption is read on the page: an alternative text is not. That of a text whose
    credit stands on a line of its own is known by this line alone, which leaves: the cleaned
    text, cleaned again, would be no essay any more."""
    first = decision.evidence[0]
    return first.source != "reader" and first.id not in _BESIDE_CREDITS


def _kept(decision: Decision) -> Decision:
    proof = Evidence(Label.PARAGRAPH, "context", PHOTO_ESSAY)
    return Decision(decision.block, proof.label, Action.KEEP, (proof, *decision.evidence))
