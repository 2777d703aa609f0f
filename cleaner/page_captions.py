"""The captions of a page, with what it says of its pictures outside of its text.

What the page shows goes before: data fills in what a shown picture lacks, and adds a caption
only to a picture that stands in the story, or where the picture over it has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .captions import Caption, captions_of, with_credits
from .clip import Clip, Image
from .credits import Credit, credits_of, split_caption
from .decision import Decision
from .labels import Action, Label
from .said import SaidPicture, attribute_pictures, json_ld_pictures
from .shape import count_words, words_key

# A picture stands so many blocks over the story's first or below its last.
_NEAR = 8
_FEWEST_WORDS = 3
# Names of files shorter than this, and without a number, are those of many pictures.
_NAME_CHARS, _WORDY_NAME_CHARS = 6, 14
_SIZE = re.compile(r"(?:[-_]\d{2,5}x\d{2,5}|[-_@]\dx|-scaled)+$", re.I)
_SUFFIX = re.compile(r"\.[a-z]{3,5}$", re.I)
# A text is said by another where it is so large a part of it.
_SAYS_SHARE = 0.6
_NO_WORDS = re.compile(r"https?://|\.(?:jpe?g|png|webp|gif)$|^[\w-]+$", re.I)


def page_captions(
    clip: Clip, decisions: Sequence[Decision], names: Iterable[str | None] = ()
) -> tuple[Caption, ...]:
    """The captions in order; `names` are what the page calls itself, its story and its site: a
    picture's data often repeats them, which makes no caption."""
    shown = captions_of(decisions, clip.credits)
    said = _said(clip)
    return tuple(_Filled(shown, decisions, names).with_all(said)) if said else shown


def _said(clip: Clip) -> list[SaidPicture]:
    if clip.kind != "html":
        return []
    scripts = clip.facts.get("json_ld", "")
    found = json_ld_pictures(scripts) if "mage" in scripts else []
    return [*attribute_pictures(clip.source), *found]


class _Filled:
    """The captions that a page shows, being filled in."""

    def __init__(
        self,
        shown: Sequence[Caption],
        decisions: Sequence[Decision],
        names: Iterable[str | None],
    ) -> None:
        self.captions = list(shown)
        self.names = [words_key(name) for name in names if name]
        self.pictures = dict(_pictures(decisions))
        kept = (d.block.text for d in decisions if d.action is Action.KEEP)
        self.kept = words_key(" ".join(kept))
        # What stands at the picture over the story says whose it is, if anything does.
        self.lead = any(each.after is None for each in shown)
        self.added: list[Caption] = []

    def with_all(self, said: Iterable[SaidPicture]) -> list[Caption]:
        for picture in said:
            self._take(picture)
        order = {caption.after: None for caption in self.added}
        for after in order:
            new = [caption for caption in self.added if caption.after == after]
            place = sum(_before(caption.after, after) for caption in self.captions)
            self.captions[place:place] = new
        return self.captions

    def _take(self, said: SaidPicture) -> None:
        split = split_caption(said.text)
        text = split.text if self._may_be_caption(split.text) else ""
        found = (*split.credits, *self._credits(said))
        at = self._shown(text, _file(said.src))
        if at is not None:
            self.captions[at] = _filled(self.captions[at], text, found)
        elif text and not self._is_said(text):
            after = self.pictures.get(_file(said.src), self)
            if after is not self or (said.of_story and not self.lead):
                place = after if isinstance(after, int) else None
                self.lead = self.lead or place is None
                image = Image(said.src, "")
                self.added.append(with_credits(Caption(text, None, (), image, place), found))

    def _shown(self, text: str, file: str) -> int | None:
        """Which of the captions is this picture's."""
        key = words_key(text)
        for at, caption in enumerate(self.captions):
            if key and _says(words_key(caption.text), key):
                return at
        for at, caption in enumerate(self.captions):
            if file and caption.image is not None and _file(caption.image.src) == file:
                return at
        return None

    def _credits(self, said: SaidPicture) -> list[Credit]:
        found = credits_of(said.credit) if said.credit else []
        return [each for each in found if words_key(each.text) not in self.names]

    def _may_be_caption(self, text: str) -> bool:
        if count_words(text) < _FEWEST_WORDS or _NO_WORDS.search(text):
            return False
        key = words_key(text)
        return not any(_says(name, key) or _says(key, name) for name in self.names)

    def _is_said(self, text: str) -> bool:
        """Whether the story, or a caption that was added, says it."""
        key = words_key(text)
        return key in self.kept or any(_says(words_key(c.text), key) for c in self.added)


def _filled(caption: Caption, text: str, found: Sequence[Credit]) -> Caption:
    if not caption.text and text:
        caption = caption._replace(text=text)
    return caption if caption.credits else with_credits(caption, found)


def _pictures(decisions: Sequence[Decision]) -> Iterator[tuple[str, int | None]]:
    """The files of the pictures that stand in the story, and the kept block before each."""
    kept = [at for at, each in enumerate(decisions) if each.action is Action.KEEP]
    if not kept:
        return
    after: int | None = None
    for decision in decisions[max(0, kept[0] - _NEAR) : kept[-1] + _NEAR]:
        if decision.action is Action.KEEP:
            after = decision.block.index
        elif decision.label not in (Label.IMAGE, Label.CAPTION, Label.CREDIT):
            continue
        for image in decision.block.images:
            file = _file(image.src)
            if file:
                yield file, after


def _file(src: str) -> str:
    """The name of a picture's file without its size and suffix; empty where it tells nothing."""
    name = src.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    name = _SIZE.sub("", _SUFFIX.sub("", name)).casefold()
    telling = len(name) >= _WORDY_NAME_CHARS or any(map(str.isdigit, name))
    return name if telling and len(name) >= _NAME_CHARS else ""


def _says(text: str, other: str) -> bool:
    """Whether a text says another, and not much more; both are keys."""
    return bool(other) and other in text and len(other) >= _SAYS_SHARE * len(text)


def _before(after: int | None, other: int | None) -> bool:
    return (-1 if after is None else after) <= (-1 if other is None else other)
