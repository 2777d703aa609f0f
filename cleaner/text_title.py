"""Which line of a text is its headline.

A dump of a page has no mark of it: it stands somewhere between the menus and the story, often
more than once (the browser's title, a breadcrumb, the heading). What speaks for a line is that
the classifier takes it for one, that it stands over the story and shares its words, that it is
said again, and that the page's first line has it with the name of the site behind it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from .clip import Block, Kind
from .headline import is_set_off
from .labels import Label
from .shape import phrase_key, tokens, unspaced

# Of the lines, so many likely ones are looked at more closely.
_MOST = 30
# Longer lines are no headlines, in characters.
_LONGEST = 300
# The words of a story: those of its first paragraphs, of so many words each.
_PROSE_WORDS, _PROSE_BLOCKS = 20, 40
_WORD_CHARS = 4
_LIKELY = 0.5
# What stands right under a headline, within so many lines.
_UNDER, _UNDER_LINES = (Label.BYLINE, Label.TIMESTAMP, Label.SUBTITLE), 4
_OTHER_KINDS = (Kind.TABLE, Kind.CODE, Kind.IMAGE, Kind.FRONT_MATTER)
# More of its characters than this are digits in a date, a score, a menu of pages.
_DIGITS = 0.25
_MARKS = "#*•- \t"
_FULL_STOP = re.compile(r"(?<!\.\.)[.。]\s*$")
# A conditional logit over the lines of each clip: 2,344 full-page dumps of news and other pages, in
# five folds by site. Of those that hold the headline it is right in 84 of 100 of the news and 77 of
# the rest.
# A line that scores less is none: of 100 clips that hold no headline 22 have no such line, and of
# those that do 1 in 100 loses it.
LEAST = 1.0
WEIGHTS = {
    "chance": 0.8,
    "level 1": 3.6,
    "again": 0.2,
    "with a tail": 2.0,
    "over the story": 1.8,
    "text": 0.7,
    "story words": 1.4,
    "first line": 3.2,
    "over a byline": 1.1,
    "full stop": -1.7,
}


def likeliest(
    blocks: Sequence[Block],
    titled: Sequence[float],
    text: Sequence[float],
    words: Sequence[float],
    labels: Sequence[Label],
) -> list[int]:
    """The places of the blocks that may be the headline of a text, the likeliest first. `titled`
    and `text` are the classifier's probabilities that a block is the headline, and main text;
    `words` are the blocks' lengths, `labels` what they are if they are no text."""
    found = features(blocks, titled, text, words, labels)
    scores = {
        at: sum(WEIGHTS[name] * value for name, value in f.items()) for at, f in found.items()
    }
    likely = [at for at, score in scores.items() if score >= LEAST]
    return sorted(likely, key=lambda at: -scores[at])


def features(
    blocks: Sequence[Block],
    titled: Sequence[float],
    text: Sequence[float],
    words: Sequence[float],
    labels: Sequence[Label],
) -> dict[int, dict[str, float]]:
    """For each line that may be the headline what speaks for it, by the names of `WEIGHTS`."""
    likeliest_first = sorted(range(len(blocks)), key=lambda at: titled[at], reverse=True)
    tops = [at for at, block in enumerate(blocks) if block.level == 1]
    close: set[int] = set()
    for lines in (likeliest_first, tops):
        close.update(islice((at for at in lines if _may_be(blocks[at])), _MOST))
    prose = [at for at, n in enumerate(words) if n >= _PROSE_WORDS and text[at] >= _LIKELY]
    story: set[str] = set()
    for at in prose[:_PROSE_BLOCKS]:
        story |= _bag(_folded(blocks[at]))
    again = Counter(block.text.lstrip(_MARKS) for block in blocks)
    head = _folded(blocks[0]) if blocks else ""
    head_bag = _bag(head)
    folded = {at: _folded(blocks[at]) for at in close}
    names = [
        line for at, line in folded.items() if at and head.endswith(line) and is_set_off(line, head)
    ]
    found: dict[int, dict[str, float]] = {}
    for at in sorted(close):
        line = folded[at]
        bag = _bag(line)
        chance = min(max(titled[at], 1e-5), 1 - 1e-5)
        under = range(at + 1, min(at + 1 + _UNDER_LINES, len(blocks)))
        both = bag | head_bag if at else set()
        found[at] = {
            "chance": math.log(chance / (1 - chance)),
            "level 1": blocks[at].level == 1,
            "again": min(again[blocks[at].text.lstrip(_MARKS)], 3) - 1,
            "with a tail": _is_with_tail(line, head) if at else bool(names),
            "over the story": bool(prose) and at < prose[0],
            "text": text[at],
            "story words": math.log1p(len(bag & story)) if words[at] < _PROSE_WORDS else 0.0,
            "first line": len(bag & head_bag) / len(both) if both else 0.0,
            "over a byline": any(text[n] < _LIKELY and labels[n] in _UNDER for n in under),
            "full stop": _FULL_STOP.search(blocks[at].text) is not None,
        }
    return found


def _is_with_tail(line: str, head: str) -> bool:
    """Whether the first line is `line` with a shorter name behind it, of the site or a section."""
    return len(line) < len(head) <= 2 * len(line) and is_set_off(line, head)


def _may_be(block: Block) -> bool:
    """Whether a block may be a headline: a line of words, and not mainly a date."""
    if len(block.text) > _LONGEST or block.kind in _OTHER_KINDS:
        return False
    digits = sum(map(str.isdigit, block.text))
    return digits <= _DIGITS * len(block.text)


def _folded(block: Block) -> str:
    return phrase_key(block.text.lstrip(_MARKS))


def _bag(folded: str) -> set[str]:
    """The longer words of a line; in scripts without spaces its pairs of characters."""
    if unspaced(folded):
        pairs = (folded[at : at + 2] for at in range(len(folded) - 1))
        return {pair for pair in pairs if pair.isalnum()}
    return {word for word in tokens(folded) if len(word) >= _WORD_CHARS}
