"""The article: what a clip and its decisions amount to.

`assemble` is pure: the same clip and decisions give the same article, so that an explanation
replays and a person's correction is just another decision.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import dates, metadata, recordings
from .asked import ask_htmldate, ask_trafilatura
from .authors import authors
from .captions import Caption
from .clip import Block, Clip, Origin
from .credits import Credit
from .decision import Decision, Evidence
from .headline import headline, standing, without_tail
from .labels import Action, Label
from .language import detected
from .metadata import Dateline
from .page import Page, read_page
from .page_captions import page_captions
from .recordings import Audio, Video
from .render import markdown_text, picture_block, plain_text

SCHEMA_VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")

__all__ = [
    "Article",
    "Audio",
    "Caption",
    "Credit",
    "Dateline",
    "Video",
    "article_schema",
    "assemble",
]


@dataclass(frozen=True)
class Article:
    """A cleaned clip.

    `text` is there at once. Captions and videos, and what the page says of itself (title, byline,
    dates, site), are read when one of those fields is first asked for, or when the article is
    written out. Where a page names no author or no date, trafilatura looks for them, which costs
    as much as half an extraction.
    """

    clip: Clip
    decisions: tuple[Decision, ...]
    text: str

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
        """The headline: of what the page gives as its title, without the name of the site,
        what stands above the story; else the block that was found to be it."""
        titles, stands = self._page.titles or self._found.titles, standing(self.decisions)
        if not titles and stands.found is not None:
            lines = (block.text for block in self.clip.blocks)
            return without_tail(stands.found.lstrip("#*• "), lines, self.clip.url)
        found = headline(titles, stands, self.site)
        if titles and self.kind != "html" and len(found or "") > len(titles[0]):
            # A note's front matter and a mail's subject are whole: nothing of the text is added.
            return titles[0]
        return found

    @property
    def subtitle(self) -> str | None:
        """The line under the headline, where a block was found to be it, or a clip's front
        matter gives it."""
        return metadata.block_text(self.decisions, Label.SUBTITLE) or self._page.description

    @functools.cached_property
    def byline(self) -> list[str]:
        """The authors' names, from the clip's own byline or the page's metadata."""
        page, own = self._page, metadata.names(self.decisions)
        if not (own or page.authors or page.groups):
            page = self._found
        return authors(own, page.authors, page.groups, page.sure)

    @property
    def dateline(self) -> Dateline | None:
        """The place, and the agency if one is named, that the story's first line opens with."""
        return metadata.dateline(self.decisions)

    @functools.cached_property
    def captions(self) -> tuple[Caption, ...]:
        """The captions of the story's pictures, in order, each once. What the page says of a
        picture in its JSON-LD or in an attribute fills in what it does not show."""
        page = self._page if self.clip.kind == "html" else Page()
        names = (*page.titles, page.site, self.clip.facts.get("description"))
        return page_captions(self.clip, self.decisions, names)

    @functools.cached_property
    def videos(self) -> tuple[Video, ...]:
        """The videos that the page offers in or beside the article, in order, each once."""
        return recordings.videos(self.decisions, self.clip.facts.get("json_ld", ""))

    @functools.cached_property
    def audio(self) -> tuple[Audio, ...]:
        """What can be listened to: the article read aloud, other recordings."""
        return recordings.audio(self.decisions, self.clip.facts.get("json_ld", ""))

    @property
    def corrections(self) -> list[str]:
        """Corrections, clarifications and editor's notes, as they stand in the clip."""
        return metadata.noted(self.decisions, Label.CORRECTION)

    @property
    def author_bios(self) -> list[str]:
        """What the clip says of its authors beside the story."""
        return metadata.noted(self.decisions, Label.AUTHOR_BIO)

    @property
    def sources(self) -> list[str]:
        """Sign-offs: who reported and edited, which agency, where it appeared first."""
        return metadata.noted(self.decisions, Label.SOURCE)

    @property
    def reading_minutes(self) -> int | None:
        """How many minutes the clip says the story takes to read."""
        return metadata.reading_minutes(self.decisions)

    def without_dateline(self) -> str:
        """`text` without the place and agency that its first line opens with."""
        return metadata.without_dateline(self.text, self.decisions)

    @functools.cached_property
    def published(self) -> str | None:
        """The date of publication, ISO 8601, with the time where the clip or its page has it."""
        return self._date("published", self._page.published) or self._found_date

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

    @functools.cached_property
    def language(self) -> str | None:
        """The language that the caller or the clip names, as they name it (`en`, `de-AT`); else
        the one whose function words its text has most of, of those that the rules know; else the
        one that py3langid finds, where the extra `language` is installed."""
        facts = self.clip.facts
        return facts.get("language") or facts.get("main_language") or detected(self.text)

    @property
    def site(self) -> str | None:
        """The name of the site, where the page's metadata has one."""
        return self._page.site

    @functools.cached_property
    def _page(self) -> Page:
        return read_page(self.clip)

    @functools.cached_property
    def _found(self) -> Page:
        """What trafilatura finds, asked where neither the page's head nor a block says it."""
        return ask_trafilatura(self.clip)

    @property
    def _found_date(self) -> str | None:
        """What htmldate finds, asked in the same case."""
        return ask_htmldate(self.clip)

    def to_dict(self, fields: Collection[str] | None = None) -> dict[str, Any]:
        """The whole article as plain data: what `json.loads` makes of `to_json`.

        `fields` names those that are wanted, where not all are; what the others would cost is
        then not paid. A lone surrogate, which no file can hold, is a U+FFFD here, so that offsets
        stay true. `schema_version` counts up when a field changes its meaning.

        Raises `ValueError` for a field that articles do not have.
        """
        if fields is None:
            fields = _WRITTEN
        elif unknown := [name for name in fields if name not in _WRITTEN]:
            raise ValueError(f"no field {unknown[0]!r}: give of {', '.join(_WRITTEN)}")
        written = {name: write(self) for name, write in _WRITTEN.items() if name in fields}
        return {name: v if name in _PLAIN else _plain(v) for name, v in written.items()}

    def to_json(self, indent: int | None = None, fields: Collection[str] | None = None) -> str:
        """`to_dict(fields)` as JSON, one line unless `indent` says otherwise."""
        return json.dumps(self.to_dict(fields), ensure_ascii=False, indent=indent)

    def to_markdown(self, images: bool = False) -> str:
        """The headline and the text as markdown, under front matter with the metadata that is
        known; `images`: with the pictures where they stood, each over its caption. A lone surrogate
        is a U+FFFD."""
        shown: list[tuple[Block, Label]] = []
        pictures = list(self.captions) if images else []
        for decision in self.decisions:
            if decision.action is Action.KEEP or decision.label is Label.HEADLINE:
                shown.append((decision.block, decision.label))
                here = [c for c in pictures if c.after in (None, decision.block.index)]
                shown += [(picture_block(c), Label.CAPTION) for c in here if c.image or c.text]
                pictures = [c for c in pictures if c not in here]
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
            # What was only guessed is no fact of the clip.
            "lang": self.clip.facts.get("language"),
        }
        return {key: value for key, value in fields.items() if value}


def article_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `Article.to_dict` gives."""
    text = Path(__file__).with_name("article.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


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
    # Not `Mapping`: an abstract class takes long to say that a value is none.
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):  # the union takes twice as long
        return [_plain(each) for each in value]
    return value


def _caption_dict(caption: Caption) -> dict[str, Any]:
    return {
        "text": caption.text,
        "title": caption.title,
        "credits": caption.credits,
        "credit_parts": [credit._asdict() for credit in caption.credit_parts],
        "image": None if caption.image is None else caption.image._asdict(),
        "after": caption.after,
    }


def _video_dict(video: Video | Audio) -> dict[str, Any]:
    seconds = None if video.duration is None else video.duration.total_seconds()
    return {"title": video.title, "duration": seconds, "after": video.after}


def _decision_dict(decision: Decision) -> dict[str, Any]:
    """A decision as JSON knows it, without `_plain`, which would look at the thousands of values
    that decisions are."""
    block = decision.block
    return {
        "block": block.index,
        "text": encodable(block.text),
        "kind": block.kind.value,
        "span": block.span and list(block.span),
        "images": [_plain(image._asdict()) for image in block.images],
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
        "span": evidence.span and list(evidence.span),
        "language": evidence.language,
        "score": None if evidence.score is None else round(evidence.score, 3),
        "weights": [{"features": name, "log_odds": odds} for name, odds in evidence.weights],
    }


# The fields that are written as JSON knows them.
_PLAIN = frozenset({"schema_version", "decisions"})
# The fields of `to_dict`, and how each is written. Metadata is worked out when it is asked for.
_WRITTEN: Mapping[str, Callable[[Article], Any]] = MappingProxyType(
    {
        "schema_version": lambda _: SCHEMA_VERSION,
        "kind": lambda article: article.kind,
        "url": lambda article: article.url,
        "origin": lambda article: None if article.origin is None else asdict(article.origin),
        "title": lambda article: article.title,
        "subtitle": lambda article: article.subtitle,
        "byline": lambda article: article.byline,
        "dateline": lambda article: (
            None if article.dateline is None else article.dateline._asdict()
        ),
        "published": lambda article: article.published,
        "modified": lambda article: article.modified,
        "language": lambda article: article.language,
        "site": lambda article: article.site,
        "text": lambda article: article.text,
        "captions": lambda article: [_caption_dict(caption) for caption in article.captions],
        "videos": lambda article: [_video_dict(video) for video in article.videos],
        "audio": lambda article: [_video_dict(audio) for audio in article.audio],
        "corrections": lambda article: article.corrections,
        "author_bios": lambda article: article.author_bios,
        "sources": lambda article: article.sources,
        "reading_minutes": lambda article: article.reading_minutes,
        "decisions": lambda article: [_decision_dict(decision) for decision in article.decisions],
    }
)
