"""Which captions of a page are this story's: decided in context, when all else is decided.

A caption is known by the element or the class around it; whether it is this story's is not:
teasers have captions too, and what stands beside a picture is often named like a teaser. So
captions are looked at once more, from where the kept text stands: inside of the story a
figure's caption is one, whatever its class says; without a picture near it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import islice

from .captions import credited
from .clip import Block, Clip, Image, Inside, Kind, Node
from .credits import credit_line, is_cued, split_caption
from .decision import Decision, Evidence
from .labels import Action, Label
from .shape import count_words, elements_holding, ends_sentence
from .surroundings import beginning_key, depth, in_address, in_button, is_linked, is_named, is_stamp

FIGURE = "context.figure"
BESIDE_PICTURE = "context.beside-picture"
ALTERNATIVE = "context.alternative-text"
COPY = "context.caption-copy"
NO_PICTURE = "context.no-picture"
OTHER_STORY = "context.other-story"

# A rule of the user's own or of a site is not judged again.
_OWN_LEVEL = 2
# The story's element is the innermost that holds this share of the kept text.
_STORY_SHARE = 0.9
# So near before a block, and so many elements up, a picture is looked for.
_NEAR, _UP = 3, 4
_CAPTION_WORDS = (1, 90)
_SENTENCE_WORDS, _SURELY_TEXT, _CREDITED_WORDS = 5, 0.95, 45
_ALT_CHARS = 12
_HEAD_CHARS = 16
_LEAD_BLOCKS = 25
_LEAD_NEAR = 8
_FRAME = Inside.NAV | Inside.ASIDE | Inside.HEADER | Inside.FOOTER
_TEASER_UP = 6
# What stands more often on a page is a button or a label.
_COPIES = 3
_PICTURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:images?|img|photos?|foto|pictures?|pics?|thumb|bild|fig|caption|contentimage"
    r"|newsitem-image|featured|hero|gallery|copyright|credits?)"
    r"|(?<=[a-z])(?:Image|Img|Photo|Picture|Caption|Figure|Credit)",
    re.I,
)
_IMAGE_NAME = re.compile(r"(?:^|[\s_-])(?:images?|img|photo|foto|picture)", re.I)
_CAPTION_NAME = re.compile(r"caption|legende|bildunterschrift|cutline", re.I)
_PERSON_NAME = re.compile(r"(?:^|[\s_-])(?:author|byline|bylines|autor|writer|quote|avatar)", re.I)
_TEASER_NAME = re.compile(r"teaser|related|recommend|promo|newsletter|signup", re.I)
# Words of these labels are no caption, whatever picture they stand beside.
_NEVER = frozenset(
    {
        Label.NEWSLETTER,
        Label.SHARE,
        Label.COMMENTS,
        Label.APP_PROMPT,
        Label.PAYWALL,
        Label.ADVERTISEMENT,
    }
)


def settle_pictures(clip: Clip, decisions: Mapping[int, Decision]) -> dict[int, Decision]:
    """The decisions about a page's captions and credits that where they stand changes."""
    page = _Page(clip, decisions)
    if page.last < 0:
        return {}
    changed: dict[int, Decision] = {}
    for index, decision in decisions.items():
        found = page.judged(index, decision)
        if found is not None and all(each.level < _OWN_LEVEL for each in decision.evidence):
            changed[index] = found
    return changed


class _Page:
    """A page's decisions, and where on it the story stands."""

    def __init__(self, clip: Clip, decisions: Mapping[int, Decision]) -> None:
        self.blocks = clip.blocks
        self._elements = clip.elements
        self.decisions = decisions
        kept = [i for i, d in decisions.items() if d.action is Action.KEEP]
        kept.sort()
        self.kept = kept
        self.first = kept[0] if kept else -1
        self.last = kept[-1] if kept else -1
        titles = [i for i, d in decisions.items() if d.label is Label.HEADLINE]
        self.top = min([*titles[:1], self.first])
        # whether an element, by its id, stands in the story's
        self._in_element: dict[int, bool] = {}
        # whether elements of these names are a picture's
        self._pictured: dict[str, bool] = {}

    def judged(self, index: int, decision: Decision) -> Decision | None:
        if decision.label in (Label.CAPTION, Label.CREDIT):
            return self._doubted(index, decision)
        if decision.action is Action.KEEP:
            return self._found_in_text(index, decision)
        if decision.action is Action.REMOVE or decision.label is Label.BYLINE:
            return self._found_in_chrome(index, decision)
        return None

    # --- captions that are none

    def _doubted(self, index: int, decision: Decision) -> Decision | None:
        block = self.blocks[index]
        if not self._is_in_story(index):
            return _as(decision, Label.RELATED, OTHER_STORY)
        if decision.label is Label.CREDIT:
            return None
        if is_stamp(block.text):
            return _as(decision, Label.TIMESTAMP, NO_PICTURE)
        if in_address(block.node):
            return _as(decision, Label.BYLINE, NO_PICTURE)
        if self._is_no_caption(block):
            return _as(decision, Label.OTHER_CHROME, NO_PICTURE)
        if self._is_named(block, decision) or self._credits(block.text):
            return None
        cued = is_named(block.node, 2, _PICTURE_NAME) or self._is_beside_credit(index)
        if cued and self._has_picture_near(index):
            return None
        standfirst = self.top < index <= self.first + 1 and ends_sentence(block.text)
        label = Label.SUBTITLE if standfirst else Label.OTHER_CHROME
        return _as(decision, label, NO_PICTURE)

    def _is_beside_credit(self, index: int) -> bool:
        """Whether a picture's credit stands under a block, or over one that is no sentence:
        a standfirst, too, follows the credit of the picture over it."""
        beside = (self.decisions.get(index + step) for step in (1, -1))
        under, over = (each is not None and each.label is Label.CREDIT for each in beside)
        return under or (over and not ends_sentence(self.blocks[index].text))

    def _is_no_caption(self, block: Block) -> bool:
        """Whether a block that stands where captions do is the headline, a button, who said
        what the figure quotes, or a list of links."""
        if beginning_key(block.text) in self._titles or is_named(block.node, 3, _PERSON_NAME):
            return True
        if block.inside & Inside.FIGCAPTION:
            return not block.images and (block.kind is Kind.LIST_ITEM or is_linked(block))
        if in_button(block.node) or len(self._texts.get(block.text, ())) > _COPIES:
            return True
        # A class may call the whole head of a story a caption; its headings are none.
        return block.kind is Kind.HEADING and not is_named(block.node, 2, _IMAGE_NAME)

    def _is_named(self, block: Block, decision: Decision) -> bool:
        """Whether an element, a class near the block or a rule of words says what it is."""
        if block.inside & (Inside.FIGURE | Inside.FIGCAPTION):
            return True
        if any(e.source == "element" for e in decision.evidence):
            return is_named(block.node, _UP, _CAPTION_NAME)
        return any(e.source in ("rule", "context", "reader") for e in decision.evidence)

    @cached_property
    def _titles(self) -> frozenset[str]:
        texts = [d.block.text for d in self.decisions.values() if d.label is Label.HEADLINE]
        return frozenset(beginning_key(text) for text in texts)

    @cached_property
    def _texts(self) -> dict[str, list[int]]:
        """Where each text stands on the page, pictures' alternative texts aside."""
        found: dict[str, list[int]] = {}
        for index, decision in self.decisions.items():
            if decision.block.kind is not Kind.IMAGE:
                found.setdefault(decision.block.text, []).append(index)
        return found

    @staticmethod
    def _credits(text: str) -> bool:
        split = split_caption(text)
        return bool(split.credits) and split.sure

    # --- captions among what was removed

    def _found_in_chrome(self, index: int, decision: Decision) -> Decision | None:
        block = self.blocks[index]
        if decision.evidence and decision.evidence[0].source not in ("element", "classifier"):
            return self._rights(index, decision)
        # Where it stands costs least to find out, and most blocks stand elsewhere.
        at_picture = self._is_in_story(index) and self._is_at_picture(index)
        captioned = at_picture or (block.inside & Inside.FIGCAPTION and self._is_in_story(index))
        if not (captioned and self._may_be_caption(block)):
            return None
        if block.inside & Inside.FIGCAPTION and (" " in block.text or len(block.text) > _ALT_CHARS):
            return _as(decision, Label.CAPTION, FIGURE)
        if decision.label in _NEVER or len(self._texts.get(block.text, ())) > _COPIES:
            return None
        if is_named(block.node, _TEASER_UP, _TEASER_NAME) and not self._is_of_lead(index):
            return None
        line = credit_line(block.text)
        if line is not None and line.strength != "name" and at_picture:
            return _as(decision, Label.CREDIT, BESIDE_PICTURE)
        named = self._has_picture_near(index, 2) and is_named(block.node, 2, _PICTURE_NAME)
        named = named and " " in block.text
        if named or (at_picture and (self._says_alternative(index) or self._credits(block.text))):
            return _as(decision, Label.CAPTION, BESIDE_PICTURE)
        return None

    def _rights(self, index: int, decision: Decision) -> Decision | None:
        """A statement of rights that is a picture's and not the page's."""
        block = self.blocks[index]
        if decision.label is not Label.LEGAL or not self._is_in_story(index):
            return None
        named = is_named(block.node, 2, _PICTURE_NAME) and self._has_picture_near(index)
        if not named or credit_line(block.text) is None:
            return None
        return _as(decision, Label.CREDIT, BESIDE_PICTURE)

    def _is_of_lead(self, index: int) -> bool:
        """Whether a block stands in a figure, or at the picture over the story: what is called
        a teaser there is the story's own."""
        block = self.blocks[index]
        if block.inside & Inside.FIGURE:
            return True
        near = self.top - _LEAD_NEAR <= index < self.first
        return near and is_named(block.node, 2, _PICTURE_NAME)

    def _may_be_caption(self, block: Block) -> bool:
        if not block.text or block.kind is Kind.HEADING or is_linked(block) or is_stamp(block.text):
            return False
        if block.inside & (Inside.FORM | Inside.NOSCRIPT) or in_button(block.node):
            return False
        if is_named(block.node, 3, _PERSON_NAME) or in_address(block.node):
            return False
        return _CAPTION_WORDS[0] <= count_words(block.text) <= _CAPTION_WORDS[1]

    # --- captions among what was kept

    def _found_in_text(self, index: int, decision: Decision) -> Decision | None:
        block = self.blocks[index]
        if self._is_between_picture_and_credit(index):
            return _as(decision, Label.CAPTION, BESIDE_PICTURE)
        if block.kind is not Kind.PARAGRAPH or is_linked(block):
            return None
        if not _CAPTION_WORDS[0] <= count_words(block.text) <= _CAPTION_WORDS[1]:
            return None
        if self._is_copy(block.text):
            return _as(decision, Label.CAPTION, COPY)
        if not self._images_near(index):
            return None
        if self._says_alternative(index):
            return _as(decision, Label.CAPTION, ALTERNATIVE)
        shown = self._is_under_picture(index, decision)
        return _as(decision, Label.CAPTION, BESIDE_PICTURE) if shown else None

    def _is_under_picture(self, index: int, decision: Decision) -> bool:
        """Whether a block is the caption of the picture over it, by its words or by the names of
        their elements."""
        block = self.blocks[index]
        if index != self.last and self._has_picture_near(index, 2) and _is_credited(block):
            return True
        # A name under a portrait, a review beside one: only a sentence that the classifier
        # is not sure of is a caption without its picture saying the same.
        chances = [each.score for each in decision.evidence if each.score is not None]
        doubted = bool(chances) and min(chances) < _SURELY_TEXT
        if doubted and self._has_picture_near(index, 2) and is_cued(block.text):
            return True
        doubted = doubted and count_words(block.text) >= _SENTENCE_WORDS
        near = doubted and self._has_picture_near(index, 1)
        near = near and is_named(block.node, 2, _PICTURE_NAME)
        return near and (ends_sentence(block.text) or self._credits(block.text))

    def _is_copy(self, text: str) -> bool:
        """Whether a block says what a figure's caption says, and no more."""
        return (
            text[:_HEAD_CHARS] in self._captions and beginning_key(text) in self._captions.values()
        )

    @cached_property
    def _captions(self) -> dict[str, str]:
        """The figures' captions that are long enough to be none by chance, by their first
        characters."""
        found = {}
        for index, decision in self.decisions.items():
            if decision.label is Label.CAPTION and self.blocks[index].inside & Inside.FIGCAPTION:
                text = split_caption(decision.block.text).text
                if count_words(text) >= _SENTENCE_WORDS:
                    found[text[:_HEAD_CHARS]] = beginning_key(text)
        return found

    def _is_between_picture_and_credit(self, index: int) -> bool:
        """Whether a picture stands right over a block, and its credit right under it."""
        over, under = self.decisions.get(index - 1), self.decisions.get(index + 1)
        if over is None or under is None or under.label is not Label.CREDIT or under.block.images:
            return False
        block = self.blocks[index]
        if over.block.kind is not Kind.IMAGE or over.block.node is None or block.node is None:
            return False
        if count_words(block.text) > _CAPTION_WORDS[1]:
            return False
        # The three stand in one element.
        boxes = list(islice(under.block.node.ancestors() if under.block.node else (), 1, 3))
        return any(each is box for box in boxes for each in islice(block.node.ancestors(), 3))

    # --- where a block stands

    def _is_in_story(self, index: int) -> bool:
        """Whether a block stands in the story: between its headline and its end, or in the
        element that holds it."""
        if self.top <= index <= self.last:
            return True
        if index < self.top - _LEAD_BLOCKS:
            return False
        node = self.blocks[index].node
        inside = self.blocks[index].inside
        if index < self.top and inside & (Inside.ARTICLE | Inside.MAIN):
            return True
        near = self.top - _LEAD_NEAR <= index <= self.last + _LEAD_NEAR
        if near and not inside & _FRAME and not is_linked(self.blocks[index]):
            return True
        return node is not None and self._is_in_element(node)

    def _is_in_element(self, node: Node) -> bool:
        """Whether an element stands in the story's."""
        story, known = self._story, self._in_element
        if story is None:
            return False
        for each in node.unknown(known):
            above = each.parent
            known[id(each)] = each is story or (above is not None and known[id(above)])
        return known[id(node)]

    @cached_property
    def _story(self) -> Node | None:
        """The innermost element that holds most of the kept text."""
        blocks = [self.blocks[index] for index in self.kept]
        holding = elements_holding(self._elements, blocks, _STORY_SHARE).values()
        deepest = max(holding, key=depth, default=None)
        return None if deepest is None or deepest.tag in ("body", "html") else deepest

    def _has_picture_near(self, index: int, near: int = _NEAR) -> bool:
        for other in range(index, max(-1, index - near - 1), -1):
            if self.blocks[other].images:
                return True
            known = self.decisions.get(other) if other != index else None
            if known is not None and known.action is Action.KEEP:
                return False
        return False

    def _is_at_picture(self, index: int) -> bool:
        """Whether a block stands in a figure or in an element that is named as a picture's,
        or right behind a picture or its caption."""
        block = self.blocks[index]
        if block.inside & Inside.FIGURE or self._has_picture_near(index):
            return True
        node, known = block.node, self._pictured
        for _ in range(_UP):
            if node is None:
                return False
            names = node.names
            if names and names not in known:
                known[names] = _PICTURE_NAME.search(names[:200]) is not None
            if names and known[names]:
                return True
            node = node.parent
        return False

    def _images_near(self, index: int) -> list[Image]:
        """The images right before a block, the nearest first, and its own."""
        near = range(index, max(-1, index - _NEAR), -1)
        return [image for other in near for image in self.blocks[other].images]

    def _says_alternative(self, index: int) -> bool:
        """Whether a block says what a picture right before it has for its alternative text."""
        images = self._images_near(index)
        key = beginning_key(self.blocks[index].text) if images else ""
        if len(key) < _ALT_CHARS:
            return False
        alternatives = (beginning_key(image.alt) for image in images)
        return any(
            len(alt) >= _ALT_CHARS and (key.startswith(alt) or alt.startswith(key))
            for alt in alternatives
        )


def _is_credited(block: Block) -> bool:
    """Whether a short block is a sentence that a credit beyond doubt ends. Under a story's last
    line an agency is who reported it."""
    return count_words(block.text) <= _CREDITED_WORDS and credited(block.text) is not None


def _as(decision: Decision, label: Label, reason: str) -> Decision:
    proof = Evidence(label, "context", reason)
    return Decision(decision.block, label, label.action, (proof, *decision.evidence))
