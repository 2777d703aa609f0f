"""The Spark adapter on a real local Spark, where Java and pyspark are installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cleaner

from .corpus import ROOT, seed_files

pytest.importorskip("pyspark", reason="pyspark is not installed: the extra `spark`")
pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `arrow`")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Java is not installed: Spark runs on it", allow_module_level=True)

from cleaner.adapters.arrow import Options
from cleaner.adapters.setup import Setup
from cleaner.adapters.spark import clean

SCHEMA = "name string, html binary, url string"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "3")
            .getOrCreate()
        )
        yield session
        session.stop()


def _rows() -> list[tuple[str, bytes | None, str | None]]:
    clips = [(path.name, path.read_bytes(), None) for path in seed_files()]
    return [*clips, ("none", None, "https://osk.example/a"), ("empty", b"", None)]


def test_rows_become_the_articles_of_the_plain_call(spark: Any, tmp_path: Path) -> None:
    df = spark.createDataFrame(_rows(), SCHEMA).repartition(2)
    out = clean(df, "html", Options(url_column="url"))
    out.write.parquet(str(tmp_path / "articles"))
    found = {
        row["name"]: row.asDict(recursive=True)
        for row in spark.read.parquet(str(tmp_path / "articles")).collect()
    }
    assert len(found) == len(_rows())
    for name, source, url in _rows():
        row = found[name]
        if source is None:
            assert (row["article"], row["article_error"]) == (
                None,
                "InputError: there is no clip",
            )
        else:
            assert row["article_error"] is None
            assert row["article"] == cleaner.clean(source, url=url).to_dict()


def test_columns_inside_of_articles_can_be_asked_for(spark: Any) -> None:
    options = Options(fields=("title", "captions"), output="a", setup=Setup(favor="precision"))
    out = clean(spark.createDataFrame(_rows(), SCHEMA), "html", options)
    captions = out.where("size(a.captions) > 0").selectExpr("explode(a.captions.credits) as c")
    assert out.columns == ["name", "html", "url", "a", "a_error"]
    assert out.schema["a"].dataType.names == ["title", "captions"]
    assert captions.count() > 0


def test_limits_travel_to_the_workers(spark: Any) -> None:
    options = Options(fields=("text",), setup=Setup(limits=cleaner.Limits(input_bytes=1000)))
    rows = [("short", b"A plain line.", None), ("long", b"A line. " * 200, None)]
    out = clean(spark.createDataFrame(rows, SCHEMA), "html", options).collect()
    found = {row["name"]: row["article_error"] for row in out}
    assert found["short"] is None
    assert found["long"].startswith("InputLimitError: ")


def test_columns_that_do_not_fit_fail_before_the_job(spark: Any) -> None:
    df = spark.createDataFrame(_rows(), SCHEMA)
    with pytest.raises(ValueError, match="no column 'text': there are name, html, url"):
        clean(df, "text")
    with pytest.raises(ValueError, match="no field 'body'"):
        clean(df, "html", Options(fields=("body",)))
    with pytest.raises(ValueError, match="'url' is there already"):
        clean(df, "html", Options(output="url"))
