"""Captions as they are given back: what stands together at one picture, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .clip import Image, Inside, Kind, Node
from .credits import Credit, Split, credits_of, is_label, is_name, split_caption
from .decision import Decision
from .labels import Action, Label
from .metadata import part
from .photo_essay import is_of_essay
from .shape import count_words, ends_sentence, words_key

_EDGES = " \t\n\u00a0|/-–—,;:()[]（）【】="
# A rule of the user's own or of a site says better where a credit stands than its form does.
_OWN_LEVEL = 2
# Before the key of a picture that has a credit alone.
_NO_TEXT = "\0"
# What stands before a credit on one line with it is a caption from so many words on.
_CAPTION_WORDS = 4
_CLOSED = (")", "]", "）")
_HEADS = (Label.HEADLINE, Label.TITLE)


class Caption(NamedTuple):
    """A picture's caption.

    `text` is the caption without its credit, empty where a picture has a credit alone;
    `title` the line that stood over it; `credits` its credits, as written, without labels
    and brackets ("Mira Toll/AFP"); `image` the picture, where the clip has it; `after` the
    index of the kept block that the caption followed, None at the start. `credit_parts` are
    the same credits, told apart into persons, agencies and rights, one for each of `credits`.
    """

    text: str
    title: str | None = None
    credits: tuple[str, ...] = ()
    image: Image | None = None
    after: int | None = None
    credit_parts: tuple[Credit, ...] = ()


def captions_of(decisions: Sequence[Decision], marked: Sequence[str] = ()) -> tuple[Caption, ...]:
    """The captions in order, each with the title, credit and image that belong to it, and
    each once; `marked` are the texts that the page's markup calls credits."""
    return tuple(_merged(_CaptionReader(marked).read(decisions)))


class _CaptionReader:
    """Joins what stands together: image, caption title, caption, credit line, in this order."""

    def __init__(self, marked: Sequence[str]) -> None:
        self.marked = marked
        self.title: str | None = None
        self.image: Image | None = None
        self.pending: Caption | None = None
        self.figcaption: Node | None = None
        self.after: int | None = None
        # Whether the headline, or the story, has begun.
        self.begun = False

    def read(self, decisions: Sequence[Decision]) -> Iterator[Caption]:
        for decision in decisions:
            self.begun = self.begun or decision.label in _HEADS or decision.action is Action.KEEP
            if is_of_essay(decision):
                yield from self._caption(decision)
                self.after = decision.block.index
            elif decision.action is Action.KEEP:
                yield from self._end()
                self.after = decision.block.index
            elif _is_picture(decision):
                yield from self._end()
                self.image = next(iter(decision.block.images), None)
            elif decision.label is Label.CAPTION and part(decision, "title"):
                yield from self._end()
                self.title = part(decision, "title")
            elif decision.label is Label.CAPTION or _holds_caption(decision):
                yield from self._caption(decision)
            elif decision.label is Label.CREDIT:
                yield from self._next_picture(decision)
                self._credit(_credits(decision))
        yield from self._end()

    def _caption(self, decision: Decision) -> Iterator[Caption]:
        figcaption = _figcaption(decision.block.node)
        split = self._split(decision)
        if not split.text or self._is_credit_of_same(split, figcaption):
            yield from self._next_picture(decision)
            self._credit(split.credits or tuple(credits_of(split.text)))
            return
        credit_above = self._take_credit_above()
        yield from self._end(keep_image=True)
        image = next(iter(decision.block.images), self.image)
        self.pending = with_credits(
            Caption(split.text, self.title, (), image, self.after), (*credit_above, *split.credits)
        )
        self.figcaption = figcaption
        self.title = self.image = None

    def _split(self, decision: Decision) -> Split:
        images = decision.block.images
        alone = [image.alt for image in images if image.alt]
        if not images and self.image is not None and self.image.alt:
            alone = [self.image.alt]
        return split_decision(decision, self.marked, alone)

    def _is_credit_of_same(self, split: Split, figcaption: Node | None) -> bool:
        """Whether a block of the caption that is being read holds a name alone."""
        if figcaption is None or figcaption is not self.figcaption or split.credits:
            return False
        pending = self.pending
        return pending is not None and not pending.credits and is_name(split.text)

    def _next_picture(self, decision: Decision) -> Iterator[Caption]:
        """Ends the caption of another picture, where a credit stands in a figure of its own."""
        images = decision.block.images
        if images and self.pending is not None and self.pending.image not in (None, *images):
            yield from self._end()
        if images and self.pending is None and self.image is None:
            self.image = images[0]

    def _take_credit_above(self) -> tuple[Credit, ...]:
        """The credits that stand over their caption: those without a caption yet."""
        if self.pending is None or self.pending.text:
            return ()
        found, self.pending = self.pending.credit_parts, None
        return found

    def _credit(self, found: Iterable[Credit]) -> None:
        pending = self.pending or Caption("", self.title, (), self.image, self.after)
        self.pending = with_credits(pending, found)

    def _end(self, keep_image: bool = False) -> Iterator[Caption]:
        if self.pending is not None:
            yield self.pending
            self.pending = self.figcaption = None
        if not keep_image:
            yield from self._alternative()
            self.image = None

    def _alternative(self) -> Iterator[Caption]:
        """The caption of a picture of the story that shows none: its alternative text, where a
        credit behind its sentence, or in brackets, says that it is more than a description."""
        if self.image is None or not self.image.alt or not self.begun:
            return
        split = credited(self.image.alt)
        if split is not None:
            caption = Caption(split.text, None, (), self.image, self.after)
            yield with_credits(caption, split.credits)


def credited(text: str) -> Split | None:
    """A caption parted from its credits, where a credit beyond doubt stands behind its sentence
    or in brackets; else None."""
    split = split_caption(text)
    if not (split.sure and split.credits and count_words(split.text) >= _CAPTION_WORDS):
        return None
    formed = ends_sentence(split.text) or text.rstrip(" .")[-1:] in _CLOSED
    return split if formed else None


def _holds_caption(decision: Decision) -> bool:
    """Whether a line that the classifier alone calls a credit has its caption before it."""
    if decision.label is not Label.CREDIT or decision.evidence[0].source != "classifier":
        return False
    split = split_caption(decision.block.text)
    return split.sure and bool(split.credits) and count_words(split.text) >= _CAPTION_WORDS


def _is_picture(decision: Decision) -> bool:
    """Whether a block is a picture and not the text under one. Its alternative text is no
    caption only because it stands where captions do; with a credit in it, it is one."""
    if decision.label is Label.CAPTION and decision.block.kind is Kind.IMAGE:
        return not any(evidence.parts for evidence in decision.evidence)
    return decision.label is Label.IMAGE


def _figcaption(node: Node | None) -> Node | None:
    """The outermost element of the figure's caption around a block."""
    found = None
    for each in node.ancestors() if node is not None else ():
        if not each.inside & Inside.FIGCAPTION:
            break
        found = each
    return found


def split_decision(
    decision: Decision, marked: Sequence[str] = (), alone: Sequence[str] = ()
) -> Split:
    """A caption's text without its credit, and the credits.

    The text is cut where the evidence's `tail` part begins (the credit with its label and
    brackets), or at the credit itself, if a rule of the user's own says so; else by what a
    caption's own words and form say, and where these say nothing, by a shared rule.
    """
    ruled = _ruled(decision)
    if ruled is not None and any(e.level >= _OWN_LEVEL for e in decision.evidence):
        return ruled
    # "Image caption The crew …": the rule points out what is behind the label.
    text = part(decision, "text") or decision.block.text.strip()
    split = split_caption(text, marked, alone)
    return ruled if ruled is not None and not split.credits else split


def _ruled(decision: Decision) -> Split | None:
    """What the rules say of a caption's credit; where two see one, the one that sees more of
    it is right."""
    text = decision.block.text
    tails = []
    for evidence in decision.evidence:
        parts = {piece.name: piece for piece in evidence.parts}
        if "credit" in parts:
            credit = parts["credit"]
            tails.append((parts.get("tail", credit).start, credit))
    if not tails:
        return None
    cut, credit = min(tails, key=lambda tail: tail[0])
    found = credits_of(text[credit.start : credit.end])
    return Split(text[:cut].rstrip(_EDGES), tuple(found))


def _credits(decision: Decision) -> tuple[Credit, ...]:
    """The credits of a block that is nothing but credits."""
    if is_label(decision.block.text):
        return ()
    split = split_caption(decision.block.text)
    if split.credits and not split.text:
        return split.credits
    return tuple(credits_of(part(decision, "credit") or decision.block.text))


def with_credits(caption: Caption, more: Iterable[Credit]) -> Caption:
    """A caption with more credits, each once."""
    parts = {words_key(credit.text): credit for credit in more}
    parts = {words_key(credit.text): credit for credit in caption.credit_parts} | parts
    found = tuple(parts.values())
    return caption._replace(credits=tuple(each.text for each in found), credit_parts=found)


def _merged(captions: Iterable[Caption]) -> Iterator[Caption]:
    """The captions, each once: the lead picture that the page shows twice, the copy in a
    gallery, a picture for each size of screen."""
    found: dict[str, Caption] = {}
    by_image: dict[str, str] = {}
    for caption in captions:
        key = _picture_key(caption, by_image)
        first = found.get(key)
        if first is None:
            found[key] = caption
            continue
        if caption.text and not first.text:
            # From here on the picture is known by its caption.
            del found[key]
            key = words_key(caption.text)
            if caption.image is not None:
                by_image[caption.image.src] = key
        joined = with_credits(first, caption.credit_parts)
        found[key] = joined._replace(
            text=first.text or caption.text,
            title=first.title or caption.title,
            image=first.image or caption.image,
        )
    yield from found.values()


def _picture_key(caption: Caption, by_image: dict[str, str]) -> str:
    """What two captions of one picture have in common; `by_image` are the keys so far."""
    src = caption.image.src if caption.image is not None else ""
    # Pictures of one agency without captions are several.
    key = words_key(caption.text) or f"{_NO_TEXT}{words_key(' '.join(caption.credits))}{src}"
    known = by_image.setdefault(src, key) if src else key
    # A credit alone, or a copy with a note in it, adds no caption to that of its picture.
    bare = _NO_TEXT in (known[0], key[0])
    return known if bare or key in known or known in key else key
