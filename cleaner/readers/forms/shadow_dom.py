"""Declarative shadow DOM: a template that a browser shows in the place of its element."""

from __future__ import annotations

import re

from .restored import Restored

FORM = "shadow dom"
# As the standard has it, as browsers had it before, and as Chrome writes it into MHTML.
# The first two in one: `shadowrootmode`, `shadowroot`.
MARKS = (b"shadowroot", b"shadowmode=")
_TEMPLATE = re.compile(r"<(/?)template(?=[\s/>])([^<>]*)>", re.I)
_SHOWN = re.compile(r"\bshadow(?:root)?(?:mode)?\s*=\s*[\"']?(?:open|closed)\b", re.I)


def restored(source: str) -> Restored | None:
    """The page with its shadow trees as elements; other templates stay."""
    shown: list[bool] = []

    def as_element(tag: re.Match[str]) -> str:
        if tag[1]:
            return "</div>" if shown and shown.pop() else tag[0]
        shown.append(_SHOWN.search(tag[2]) is not None)
        return f"<div{tag[2]}>" if shown[-1] else tag[0]

    return Restored(_TEMPLATE.sub(as_element, source))
