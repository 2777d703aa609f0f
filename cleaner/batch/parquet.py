"""Rows as Arrow: the declared schema, and Parquet files of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
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


def schema() -> Any:
    """The schema of the rows: `Article.to_dict` with `id` and `input` before it."""
    pa = arrow()
    named = [pa.field(name, pa.string(), nullable=False) for name in ("id", "input")]
    return pa.schema([*named, *arrow_schema()])


def row_bytes(row: dict[str, Any]) -> bytes:
    """A row as an Arrow record batch, without its schema."""
    batch = arrow().RecordBatch.from_pylist([row], schema=schema())
    data: bytes = batch.serialize().to_pybytes()
    return data


def write_piece(rows: Sequence[bytes], path: Path) -> None:
    """Writes rows as a Parquet file of their own."""
    pa, declared = arrow(), schema()
    batches = [pa.ipc.read_record_batch(pa.py_buffer(row), declared) for row in rows]
    table = pa.Table.from_batches(batches, declared).combine_chunks()
    with path.open("wb") as file:
        pa.parquet.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def join_pieces(pieces: Sequence[Path], path: Path) -> None:
    """Writes the rows of all pieces as one file, a row group at a time in memory."""
    pa, declared = arrow(), schema()
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
