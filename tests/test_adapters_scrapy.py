"""The Scrapy pipeline in a real crawl of a server on this machine. A crawl has a process of its
own: Twisted's reactor cannot be started twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import cleaner

from .corpus import ROOT, SEEDS

pytest.importorskip("scrapy", reason="Scrapy is not installed: the extra `scrapy`")

SPIDER = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

address, out, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])

class Story(scrapy.Item):
    html, url, text = scrapy.Field(), scrapy.Field(), scrapy.Field()

class Spider(scrapy.Spider):
    name = "stories"
    start_urls = [address]
    def parse(self, response):
        for href in response.css("a::attr(href)").getall():
            yield response.follow(href, self.parse_story)
        yield {"note": "an index, without a clip"}
        yield {"html": 17, "url": "https://osk.example/number"}
    def parse_story(self, response):
        fields = {"html": response.body, "url": response.url}
        yield Story(fields) if response.url.endswith("story.html") else fields

process = CrawlerProcess({
    "ITEM_PIPELINES": {"cleaner.adapters.scrapy.CleanPipeline": 300},
    "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": False,
    **settings,
})
items = []
crawler = process.create_crawler(Spider)
def take(item):
    items.append(dict(item))
crawler.signals.connect(take, scrapy.signals.item_scraped)  # which holds it weakly
process.crawl(crawler)
process.start()
with open(out, "w") as file:
    json.dump([items, crawler.stats.get_stats()], file, default=repr)
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A server with an index, a page whose item declares its fields, and one whose does not."""
    folder = tmp_path / "site"
    folder.mkdir()
    for name in ("library.html", "story.html"):
        (folder / name).write_bytes((SEEDS / "library.html").read_bytes())
    (folder / "index.html").write_text("<a href=library.html>1</a> <a href=story.html>2</a>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


def crawl(site: str, tmp_path: Path, **settings: Any) -> tuple[list[dict[str, Any]], Any, str]:
    """The items and statistics of a crawl, and what it logged."""
    out, spider = tmp_path / "crawl.json", tmp_path / "spider.py"
    spider.write_text(SPIDER)
    done = subprocess.run(
        [sys.executable, str(spider), site, str(out), json.dumps(settings)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    items, stats = json.loads(out.read_text()) if out.exists() else ([], {})
    return items, stats, done.stderr


def test_items_get_the_text_and_statistics_count(site: str, tmp_path: Path) -> None:
    items, stats, log = crawl(site, tmp_path)
    source = (SEEDS / "library.html").read_bytes()
    expected = cleaner.clean(source)
    assert [item["text"] for item in items if "text" in item] == [expected.text] * 2
    assert {"note": "an index, without a clip"} in items
    assert {"html": 17, "url": "https://osk.example/number"} in items
    assert "https://osk.example/number: InputError" in log
    assert stats["cleaner/items/cleaned"] == 2
    assert stats["cleaner/items/failed"] == 1
    assert stats["cleaner/items/skipped"] == 1
    actions = [decision.action for decision in expected.decisions]
    for name, action in (("kept", "keep"), ("moved", "metadata"), ("removed", "remove")):
        assert stats[f"cleaner/blocks/{name}"] == 2 * actions.count(cleaner.Action(action)) > 0
    assert "cleaner/blocks/removed/navigation" in stats


def test_fields_are_named_by_settings_and_an_item_that_lacks_one_stays(
    site: str, tmp_path: Path
) -> None:
    fields = {"text": "text", "title": "headline", "article": "whole"}
    items, stats, log = crawl(site, tmp_path, CLEANER_FIELDS=fields, CLEANER_FAVOR="precision")
    source = (SEEDS / "library.html").read_bytes()
    (cleaned,) = [item for item in items if "headline" in item]
    expected = cleaner.Cleaner(favor="precision").clean(source, url=cleaned["url"]).to_dict()
    assert cleaned["headline"] == expected["title"]
    assert cleaned["whole"] == expected
    (other,) = [item for item in items if str(item.get("url")).endswith("story.html")]
    assert set(other) == {"html", "url"}
    assert "KeyError" in log
    assert stats["cleaner/items/failed"] == 2


def test_an_item_above_a_limit_stays_as_it_is(site: str, tmp_path: Path) -> None:
    items, stats, log = crawl(site, tmp_path, CLEANER_LIMITS={"input_bytes": 1000})
    assert not any("text" in item for item in items)
    assert stats["cleaner/items/failed"] == 3
    assert "library.html: InputLimitError: " in log


def test_a_limit_that_there_is_not_is_named_at_the_start(site: str, tmp_path: Path) -> None:
    items, _, log = crawl(site, tmp_path, CLEANER_LIMITS={"bytes": 1000})
    assert items == []
    assert "CLEANER_LIMITS: there is no limit 'bytes'" in log


def test_a_field_that_no_article_has_is_named_at_the_start(site: str, tmp_path: Path) -> None:
    items, _, log = crawl(site, tmp_path, CLEANER_FIELDS={"body": "text"})
    assert items == []
    assert "CLEANER_FIELDS: an article has no field 'body'" in log
