"""Scrapy: an item pipeline that cleans what a spider scraped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cleaner import Article, Limits

from .setup import Setup

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_LOG = logging.getLogger(__name__)
_FIELDS = {"text": "text"}
# What stands for all fields together.
_WHOLE = "article"


class CleanPipeline:
    """Cleans one field of each item and writes the article to others.

    Settings, with what holds where they are not set:

    - `CLEANER_SOURCE_FIELD` ("html"): the field with the clip, text or bytes.
    - `CLEANER_URL_FIELD` ("url"): the field with its address.
    - `CLEANER_FIELDS` ({"text": "text"}): which fields of the article (those of
      `Article.to_dict`) go to which fields of the item; "article" is the whole of it.
    - `CLEANER_KIND` ("auto"), `CLEANER_RULES` ([]), `CLEANER_LANGUAGES` (None),
      `CLEANER_FAVOR` ("balanced"), `CLEANER_MODEL` (None): as for `cleaner.Cleaner`.
    - `CLEANER_LIMITS` ({}): those fields of `cleaner.Limits` that are not to have their defaults.

    An item without the source field passes as it is. So does one on which cleaning fails; the
    log says why. Statistics: `cleaner/items/cleaned`, `…/failed`, `…/skipped`, and the blocks of
    all clips as `cleaner/blocks/kept`, `…/moved` (to metadata), `…/removed`, `…/removed/LABEL`.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Raises `PackError`, `ModelError` and `ValueError` as `Cleaner` does, `ValueError` for a
        field that an article or `Limits` has not, and `ImportError` where Scrapy is missing."""
        try:
            from itemadapter import ItemAdapter
        except ImportError as error:
            raise ImportError(
                "Scrapy is missing: pip install 'web-clip-cleaner[scrapy]'"
            ) from error
        settings = crawler.settings
        self._adapter = ItemAdapter
        self._stats = crawler.stats
        self._source = settings.get("CLEANER_SOURCE_FIELD", "html")
        self._url = settings.get("CLEANER_URL_FIELD", "url")
        self._fields: Mapping[str, str] = settings.getdict("CLEANER_FIELDS", _FIELDS)
        self._kind = settings.get("CLEANER_KIND", "auto")
        languages = settings.getlist("CLEANER_LANGUAGES")
        self._cleaner = Setup(
            rules=tuple(settings.getlist("CLEANER_RULES")),
            languages=tuple(languages) or None,
            favor=settings.get("CLEANER_FAVOR", "balanced"),
            model=settings.get("CLEANER_MODEL"),
            limits=_limits(settings.getdict("CLEANER_LIMITS")),
        ).cleaner()
        known = self._cleaner.clean("").to_dict().keys() | {_WHOLE}
        if unknown := sorted(self._fields.keys() - known):
            raise ValueError(f"CLEANER_FIELDS: an article has no field {unknown[0]!r}")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanPipeline:
        """What Scrapy calls."""
        return cls(crawler)

    def process_item(self, item: Any, spider: Any = None) -> Any:  # noqa: ARG002  # older Scrapy
        """The item, with its article where it has a clip."""
        adapter = self._adapter(item)
        source = adapter.get(self._source)
        if source is None:
            self._count("items/skipped")
            return item
        url = adapter.get(self._url)
        try:
            article = self._cleaner.clean(source, self._kind, None if url is None else str(url))
            written = self._written(article)
            # All fields are looked up before one is set: a failure leaves the item as it was.
            new = {target: written[name] for name, target in self._fields.items()}
            self._write(adapter, new)
        except Exception as error:  # noqa: BLE001  # one item must not end a crawl
            self._count("items/failed")
            _LOG.warning("not cleaned: %s: %s: %s", url, type(error).__name__, error)
            return item
        self._count("items/cleaned")
        self._count_blocks(article)
        return item

    def _written(self, article: Article) -> dict[str, Any]:
        """The fields that are asked for; what the others would cost is not paid."""
        if _WHOLE not in self._fields:
            return article.to_dict(tuple(self._fields))
        written = article.to_dict()
        return {**written, _WHOLE: written}

    def _write(self, adapter: Any, new: Mapping[str, Any]) -> None:
        before = {name: adapter[name] for name in new if name in adapter}
        try:
            for name, value in new.items():
                adapter[name] = value
        except KeyError:  # an item class that does not declare the field
            for name in new:
                adapter.pop(name, None)
            adapter.update(before)
            raise

    def _count_blocks(self, article: Article) -> None:
        for decision in article.decisions:
            action, label = decision.action.value, decision.label.value
            self._count(f"blocks/{_COUNTED[action]}")
            if action == "remove":
                self._count(f"blocks/removed/{label}")

    def _count(self, name: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"cleaner/{name}")


def _limits(given: Mapping[str, float]) -> Limits:
    known = {field.name for field in fields(Limits)}
    if unknown := sorted(given.keys() - known):
        raise ValueError(f"CLEANER_LIMITS: there is no limit {unknown[0]!r}")
    return Limits(**given)  # type: ignore[arg-type]  # counts are whole numbers, as given


_COUNTED = {"keep": "kept", "metadata": "moved", "remove": "removed"}
