"""The explanation of an article as lines for a terminal or a pipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..article import Article
from ..decision import Decision, Evidence
from ..labels import Action
from .safe import printable

_SIGN = {Action.KEEP: " ", Action.METADATA: ">", Action.REMOVE: "-"}
_COLOUR = {Action.KEEP: "", Action.METADATA: "\x1b[36m", Action.REMOVE: "\x1b[31m"}
_MATCH, _DIM, _RESET = "\x1b[1;4m", "\x1b[2m", "\x1b[0m"
_LONGEST = 160


def explain(article: Article, colour: bool = False) -> Iterator[str]:
    """One line for each block, in order: its number, a sign for its action (blank: keep,
    `>` metadata, `-` remove), label, text with the matched words in brackets (or underlined
    in colour), and the reasons. Text from the clip is escaped, whatever it holds."""
    for decision in article.decisions:
        yield _line(decision, colour)
    counts = Counter(decision.action for decision in article.decisions)
    yield (
        f"{article.kind} clip: {counts[Action.KEEP]} blocks kept, "
        f"{counts[Action.METADATA]} to metadata, {counts[Action.REMOVE]} removed"
    )


def _line(decision: Decision, colour: bool) -> str:
    reasons = printable(", ".join(_reason(evidence) for evidence in decision.evidence))
    head = f"{decision.block.index:4d} {_SIGN[decision.action]} {decision.label.value:20s} "
    text = _marked(decision, colour)
    if not colour:
        return f"{head}{text}" + (f"  [{reasons}]" if reasons else "")
    tail = f"  {_DIM}[{reasons}]{_RESET}" if reasons else ""
    return f"{_COLOUR[decision.action]}{head}{_RESET}{text}{tail}"


def _reason(evidence: Evidence) -> str:
    if evidence.score is not None:
        why = ", ".join(f"{name} {odds:+.1f}" for name, odds in evidence.weights)
        return f"{evidence.id} {evidence.score:.2f}" + (f" ({why})" if why else "")
    language = f"@{evidence.language}" if evidence.language else ""
    hint = "?" if evidence.strength == "hint" else ""
    return f"{evidence.id}{language}{hint}"


def _marked(decision: Decision, colour: bool) -> str:
    """The block's text, shortened, with the first matched span marked where the rule matched
    a part of it."""
    text = decision.block.text
    spans = [e.span for e in decision.evidence if e.span is not None]
    start, end = spans[0] if spans else (0, 0)
    if not 0 <= start < end <= len(text) or (start, end) == (0, len(text)):
        return _short(text)
    opening, closing = (_MATCH, _RESET) if colour else ("[", "]")
    before, match, after = text[:start], text[start:end], text[end:]
    if len(before) > _LONGEST // 2:
        before = "…" + before[-_LONGEST // 2 :]
    return printable(before) + opening + _short(match) + closing + _short(after, _LONGEST // 4)


def _short(text: str, most: int = _LONGEST) -> str:
    return printable(text if len(text) <= most else text[: most - 1] + "…")
