"""The datatrove step in real local pipelines, from JSON lines and from WARC."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

import cleaner

from .corpus import SEEDS, seed_files

pytest.importorskip("datatrove", reason="datatrove is not installed: the extra `datatrove`")

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

from cleaner.adapters.datatrove import CleanClips, parquet_schema
from cleaner.adapters.setup import Setup

PICTURE = """<html><body><article><h1>The ferry is back</h1>
<p>The first ferry in eleven years left the harbour on Wednesday morning with forty passengers,
a brass band and a goat on board. The goat, the captain said, had a ticket.</p>
<figure><img src="/pier.jpg" alt="A pier"><figcaption>The new pier in Ludvik, May 3, 2023.
Mira Toll/AFP</figcaption></figure>
<p>Tickets cost four crowns each way. For the first month children travel free, provided that
they bring somebody who pays, and there is coffee on board, and soup on Sundays.</p>
</article></body></html>"""


def lines(folder: Path) -> dict[str, dict[str, Any]]:
    """The documents that a writer wrote, by id."""
    rows = [
        json.loads(line)
        for path in folder.rglob("*.jsonl.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row for row in rows}


def run(tmp_path: Path, reader: Any, *, tasks: int = 1, **step: Any) -> dict[str, Any]:
    """Runs reader, step and writers; gives the statistics of the step."""
    executor = LocalPipelineExecutor(
        pipeline=[
            reader,
            CleanClips(JsonlWriter(str(tmp_path / "removed")), **step),
            JsonlWriter(str(tmp_path / "out")),
        ],
        logging_dir=str(tmp_path / "logs"),
        tasks=tasks,
        workers=tasks,
    )
    executor.run()
    stats = json.loads((tmp_path / "logs" / "stats.json").read_text())
    assert isinstance(stats, list)
    found = stats[1]["stats"]
    return {key: v["total"] if isinstance(v, dict) else v for key, v in found.items()}


def test_json_lines_become_articles_and_exclusions(tmp_path: Path) -> None:
    clips = {path.name: path.read_text("utf-8") for path in seed_files()} | {"picture": PICTURE}
    rows = [
        {"id": name, "text": text, "url": f"https://osk.example/{name}"}
        for name, text in clips.items()
    ]
    # Nothing of this clip stays.
    rows.append({"id": "chrome", "text": "<nav><a href=/a>Home</a> <a href=/b>Login</a></nav>"})
    source = tmp_path / "in"
    source.mkdir()
    for task in range(2):
        text = "".join(json.dumps(row) + "\n" for row in rows[task::2])
        (source / f"{task}.jsonl").write_text(text)
    setup = Setup(favor="precision")
    stats = run(tmp_path, JsonlReader(str(source)), tasks=2, setup=setup)
    kept, removed = lines(tmp_path / "out"), lines(tmp_path / "removed")
    plain = cleaner.Cleaner(favor="precision")
    assert kept.keys() == clips.keys()
    for name, text in clips.items():
        article = plain.clean(text, url=f"https://osk.example/{name}")
        whole = article.to_dict()
        assert kept[name]["text"] == whole["text"]
        written = kept[name]["metadata"]["article"]
        assert written == {key: whole[key] for key in written}
        assert {"title", "byline", "captions", "videos", "published"} <= written.keys()
        gone = [d for d in article.decisions if d.action is cleaner.Action.REMOVE]
        rows_gone = removed[name]["metadata"]["removed"] if gone else []
        assert [row["text"] for row in rows_gone] == [d.block.text for d in gone]
        assert all(row["label"] and row["reasons"] for row in rows_gone)
    assert removed["chrome"]["metadata"]["filter_reason"] == "no text"
    assert (stats["total"], stats["cleaned"], stats["dropped_empty"]) == (
        len(clips) + 1,
        len(clips),
        1,
    )
    assert stats["blocks_removed"] > 0


def test_a_document_above_a_limit_is_excluded_whole(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    rows = [{"id": "short", "text": "A plain line."}, {"id": "long", "text": "A line. " * 200}]
    (source / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    setup = Setup(limits=cleaner.Limits(input_bytes=1000))
    stats = run(tmp_path, JsonlReader(str(source)), setup=setup)
    assert stats["dropped_failed"] == 1
    assert lines(tmp_path / "out").keys() == {"short"}
    reason = lines(tmp_path / "removed")["long"]["metadata"]["filter_reason"]
    assert reason.startswith("InputLimitError: ")


def test_pictures_of_captions_are_media(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.jsonl").write_text(json.dumps({"id": "p", "text": PICTURE}) + "\n")
    run(tmp_path, JsonlReader(str(source)))
    (media,) = lines(tmp_path / "out")["p"]["media"]
    assert (media["url"], media["alt"]) == ("/pier.jpg", "A pier")
    assert media["metadata"]["caption"].startswith("The new pier in Ludvik")
    assert media["metadata"]["credits"] == ["Mira Toll/AFP"]


def test_pages_of_a_warc_are_cleaned_under_their_address(tmp_path: Path) -> None:
    for needed in ("warcio", "cchardet", "magic"):
        pytest.importorskip(
            needed,
            reason=f"{needed} is not there: datatrove reads WARC by it",
            exc_type=ImportError,
        )
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    page = (SEEDS / "library.html").read_bytes()
    source = tmp_path / "in"
    source.mkdir()
    with (source / "a.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
        record = writer.create_warc_record(
            "https://osk.example/library", "response", payload=io.BytesIO(page), http_headers=head
        )
        writer.write_record(record)
    run(tmp_path, WarcReader(str(source)))
    (row,) = lines(tmp_path / "out").values()
    article = cleaner.clean(page.decode(), url="https://osk.example/library")
    assert row["text"] == article.text
    assert row["metadata"]["article"]["title"] == article.title


def test_parquet_takes_articles_that_differ_in_what_they_have(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    source = tmp_path / "in"
    source.mkdir()
    rows = [{"id": p.name, "text": p.read_text("utf-8")} for p in seed_files()]
    rows = [{"id": "bare", "text": "A line, and no metadata at all."}, *rows]
    rows.append({"id": "picture", "text": PICTURE})
    (source / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    schema = parquet_schema("file_path")
    writer = ParquetWriter(str(tmp_path / "out"), schema=schema, batch_size=1)
    LocalPipelineExecutor(
        pipeline=[JsonlReader(str(source)), CleanClips(), writer],
        logging_dir=str(tmp_path / "logs"),
    ).run()
    (path,) = (tmp_path / "out").glob("*.parquet")
    written = {row["id"]: row for row in parquet.read_table(path).to_pylist()}
    assert len(written) == len(rows)
    article = cleaner.clean(PICTURE).to_dict()
    assert written["picture"]["text"] == article["text"]
    assert written["picture"]["metadata"]["article"]["captions"] == article["captions"]
    assert written["picture"]["media"][0]["metadata"]["credits"] == ["Mira Toll/AFP"]
