"""Rows as Arrow: the declared schema, and Parquet files of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
    """The schema of the rows, captions and decisions nested: `Article.to_dict` with `id` and
    `input` before it."""
    pa = arrow()
    text, number = pa.string(), pa.int32()
    image = pa.struct([("src", text), ("alt", text)])
    span = pa.list_(number)
    credit = [
        ("text", text), ("photographers", pa.list_(text)), ("agencies", pa.list_(text)),
        ("rights_holder", text), ("licence", text), ("source", text),
    ]  # fmt: skip
    caption = [
        ("text", text), ("title", text), ("credits", pa.list_(text)),
        ("credit_parts", pa.list_(pa.struct(credit))), ("image", image), ("after", number),
    ]  # fmt: skip
    weight = pa.struct([("features", text), ("log_odds", pa.float64())])
    evidence = [
        ("source", text), ("id", text), ("label", text), ("strength", text), ("span", span),
        ("language", text), ("score", pa.float64()), ("weights", pa.list_(weight)),
    ]  # fmt: skip
    decision = [
        ("block", number), ("text", text), ("kind", text), ("span", span),
        ("images", pa.list_(image)), ("label", text), ("action", text),
        ("evidence", pa.list_(pa.struct(evidence))),
    ]  # fmt: skip
    origin = [
        ("forms", pa.list_(text)), ("url", text), ("date", text), ("status", number),
        ("notes", pa.list_(text)),
    ]  # fmt: skip
    recording = [("title", text), ("duration", pa.float64()), ("after", number)]
    return pa.schema(
        [
            pa.field("id", text, nullable=False),
            pa.field("input", text, nullable=False),
            ("schema_version", number), ("kind", text), ("url", text),
            ("origin", pa.struct(origin)), ("title", text), ("subtitle", text),
            ("byline", pa.list_(text)),
            ("dateline", pa.struct([("place", text), ("agency", text)])),
            ("published", text), ("modified", text), ("language", text), ("site", text),
            pa.field("text", text, nullable=False),
            ("captions", pa.list_(pa.struct(caption))),
            ("videos", pa.list_(pa.struct(recording))), ("audio", pa.list_(pa.struct(recording))),
            ("corrections", pa.list_(text)), ("author_bios", pa.list_(text)),
            ("sources", pa.list_(text)), ("reading_minutes", number),
            ("decisions", pa.list_(pa.struct(decision))),
        ]
    )  # fmt: skip


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
