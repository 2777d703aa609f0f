"""The article: what a clip and its decisions amount to.

`assemble` is pure: the same clip and decisions give the same article, so that an explanation
replays and a person's correction is just another decision.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import dates, metadata
from .clip import Block, Clip, Origin
from .decision import Decision, Evidence
from .labels import Action, Label
from .metadata import Caption, Dateline, Video
from .page import Page, read_page
from .render import markdown_text, plain_text

SCHEMA_VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")

__all__ = ["Article", "Caption", "Dateline", "Video", "assemble"]


@dataclass(frozen=True)
class Article:
    """A cleaned clip.

    `text`, `captions` and `videos` are there at once. The page's own metadata (title, byline,
    dates, site of an HTML clip, read by trafilatura) is worked out when one of those fields
    is first read, or when the article is written out: it costs as much as half an extraction.
    """

    clip: Clip
    decisions: tuple[Decision, ...]
    text: str
    captions: tuple[Caption, ...]
    videos: tuple[Video, ...]

    @property
    def kind(self) -> str:
        """The kind of clip that this was read as: a wrong guess shows here."""
        return self.clip.kind

    @property
    def url(self) -> str | None:
        """Where the clip came from, by the caller or by the clip itself."""
        return self.clip.url or self._page.url

    @property
    def origin(self) -> Origin | None:
        """How the page was saved and when, and what had to be repaired or could not be read;
        None for a plain page or text."""
        return self.clip.origin

    @functools.cached_property
    def title(self) -> str | None:
        """The headline: what the page's metadata says, without the name of the site behind
        it, else the block that was found to be it."""
        block = metadata.block_text(self.decisions, Label.TITLE)
        block = block or metadata.block_text(self.decisions, Label.HEADLINE)
        if not self._page.title:
            return block
        headings = [d.block.text for d in self.decisions if d.block.level == 1]
        own = [block, *headings] if block else headings
        return metadata.headline(self._page.title, own, self._page.site)

    @property
    def subtitle(self) -> str | None:
        """The line under the headline, where a block was found to be it, or a clip's front
        matter gives it."""
        return metadata.block_text(self.decisions, Label.SUBTITLE) or self._page.description

    @functools.cached_property
    def byline(self) -> list[str]:
        """The authors' names, from the clip's own byline or the page's metadata."""
        own, page = metadata.names(self.decisions), list(self._page.authors)
        line = metadata.block_text(self.decisions, Label.BYLINE) or ""
        # The page knows where a name ends that stands in the byline.
        if not own or (len(page) >= len(own) and all(name in line for name in page)):
            return page
        return own

    @property
    def dateline(self) -> Dateline | None:
        """The place, and the agency if one is named, that the story's first line opens with."""
        return metadata.dateline(self.decisions)

    @functools.cached_property
    def published(self) -> str | None:
        """The date of publication, ISO 8601, with the time where the clip or its page has it."""
        return self._date("published", self._page.published)

    @functools.cached_property
    def modified(self) -> str | None:
        """The date of the last update, ISO 8601, where the clip or its page has one."""
        return self._date("modified", self._page.modified)

    def _date(self, which: str, page: str | None) -> str | None:
        """The page's date where it is exact; else the clip's own stamp."""
        if dates.has_time(page):
            return page
        code = (self.language or "")[:2].lower() or None
        return dates.best([metadata.date(self.decisions, which, code), page])

    @property
    def language(self) -> str | None:
        """The language that the clip declares, as it declares it (`en`, `de-AT`)."""
        return self.clip.facts.get("language") or None

    @property
    def site(self) -> str | None:
        """The name of the site, where the page's metadata has one."""
        return self._page.site

    @functools.cached_property
    def _page(self) -> Page:
        return read_page(self.clip)

    def to_dict(self) -> dict[str, Any]:
        """The whole article as plain data: what `json.loads` makes of `to_json`.

        A lone surrogate, which no file can hold, is a U+FFFD here, so that offsets stay true.
        `schema_version` counts up when a field changes its meaning.
        """
        data = {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "url": self.url,
            "origin": None if self.origin is None else asdict(self.origin),
            "title": self.title,
            "subtitle": self.subtitle,
            "byline": self.byline,
            "dateline": None if self.dateline is None else self.dateline._asdict(),
            "published": self.published,
            "modified": self.modified,
            "language": self.language,
            "site": self.site,
            "text": self.text,
            "captions": [_caption_dict(caption) for caption in self.captions],
            "videos": [_video_dict(video) for video in self.videos],
            "decisions": [_decision_dict(decision) for decision in self.decisions],
        }
        return {key: _plain(value) for key, value in data.items()}

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as JSON, one line unless `indent` says otherwise."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def to_markdown(self) -> str:
        """The headline and the text as markdown, under front matter with the metadata that is
        known; a lone surrogate is a U+FFFD."""
        shown = [
            (d.block, d.label)
            for d in self.decisions
            if d.action is Action.KEEP or d.label is Label.HEADLINE
        ]
        return encodable(markdown_text(self._front_matter(), shown))

    def _front_matter(self) -> dict[str, Any]:
        fields = {
            "title": self.title,
            "description": self.subtitle,
            "author": self.byline,
            "date": self.published,
            "updated": self.modified,
            "source": self.url,
            "site": self.site,
            "lang": self.language,
        }
        return {key: value for key, value in fields.items() if value}


def assemble(clip: Clip, decisions: Sequence[Decision]) -> Article:
    """The article that `decisions`, one for each block of `clip` in order, make of it.

    Raises `ValueError` where there is not one decision for each block.
    """
    if len(decisions) != len(clip.blocks):
        raise ValueError(f"{len(decisions)} decisions for {len(clip.blocks)} blocks")
    return Article(
        clip=clip,
        decisions=tuple(decisions),
        text=plain_text(clip.kind, kept_blocks(decisions)),
        captions=metadata.captions(decisions),
        videos=metadata.videos(decisions),
    )


def kept_blocks(decisions: Sequence[Decision]) -> list[tuple[Block, Label]]:
    """The blocks that stay in the text, with their labels."""
    return [(d.block, d.label) for d in decisions if d.action is Action.KEEP]


def encodable(text: str) -> str:
    """`text` as it can be written to a file: U+FFFD for each lone surrogate."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _plain(value: Any) -> Any:
    """`value` as JSON knows it: lists for tuples, strings that can be encoded."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _caption_dict(caption: Caption) -> dict[str, Any]:
    return {
        "text": caption.text,
        "title": caption.title,
        "credits": caption.credits,
        "image": None if caption.image is None else caption.image._asdict(),
        "after": caption.after,
    }


def _video_dict(video: Video) -> dict[str, Any]:
    seconds = None if video.duration is None else video.duration.total_seconds()
    return {"title": video.title, "duration": seconds, "after": video.after}


def _decision_dict(decision: Decision) -> dict[str, Any]:
    block = decision.block
    return {
        "block": block.index,
        "text": block.text,
        "kind": block.kind.value,
        "span": block.span,
        "images": [image._asdict() for image in block.images],
        "label": decision.label.value,
        "action": decision.action.value,
        "evidence": [_evidence_dict(evidence) for evidence in decision.evidence],
    }


def _evidence_dict(evidence: Evidence) -> dict[str, Any]:
    return {
        "source": evidence.source,
        "id": evidence.id,
        "label": evidence.label.value,
        "strength": evidence.strength,
        "span": evidence.span,
        "language": evidence.language,
        "score": None if evidence.score is None else round(evidence.score, 3),
        "weights": [{"features": name, "log_odds": odds} for name, odds in evidence.weights],
    }
