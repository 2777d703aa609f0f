"""Which of the titles that a page gives itself is the headline of its story.

A page names its story in several places: in its JSON-LD, for social networks, in the browser's
bar, in a heading. They differ: a line for search engines, a line for sharing, the name of the
site behind it, a kicker before it. What the page shows right above the story is its headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .decision import Decision
from .labels import Label
from .shape import fold, phrase_key, tokens, unspaced

# What sets a site's name off in a title.
_SIGN_BEFORE = re.compile(r"\s*\||\s+[-–—·•:»›<>/~]+\s")
_SIGN_BEHIND = re.compile(r"(?:\s*\||\s+[-–—·•:»›<>/~]+)\s*$")
_SPLIT = re.compile(r"(\s*\|\s*|\s+[-–—·•:»›<>/~]+\s+|：)")
_ADDRESS = re.compile(r"[\w-]\.[a-z]{2,4}$", re.I)
# A site's or a section's name has so many characters, and so many words where only a bar shows it.
_NAME_CHARS, _NAME_WORDS = 60, 5
_COPYRIGHT = re.compile(r"©|\(c\)|\bcopyright\b", re.I)
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
# The headline that a reader sees may stand under a heading for search engines, so many blocks
# below it.
_UNDER = 3
# Behind a kicker and its colon a headline has so many words.
_LEAST_WORDS = 3


class Standing(NamedTuple):
    """The headings of a clip that may be its headline: `found`, the block that was decided to
    be it, `tops`, all level-1 headings, `near`, these and the headings between them and the
    story."""

    found: str | None
    tops: tuple[str, ...]
    near: tuple[str, ...]


def standing(decisions: Sequence[Decision]) -> Standing:
    """The headings among a clip's blocks."""
    titled = [d for d in decisions if d.label in (Label.TITLE, Label.HEADLINE)]
    found = titled[0].block if titled else None
    tops: list[str] = []
    near: list[str] = []
    below, begun = 0, False
    for decision in decisions:
        block = decision.block
        if block.level == 1 or block is found:
            tops.append(block.text)
            near.append(block.text)
            below = _UNDER
        elif block.level and tops and (below > 0 or not begun):
            near.append(block.text)
        below -= 1
        begun = begun or decision.label is Label.PARAGRAPH
    return Standing(found.text if found else None, tuple(tops), tuple(near))


def headline(titles: Sequence[str], stands: Standing, site: str | None) -> str | None:
    """The headline among the `titles` that a page gives itself, the most trusted first, and
    the headings that stand on it: the title that stands nearest above the story, else the one
    that two places agree on, else the heading, else the first title.
    """
    tops = [text for text in stands.tops if text != site]
    named = [without_site(title, tops, site) for title in titles]
    # The last one is for the browser's bar: it has the longest tail.
    named = [*named[:-1], without_site(named[-1], [*tops, *named[:-1]], site)] if named else []
    best = _standing(named, stands.near) or _agreed(named)
    if best is None:
        heading = stands.found
        alone = len(named) == 1 and heading is not None and not _alike(heading, named[0])
        best = named[0] if named and (heading is None or alone) else heading
    return None if best is None else _without_kicker(_whole(best, [*named, *tops]), named)


def _standing(named: Sequence[str], near: Sequence[str]) -> str | None:
    """The title that is also the last of the headings `near` the story. A heading may have a
    kicker before it; and so may a title, which is without it if no other place has it so."""
    keys = [phrase_key(title) for title in named]
    for text in reversed(near):
        heading = phrase_key(text)
        if heading in keys:
            return named[keys.index(heading)]
        for key, title in zip(keys, named, strict=True):
            if _is_behind_kicker(key, heading):
                return title
            if _is_behind_kicker(heading, key) and keys.count(key) == 1:
                return text
    return None


def _is_behind_kicker(headline: str, whole: str) -> bool:
    """Whether a line is a kicker and this headline."""
    enough = len(tokens(headline)) >= _LEAST_WORDS
    return enough and whole.endswith(headline) and not whole[: -len(headline)][-1:].isalnum()


def _agreed(named: Sequence[str]) -> str | None:
    """The first title that is given twice."""
    keys = [phrase_key(title) for title in named]
    return next((named[at] for at, key in enumerate(keys) if key in keys[at + 1 :]), None)


def _alike(heading: str, title: str) -> bool:
    """Whether a heading says half of what a title says."""
    words = set(tokens(fold(title)[0]))
    return 2 * len(words & set(tokens(fold(heading)[0]))) >= len(words)


def _whole(title: str, others: Sequence[str]) -> str:
    """A title in full, where it was cut and another place has the rest of it."""
    cut = _CUT.search(title)
    if cut is None:
        return title
    start = title[: cut.start()]
    return next((o for o in others if o.startswith(start) and len(o) > len(title)), title)


def _without_kicker(title: str, named: Sequence[str]) -> str:
    """A title without the kicker and the colon before it, where the page gives it so too."""
    for other in named:
        kicker = title[: -len(other)] if title.endswith(other) else ""
        if kicker.rstrip().endswith(":") and len(tokens(fold(other)[0])) >= _LEAST_WORDS:
            return other
    return title


def without_site(title: str, own: Sequence[str], site: str | None) -> str:
    """A page's title without the site's name before or behind it: the longest of the clip's
    `own` headlines that the title begins or ends with, set off by a sign; else the title
    without the name that the page itself gives."""
    folded = fold(title)[0]
    own = [text for text in own if text != site and is_set_off(fold(text)[0], folded)]
    if own:
        return max(own, key=len)
    if site and folded.endswith(fold(site)[0]):
        rest = _SIGN_BEHIND.sub("", title[: len(title) - len(site)])
        if 0 < len(rest) < len(title) - len(site):
            return rest
    return title


def without_tail(title: str, lines: Iterable[str], url: str | None = None) -> str:
    """A title that is a line of a text, without the names that are set off behind and before it:
    section and site. They stand among the text's other `lines` as well or in one on its
    copyright, are addresses, or are short and behind a bar."""
    parts = _SPLIT.split(title)
    if len(parts) < len(("title", "sign", "name")):
        return title
    lines = list(lines)
    known = {phrase_key(line) for line in lines if len(line) <= _NAME_CHARS}
    owners = [line for line in lines if _COPYRIGHT.search(line)]
    host = _joined((url or "").partition("//")[2].partition("/")[0])

    def is_name(part: str) -> bool:
        name = _joined(part)
        if phrase_key(part) in known or _ADDRESS.search(part) or (len(name) > 1 and name in host):
            return True
        return any(part in line for line in owners)

    while len(parts) > 1 and (is_name(parts[-1]) or _is_barred(parts)):
        del parts[-2:]
    while len(parts) > 1 and "|" in parts[1] and is_name(parts[0]):
        del parts[:2]
    whole = len(parts) == 1 and _is_short(parts[0])
    return title if whole else "".join(parts)


def _joined(name: str) -> str:
    """A name as addresses have it: "The Ferry Post" in "theferrypost"."""
    return "".join(tokens(fold(name)[0]))


def _is_barred(parts: Sequence[str]) -> bool:
    """Whether the last part is a few words behind a bar, and more stands before it."""
    few = len(tokens(fold(parts[-1])[0])) <= _NAME_WORDS and len(parts[-1]) <= _NAME_CHARS
    return "|" in parts[-2] and few and not _is_short("".join(parts[:-2]))


def _is_short(text: str) -> bool:
    """Whether a text has too few words for a headline that lost its site's name."""
    return len(tokens(fold(text)[0])) < _LEAST_WORDS and not unspaced(text)


def is_set_off(headline: str, title: str) -> bool:
    """Whether a headline is a folded title, or all of it but what a sign sets off."""
    if not headline:
        return False
    if title.startswith(headline):
        rest = title[len(headline) :]
        return not rest.strip() or _SIGN_BEFORE.match(rest) is not None
    return title.endswith(headline) and bool(_SIGN_BEHIND.search(title[: -len(headline)]))
