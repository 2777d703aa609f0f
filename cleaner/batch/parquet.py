"""Rows as Arrow: the declared schema, and Parquet files of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from ..article_arrow import arrow_schema
from ..errors import InputError

# A row group of so many bytes in memory: what readers of Parquet work with at a time.
GROUP_BYTES = 32 << 20


def arrow() -> Any:
    """The library. Raises `InputError` where it is missing."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(
            "Parquet needs a library: pip install 'web-clip-cleaner[parquet]'"
        ) from error
    return pyarrow


def schema(fields: Collection[str] | None = None) -> Any:
    """The schema of the rows: `Article.to_dict(fields)` with `id` and `input` before it."""
    pa = arrow()
    named = [pa.field(name, pa.string(), nullable=False) for name in ("id", "input")]
    article = [field for field in arrow_schema() if fields is None or field.name in fields]
    return pa.schema([*named, *article])


def row_writer(declared: Any) -> Callable[[dict[str, Any]], bytes]:
    """What makes a row an Arrow record batch of the declared schema, which is left out."""
    batch = arrow().RecordBatch

    def written(row: dict[str, Any]) -> bytes:
        data: bytes = batch.from_pylist([row], schema=declared).serialize().to_pybytes()
        return data

    return written


def write_piece(rows: Sequence[bytes], declared: Any, path: Path) -> None:
    """Writes rows as a Parquet file of their own."""
    pa = arrow()
    batches = [pa.ipc.read_record_batch(pa.py_buffer(row), declared) for row in rows]
    table = pa.Table.from_batches(batches, declared).combine_chunks()
    with path.open("wb") as file:
        pa.parquet.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def join_pieces(pieces: Sequence[Path], declared: Any, path: Path) -> None:
    """Writes the rows of all pieces as one file, a row group at a time in memory."""
    pa = arrow()
    with (
        path.open("wb") as file,
        pa.parquet.ParquetWriter(file, declared, compression="zstd") as writer,
    ):
        waiting: list[Any] = []
        for piece in pieces:
            waiting.append(pa.parquet.read_table(piece, schema=declared))
            if sum(table.nbytes for table in waiting) >= GROUP_BYTES:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        writer.write_table(pa.concat_tables(waiting) if waiting else declared.empty_table())
    with path.open("rb") as written:
        os.fsync(written.fileno())
