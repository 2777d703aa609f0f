"""Articles in Arrow tables: the schema, and `clean_batch`."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import cleaner

from .corpus import ROOT, seed_files

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `arrow`")

from cleaner.adapters.arrow import Options, clean_batch, clean_batches
from cleaner.adapters.setup import Setup


def test_the_arrow_schema_has_all_of_the_json_schema() -> None:
    assert cleaner.arrow_schema().names == list(cleaner.article_schema()["properties"])


def test_an_article_comes_back_from_arrow_as_it_went_in() -> None:
    articles = [cleaner.clean(path.read_bytes()).to_dict() for path in seed_files()]
    articles.append(cleaner.Cleaner().explain(seed_files()[0].read_bytes()).to_dict())
    table = pa.Table.from_pylist(articles, schema=cleaner.arrow_schema())
    assert table.to_pylist() == articles


def test_rows_stay_and_a_bad_one_says_why() -> None:
    rows = [{"n": n, "html": path.read_text("utf-8")} for n, path in enumerate(seed_files())]
    rows.insert(1, {"n": 98, "html": None})
    out = clean_batch(pa.Table.from_pylist(rows), "html").to_pylist()
    assert [row["n"] for row in out] == [row["n"] for row in rows]
    assert [row["article_error"] for row in out if row["article"] is None] == [
        "InputError: there is no clip"
    ]
    for row in out:
        if row["html"] is not None:
            assert row["article"] == cleaner.clean(row["html"]).to_dict()


def test_text_that_is_no_utf_8_is_a_bad_row() -> None:
    good = pa.array(["A plain line.", "xx"])  # lends its offsets
    broken = pa.Array.from_buffers(
        pa.string(), 2, [None, good.buffers()[1], pa.py_buffer(b"A plain line.\xff\xfe")]
    )
    table = clean_batch(pa.table({"html": broken}), "html")
    assert table["article_error"].to_pylist()[0] is None
    assert "UnicodeDecodeError" in table["article_error"].to_pylist()[1]


def test_a_column_of_numbers_is_bad_rows_and_no_failure() -> None:
    out = clean_batch(pa.table({"html": [1, 2]}), "html")
    assert out["article"].null_count == 2
    assert "InputError" in out["article_error"][0].as_py()


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "binary"])
def test_all_arrow_types_of_text_are_read(kind: str) -> None:
    text = seed_files()[0].read_text("utf-8")
    clips = pa.array([text.encode()], pa.binary())
    if kind != "binary":
        clips = pa.array([text], getattr(pa, kind)())
    out = clean_batch(pa.table({"html": clips}), "html", Options(fields=("text",)))
    assert out["article"].to_pylist() == [{"text": cleaner.clean(text).text}]


def test_an_empty_table_has_the_declared_columns() -> None:
    empty = pa.table({"html": pa.array([], pa.string())})
    out = clean_batch(empty, "html", Options(fields=("text", "decisions")))
    assert out.column_names == ["html", "article", "article_error"]
    assert out.schema.field("article").type.field("text").type == pa.string()


def test_a_stream_is_cleaned_as_it_comes() -> None:
    def endless() -> Iterator[Any]:
        while True:
            yield pa.record_batch({"html": ["A plain line of text."]})

    stream = clean_batches(endless(), "html", Options(fields=("text",)))
    assert next(stream)["article"][0].as_py() == {"text": "A plain line of text."}


def test_settings_reach_the_cleaner() -> None:
    source = seed_files()[0].read_bytes()
    table = pa.table({"html": [source], "address": ["https://www.osk.example/crane"]})
    setup = Setup(favor="recall", model=False, languages=("en",))
    out = clean_batch(table, "html", Options("address", kind="text", setup=setup))
    plain = cleaner.Cleaner(favor="recall", model=False, languages=("en",))
    expected = plain.clean(source, "text", "https://www.osk.example/crane").to_dict()
    assert out["article"].to_pylist() == [expected]


def test_a_row_above_a_limit_is_a_bad_row() -> None:
    table = pa.table({"html": ["A plain line.", "A plain line. " * 100]})
    options = Options(fields=("text",), setup=Setup(limits=cleaner.Limits(input_bytes=1000)))
    out = clean_batch(table, "html", pickle.loads(pickle.dumps(options)))
    assert out["article"].to_pylist() == [{"text": "A plain line."}, None]
    none, error = out["article_error"].to_pylist()
    assert none is None
    assert error.startswith("InputLimitError: ")


def test_another_process_cleans_the_same_with_a_pickled_call() -> None:
    code = (
        "import pickle, sys\n"
        "import pyarrow as pa\n"
        "call, options, html = pickle.load(sys.stdin.buffer)\n"
        "print(call(pa.table({'html': [html]}), 'html', options)['article'][0].as_py()['text'])\n"
    )
    text = seed_files()[0].read_text("utf-8")
    sent = pickle.dumps((clean_batch, Options(fields=("text",)), text))
    assert len(sent) < len(text) + 1000, "rules and models are not sent along"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        input=sent, cwd=ROOT, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.decode().strip() == cleaner.clean(text).text.strip()


def test_what_is_not_asked_for_costs_nothing() -> None:
    """Dates and authors that a page does not declare are looked for by trafilatura, whose import
    alone takes longer than a hundred pages."""
    code = (
        "import sys\n"
        "import pyarrow as pa\n"
        "from cleaner.adapters.arrow import Options, clean_batch\n"
        "table = pa.table({'html': [sys.stdin.read()]})\n"
        "clean_batch(table, 'html', Options(kind='html', fields=('text', 'captions')))\n"
        "assert 'trafilatura' not in sys.modules\n"
        "clean_batch(table, 'html', Options(kind='html'))\n"
        "assert 'trafilatura' in sys.modules\n"
    )
    bare = "<html><body><p>" + "The crane stays where it is, said the council. " * 20
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=bare, text=True, cwd=ROOT, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
