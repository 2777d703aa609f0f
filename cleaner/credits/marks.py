"""The signs around a credit: brackets, dashes and strokes that are no part of it."""

from __future__ import annotations

import re

EDGES = " \t\n\r\u00a0\u200b\ufeff|/-–—,;:=＝・"
OPENING = "([（【〔「"
CLOSING = ")]）】〕」"
# A credit has no more characters.
MOST_CHARS = 160
# A name inside of one credit: "Odd Andersen /AFP via Getty Images".
NAMES = re.compile(r"\s*[/／|]\s*|\s+(?:via|for|für|pour)\s+|\s*[()（）]\s*|\s+[-–—]\s+", re.I)


def opening_of(text: str) -> int | None:
    """Where the bracket opens that closes at the end of `text`."""
    depth = 0
    for at in range(len(text) - 1, max(-1, len(text) - MOST_CHARS), -1):
        depth += (text[at] in CLOSING) - (text[at] in OPENING)
        if depth == 0:
            return at
    return None


def trimmed(text: str) -> str:
    """A caption's text without what joined it to its credit."""
    text = text.rstrip(EDGES)
    while text and text[-1] in OPENING:
        text = text[:-1].rstrip(EDGES)
    return text.strip()


def unbracketed(text: str) -> str:
    """A credit without the brackets and signs around it; those that belong to a name stay."""
    text = text.strip(EDGES + "©" + " ")
    while (
        text
        and text[-1] in CLOSING
        and sum(c in OPENING for c in text) < sum(c in CLOSING for c in text)
    ):
        text = text[:-1].rstrip(EDGES)
    while (
        text
        and text[0] in OPENING
        and (
            (text[-1] in CLOSING and opening_of(text) == 0)
            or sum(c in OPENING for c in text) > sum(c in CLOSING for c in text)
        )
    ):
        text = text[1:-1] if text[-1] in CLOSING and opening_of(text) == 0 else text[1:]
        text = text.strip(EDGES)
    if text.endswith(".") and not re.search(r"\b\w{1,3}\.$", text):
        text = text[:-1]
    return text.strip(EDGES)
