"""The article: what a clip and its decisions amount to.

`assemble` is pure: the same clip and decisions give the same article, so that an explanation
replays and a person's correction is just another decision.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from . import metadata
from .clip import Block, Clip, Image, Kind
from .decision import Decision
from .labels import Action, Label
from .metadata import Caption, Dateline, Video
from .page import Page, read_page
from .render import markdown_text, plain_text

SCHEMA_VERSION = 1

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
    def title(self) -> str | None:
        """The headline: what the page's metadata says, else the block that was found to be it."""
        return self._page.title or metadata.block_text(self.decisions, Label.TITLE)

    @property
    def subtitle(self) -> str | None:
        """The line under the headline, where a block was found to be it."""
        return metadata.block_text(self.decisions, Label.SUBTITLE)

    @functools.cached_property
    def byline(self) -> list[str]:
        """The authors' names, from the clip's own byline or the page's metadata."""
        return metadata.names(self.decisions) or list(self._page.authors)

    @property
    def dateline(self) -> Dateline | None:
        """The place, and the agency if one is named, that the story's first line opens with."""
        return metadata.dateline(self.decisions)

    @functools.cached_property
    def published(self) -> str | None:
        """The date of publication, ISO 8601, with the time where the clip gives one."""
        return metadata.date(self.decisions, "published") or self._page.published

    @functools.cached_property
    def modified(self) -> str | None:
        """The date of the last update, ISO 8601, where the clip gives one."""
        return metadata.date(self.decisions, "modified") or self._page.modified

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
        """The whole article as plain data, ready for JSON. `schema_version` counts up when a
        field changes its meaning."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "url": self.url,
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

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as JSON, one line unless `indent` says otherwise."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def to_markdown(self) -> str:
        """The text as markdown, under front matter with the metadata that is known."""
        return markdown_text(self._front_matter(), kept_blocks(self.decisions))

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


def _caption_dict(caption: Caption) -> dict[str, Any]:
    image: Image | None = caption.image
    return {
        "text": caption.text,
        "title": caption.title,
        "credits": list(caption.credits),
        "image": None if image is None else image._asdict(),
        "after": caption.after,
    }


def _video_dict(video: Video) -> dict[str, Any]:
    seconds = video.duration.total_seconds() if isinstance(video.duration, timedelta) else None
    return {"title": video.title, "duration": seconds, "after": video.after}


def _decision_dict(decision: Decision) -> dict[str, Any]:
    block = decision.block
    return {
        "block": block.index,
        "text": block.text,
        "kind": Kind(block.kind).value,
        "span": block.span,
        "label": decision.label.value,
        "action": decision.action.value,
        "evidence": [
            {
                "source": e.source,
                "id": e.id,
                "label": e.label.value,
                "strength": e.strength,
                "span": e.span,
                "language": e.language,
            }
            for e in decision.evidence
        ],
    }
