"""Kept blocks to text: plain, or markdown under front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from .captions import Caption
from .clip import Block, Kind
from .labels import Label

Kept = Sequence[tuple[Block, Label]]
# Lines of a plain text that stand directly under one another stay so up to this length:
# verse, lists, addresses. Longer ones are paragraphs that a dump ran together.
SHORT_LINE = 80
# An item that brings its own number keeps it.
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_DATE = re.compile(
    r"(?P<until>\d{4}-\d\d-\d\d(?P<time>T\d\d:\d\d)?)(?P<seconds>:\d\d)?(?P<zone>(?:[+-]\d\d:\d\d)?)"
)
_BRACKETS = str.maketrans({"[": "\\[", "]": "\\]"})
# What a program that shows markdown takes for HTML, a picture or a link. A text that has it is
# about it: shown, it must run and load nothing.
_ALIVE = re.compile(r"(?P<before>\\*)<(?=[A-Za-z/!?])|(?<=!)\[|(?<=\])\(")
_FENCES = re.compile("`+")
_SHORTEST_FENCE = 3
_TARGET = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})
_BESIDE_NONE = -9
_MARKED = ("markdown", "html")
# YAML forbids these unescaped, or ends a line at them (YAML 1.2, 5.1 and 5.4; 1.1, 5.4).
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def plain_text(clip_kind: str, kept: Kept) -> str:
    """The text of the kept blocks: paragraphs parted by a blank line, list items, table rows
    and the lines of a verse by a line break."""
    pieces: list[str] = []
    before: Block | None = None
    for block, _ in kept:
        text = f"- {block.text}" if _bulleted(clip_kind, block) else block.text
        if before is not None:
            pieces.append(_joint(before, block))
        pieces.append(text)
        before = block
    return "".join(pieces)


def _bulleted(clip_kind: str, block: Block) -> bool:
    if clip_kind not in _MARKED or block.kind is not Kind.LIST_ITEM:
        return False
    return _NUMBERED.match(block.text) is None


def _joint(before: Block, block: Block) -> str:
    """What parts two kept blocks: what parted the second from its neighbour in the source,
    but never less than a blank line around what is long."""
    if block.joint != "\n":
        # A space joins sentences of one source line; what stood between them may be gone.
        return block.joint
    if block.kind in (Kind.LIST_ITEM, Kind.TABLE) and before.kind is block.kind:
        return "\n"
    adjacent = before.index == block.index - 1
    short = max(len(before.text), len(block.text)) < SHORT_LINE
    return "\n" if adjacent and short else "\n\n"


def blank_before(blocks: Sequence[Block]) -> list[bool] | None:
    """For each block whether a blank line would stand before it in a text of these blocks;
    None where some would share a line."""
    joints = ["\n\n", *(_joint(before, block) for before, block in pairwise(blocks))]
    if not set(joints) <= {"\n\n", "\n"}:
        return None
    return [joint == "\n\n" for joint in joints[: len(blocks)]]


def markdown_text(front_matter: Mapping[str, Any], kept: Kept) -> str:
    """The kept blocks as markdown. Front matter values are written as JSON, which YAML reads
    as it stands, so that no value can end or extend the front matter."""
    lines = [f"{key}: {_yaml(value)}" for key, value in front_matter.items()]
    head = "---\n" + "\n".join(lines) + "\n---\n\n" if lines else ""
    return head + "".join(_markdown_pieces(kept)) + "\n"


def picture_block(caption: Caption) -> Block:
    """A picture as markdown, and its caption with the credits under it."""
    lines = []
    if caption.image is not None:
        alt = _inert(" ".join(caption.image.alt.split()).translate(_BRACKETS))
        target = "".join(caption.image.src.split()).translate(_TARGET)
        lines.append(f"![{alt}]({target})")
    said = " ".join(caption.text.split())
    names = ", ".join(caption.credits)
    under = " ".join(filter(None, [said, f"({names})" if names else ""]))
    if under:
        lines.append("*" + _inert(under).replace("*", "\\*") + "*")
    # No block of the clip stands beside it: a blank line parts it from each.
    return Block(_BESIDE_NONE, "\n".join(lines))


def _yaml(value: Any) -> str:
    # Obsidian and static site generators know a date by its being written bare.
    if isinstance(value, str) and (date := _DATE.fullmatch(value)):
        return (
            value if date["seconds"] or not date["time"] else date["until"] + ":00" + date["zone"]
        )
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _markdown_pieces(kept: Kept) -> Iterable[str]:
    before: Block | None = None
    row = 0
    for block, label in kept:
        if before is not None:
            yield _joint(before, block)
        row = row + 1 if block.kind is Kind.TABLE and before and before.kind is Kind.TABLE else 1
        yield _markdown_block(block, label)
        if block.kind is Kind.TABLE and row == 1:
            # The first row of a table is its head: markdown has no table without one.
            yield "\n" + "|".join(["---"] * (block.text.count(" | ") + 1))
        before = block


def _inert(text: str) -> str:
    """The text as markdown that shows it, and is not obeyed."""
    return _ALIVE.sub(lambda found: f"{found['before'] or ''}\\{found[0]}", text)


def _markdown_block(block: Block, label: Label) -> str:
    if block.index == _BESIDE_NONE:
        return block.text
    if block.kind is Kind.CODE and label not in (Label.TITLE, Label.HEADLINE):
        longest = max(map(len, _FENCES.findall(block.text)), default=0)
        fence = "`" * max(_SHORTEST_FENCE, longest + 1)
        return f"{fence}\n{block.text}\n{fence}"
    return _written(block._replace(text=_inert(block.text)), label)


def _written(block: Block, label: Label) -> str:
    if label in (Label.TITLE, Label.HEADLINE):
        return f"# {block.text}"
    if block.kind is Kind.HEADING:
        return "#" * min(6, max(2, block.level or 2)) + f" {block.text}"
    if block.kind is Kind.LIST_ITEM:
        return block.text if block.span and not block.text[:1].isalnum() else f"- {block.text}"
    if block.kind is Kind.QUOTE:
        return "> " + block.text.replace("\n", "\n> ")
    return block.text
