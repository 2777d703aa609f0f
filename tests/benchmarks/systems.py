"""What `tests.benchmarks.batch` compares, each run in a process of its own.

    python -m tests.benchmarks.systems NAME WORKERS OUTPUT FILE...

prints what it took as JSON: `documents`, `seconds` and `cpu` of the work alone, without imports and
without building rules, models or sessions.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cleaner import Cleaner

from .pages import documents

_WARM = 20
_CHUNK = 8
Figures = dict[str, float]


@contextmanager
def timed(figures: Figures) -> Iterator[None]:
    """Adds what the block takes."""
    begin, cpu = time.perf_counter(), time.process_time()
    yield
    figures["seconds"] = figures.get("seconds", 0.0) + time.perf_counter() - begin
    figures["cpu"] = figures.get("cpu", 0.0) + time.process_time() - cpu


def loop(files: list[Path], _workers: int, _output: Path, whole: bool = False) -> Figures:
    """The bare loop: `clean` on each page and nothing else; `whole`: to a line of JSON with all
    fields, as the batch writes it by itself."""
    cleaner, figures, count = Cleaner(), Figures(), 0

    def once(row: dict[str, str]) -> None:
        article = cleaner.clean(row["html"], url=row["url"] or None)
        if whole:
            json.dumps(article.to_dict(), ensure_ascii=False).encode()

    for number, row in zip(range(_WARM), documents(files), strict=False):
        once(row)
        count = number
    count = 0
    for row in documents(files):
        with timed(figures):
            once(row)
        count += 1
    return {"documents": count, **figures}


def loop_whole(files: list[Path], workers: int, output: Path) -> Figures:
    """The loop with all fields."""
    return loop(files, workers, output, whole=True)


def trafilatura(files: list[Path], workers: int, output: Path) -> Figures:
    """trafilatura's fast mode in a pool of processes."""
    figures, count = Figures(), 0
    with multiprocessing.Pool(workers) as pool, output.open("w", encoding="utf-8") as file:
        pool.map(_extracted, [{"id": "", "html": "<p>warm"}] * 4 * workers, 1)
        with timed(figures):
            for row in pool.imap(_extracted, documents(files), _CHUNK):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    return {"documents": count, "seconds": figures["seconds"]}


def _extracted(row: dict[str, str]) -> dict[str, str | None]:
    import trafilatura as peer

    text = peer.extract(row["html"], include_comments=False, fast=True)
    return {"id": row["id"], "text": text}


def datatrove(files: list[Path], workers: int, output: Path) -> Figures:
    """datatrove's extractor as it comes, but for the time limit: its one second would drop pages
    on a busy machine."""
    from datatrove.pipeline.extractors import Trafilatura

    return _pipeline(files, workers, output, Trafilatura(timeout=60))


def datatrove_cleaner(files: list[Path], workers: int, output: Path) -> Figures:
    """Our step in the same pipeline."""
    from cleaner.adapters.datatrove import CleanClips

    return _pipeline(files, workers, output, CleanClips())


def _pipeline(files: list[Path], workers: int, output: Path, step: Any) -> Figures:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    begin = time.perf_counter()
    LocalPipelineExecutor(
        pipeline=[
            JsonlReader(str(files[0].parent), text_key="html", glob_pattern="*.jsonl.gz"),
            step,
            JsonlWriter(str(output), compression=None),
        ],
        logging_dir=str(output / "logs"), tasks=len(files), workers=workers,
    ).run()  # fmt: skip
    seconds = time.perf_counter() - begin
    stats = json.loads((output / "logs" / "stats.json").read_text())
    return {"documents": stats[0]["stats"]["documents"]["total"], "seconds": seconds}


def spark(files: list[Path], workers: int, output: Path) -> Figures:
    """Spark, and in turn the plain loop over the same table, which one process does."""
    import pyarrow.parquet
    from pyspark.sql import SparkSession

    from cleaner.adapters.arrow import Options
    from cleaner.adapters.spark import clean

    table = output.with_suffix(".in.parquet")
    count = _as_parquet(files, table)
    session = (
        SparkSession.builder.master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
        .config("spark.sql.files.maxPartitionBytes", str(1 << 40 if workers == 1 else 32 << 20))
        .getOrCreate()
    )
    options = Options(url_column="url", fields=("text", "title", "captions"))
    pages = session.read.parquet(str(table))

    def job(some: Any) -> None:
        clean(some, "html", options).drop("html").write.mode("overwrite").parquet(str(output))

    job(pages.limit(_WARM))
    begin = time.perf_counter()
    job(pages)
    seconds = time.perf_counter() - begin
    session.stop()
    cleaner, figures = Cleaner(), Figures()
    rows = pyarrow.parquet.ParquetFile(table).iter_batches(64)
    for number, row in enumerate(row for batch in rows for row in batch.to_pylist()):
        if number == 0:
            cleaner.clean(row["html"]).to_dict()
        with timed(figures):
            cleaner.clean(row["html"], url=row["url"] or None).to_dict(options.fields)
    return {
        "documents": count,
        "seconds": seconds,
        "loop": figures["seconds"],
        "loop_cpu": figures["cpu"],
    }


def _as_parquet(files: list[Path], path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet

    count, waiting = 0, list[dict[str, str]]()
    schema = pa.schema([(name, pa.string()) for name in ("id", "url", "html")])
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in documents(files):
            count += 1
            waiting.append(row)
            if len(waiting) == _CHUNK * _CHUNK:
                writer.write_table(pa.Table.from_pylist(waiting, schema))
                waiting = []
        writer.write_table(pa.Table.from_pylist(waiting, schema))
    return count


SYSTEMS: dict[str, Callable[[list[Path], int, Path], Figures]] = {
    each.__name__: each
    for each in (loop, loop_whole, trafilatura, datatrove, datatrove_cleaner, spark)
}


def main() -> None:
    """The command."""
    name, workers, output, *files = sys.argv[1:]
    figures = SYSTEMS[name]([Path(file) for file in files], int(workers), Path(output))
    figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
