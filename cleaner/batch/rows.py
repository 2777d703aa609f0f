"""Files of many documents, JSON lines, CSV, Parquet and archives, as tasks."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import CleanerError, InputError
from ..readers.forms.document import Lost
from . import archives, bundles
from .packing import bare_name, damage, open_unpacked, packing_of, zstd
from .settings import ID_COLUMNS, TEXT_COLUMNS, URL_COLUMNS, Columns, WorkSettings
from .task import LinePayload, PagePayload, Payload, RefusedPayload, SavedPayload, Task

_PARQUET_ROWS = 64
_BUFFER = 1 << 20
_SKIPPED = 1 << 20
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """A file of many documents, and where it stands in the whole input. `skip` is called for each
    part of it that is no document by its name."""

    path: Path
    name: str
    target: str
    begin: int = 0
    skip: Callable[[], None] = lambda: None

    def task(self, row: int, payload: Payload, size: int, read: int, row_id: str = "") -> Task:
        """The document in row `row`, counted from 1, when `read` bytes of the file are read."""
        return Task(
            id=row_id or f"{self.name}:{row}",
            input=self.name,
            target=self.target,
            payload=payload,
            row=row,
            size=size,
            position=self.begin + read,
        )

    def broken(self, row: int, error: Exception, read: int = 0) -> Task:
        """What stands for the rows that cannot be read any more."""
        kind = type(error).__name__ if isinstance(error, CleanerError) else "InputError"
        reason = f"{self.name}: cannot be read from row {row} on ({_line(error)})"
        return self.task(row, RefusedPayload(kind, reason), 0, read)


def _line(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(reason.split()) or type(error).__name__


def need_libraries(name: str) -> None:
    """Raises `InputError` where a library is missing without which the file of this name cannot
    be read at all."""
    if packing_of(name) == ".zst":
        zstd()
    if reader_of(name) is parquet_rows:
        _parquet()


Reader = Callable[[Table, WorkSettings], Iterator[Task]]


def reader_of(name: str) -> Reader | None:
    """What reads a file of this name as one of many documents; None: it is one document."""
    suffix = Path(bare_name(name)).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return json_lines
    if suffix in (".csv", ".tsv"):
        return csv_rows
    if suffix in (".parquet", ".pq"):
        return parquet_rows
    if suffix in bundles.SUFFIXES:
        return bundle_pages
    saved = (*archives.SUFFIXES, *archives.NAMED_SUFFIXES)
    return archive_pages if suffix in saved else None


def named_alone(name: str) -> bool:
    """Whether a file of this name is read where it is named, and is not looked for in folders."""
    return Path(bare_name(name)).suffix.lower() in archives.NAMED_SUFFIXES


# --- JSON lines


def json_lines(table: Table, settings: WorkSettings) -> Iterator[Task]:
    """A task for each line that is not blank."""
    try:
        with table.path.open("rb") as raw:
            lines = open_unpacked(raw, table.name)
            yield from lines_of(lines, table, settings.max_bytes, raw.tell)
    except (OSError, InputError) as error:
        yield table.broken(1, error)


def lines_of(
    lines: BinaryIO, table: Table, most: int, read: Callable[[], int] = lambda: 0
) -> Iterator[Task]:
    """The lines of a stream; one that is longer than `most` bytes is refused unread."""
    row = 0
    try:
        while line := lines.readline(most + 1):
            row += 1
            if len(line) > most and not line.endswith(b"\n"):
                _skip_line(lines)
            elif not line.strip():
                continue
            payload = LinePayload(line) if len(line) <= most else too_large(most)
            yield table.task(row, payload, len(line), read())
    except damage(table.name) as error:
        yield table.broken(row + 1, error, read())


def _skip_line(lines: BinaryIO) -> None:
    while (piece := lines.readline(_SKIPPED)) and not piece.endswith(b"\n"):
        pass


def too_large(most: int) -> RefusedPayload:
    """The refusal of a document of more than `most` bytes."""
    return RefusedPayload("InputLimitError", f"larger than {most:,} bytes: see --max-mb")


def parse_line(line: bytes) -> dict[str, Any]:
    """The row in a line of JSON. Raises `InputError`."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON ({error})") from error
    if not isinstance(row, dict):
        raise InputError(f"no JSON object, but {type(row).__name__}")
    return row


def text_and_url(row: Mapping[str, Any], columns: Columns) -> tuple[str, str | None]:
    """Text and URL of a row. Raises `InputError` where it has no text."""
    text = row.get(chosen(row, columns.text, TEXT_COLUMNS))
    if not isinstance(text, str):
        raise InputError(_no_text(columns, list(row)))
    return text, _string(row, columns.url, URL_COLUMNS)


def identity(row: Mapping[str, Any], columns: Columns) -> str | None:
    """The row's own id, None where it has none."""
    return _string(row, columns.id, ID_COLUMNS)


def line_identity(line: bytes, columns: Columns) -> str | None:
    """The id in a line of JSON, whatever the line is."""
    try:
        return identity(parse_line(line), columns)
    except InputError:
        return None


def chosen(row: Mapping[str, Any] | Sequence[str], own: str | None, usual: Sequence[str]) -> str:
    """The column that was named, or the first of the usual ones that is there; else nothing."""
    if own is not None:
        return own if own in row else ""
    return next((name for name in usual if name in row), "")


def _string(row: Mapping[str, Any], own: str | None, usual: Sequence[str]) -> str | None:
    value = row.get(chosen(row, own, usual))
    return None if value is None or value == "" else str(value)


_SHOWN = 12


def _no_text(columns: Columns, there: Sequence[str]) -> str:
    wanted = columns.text or " or ".join(TEXT_COLUMNS)
    shown = ", ".join(there[:_SHOWN]) or "nothing"
    return f"no text in column {wanted} (there are: {shown}): give --text-column"


# --- CSV


def csv_rows(table: Table, settings: WorkSettings) -> Iterator[Task]:
    """A task for each row below the header."""
    row = 0
    broken: tuple[type[Exception], ...] = (*damage(table.name), csv.Error, InputError)
    try:
        with table.path.open("rb") as raw:
            # What is no UTF-8 stays visible as U+FFFD in the article, as in a clip.
            lines = io.TextIOWrapper(
                open_unpacked(raw, table.name), "utf-8-sig", "surrogateescape", newline=""
            )
            rows = _records(lines, table, settings.max_bytes)
            header = next(rows, [])
            places = _places(header, settings.columns)
            for fields in rows:
                row += 1
                size = sum(map(len, fields))
                yield _row(table, row, [_at(fields, at) for at in places], size, raw.tell())
    except broken as error:
        yield table.broken(row + 1, error)


def _records(lines: io.TextIOWrapper, table: Table, most: int) -> Iterator[list[str]]:
    csv.field_size_limit(most)  # the module's own default is 128 KB, less than many pages
    head = lines.readline(most)
    rest = io.StringIO(head, newline="")
    separator = "\t" if bare_name(table.name).endswith(".tsv") else max(_SEPARATORS, key=head.count)
    joined = itertools.chain(rest, _bounded(lines, most))
    return (row for row in csv.reader(joined, delimiter=separator) if row)


def _bounded(lines: io.TextIOWrapper, most: int) -> Iterator[str]:
    while line := lines.readline(most + 1):
        if len(line) > most:
            raise csv.Error(f"a line of more than {most:,} characters")
        yield line


def _places(header: Sequence[str], columns: Columns) -> list[int | None]:
    """Where id, text and URL stand in a row. Raises `InputError` where no column has text."""
    text = chosen(header, columns.text, TEXT_COLUMNS)
    if not text:
        raise InputError(_no_text(columns, header))
    names = (chosen(header, columns.id, ID_COLUMNS), text)
    url = chosen(header, columns.url, URL_COLUMNS)
    return [header.index(name) if name else None for name in (*names, url)]


def _at(fields: Sequence[str], place: int | None) -> str | None:
    return fields[place] if place is not None and place < len(fields) else None


def _row(table: Table, row: int, values: Sequence[Any], size: int, read: int) -> Task:
    """A row of a table with declared columns: id, text, URL."""
    own, text, url = values
    name = "" if own in (None, "") else str(own)
    if not isinstance(text, str | bytes):
        return table.task(row, RefusedPayload("InputError", "the row has no text"), 0, read, name)
    return table.task(row, PagePayload(text, str(url) if url else None), size, read, name)


# --- Parquet


def parquet_rows(table: Table, settings: WorkSettings) -> Iterator[Task]:
    """A task for each row, a few rows in memory at a time."""
    row = 0
    try:
        if packing_of(table.name):
            raise InputError("a Parquet file is packed inside: unpack it first")
        parquet = _parquet()
        # The buffer keeps memory flat: without it a row group is read at once, and that may be the
        # whole file.
        with parquet.ParquetFile(table.path, buffer_size=_BUFFER, pre_buffer=False) as file:
            names = file.schema_arrow.names
            text = chosen(names, settings.columns.text, TEXT_COLUMNS)
            if not text:
                raise InputError(_no_text(settings.columns, names))
            own = chosen(names, settings.columns.id, ID_COLUMNS)
            url = chosen(names, settings.columns.url, URL_COLUMNS)
            size, rows = table.path.stat().st_size, max(1, file.metadata.num_rows)
            wanted = [name for name in dict.fromkeys((own, text, url)) if name]
            for batch in file.iter_batches(_PARQUET_ROWS, columns=wanted):
                for values in batch.to_pylist():
                    row += 1
                    found = [values.get(name) for name in (own, text, url)]
                    yield _row(table, row, found, len(found[1] or ""), size * row // rows)
    except (InputError, OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        yield table.broken(row + 1, error)


def _parquet() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(
            "Parquet needs a library: pip install 'web-clip-cleaner[parquet]'"
        ) from error
    return pyarrow.parquet


# --- archives


def archive_pages(table: Table, settings: WorkSettings) -> Iterator[Task]:
    """A task for each page of an archive."""
    row = read = 0
    try:
        for page, read in archives.pages(table.path, settings.limits):
            row += 1
            if isinstance(page, Lost):
                yield table.task(row, RefusedPayload("InputError", page.problem), 0, read)
                continue
            size = len(page.document.source)
            refused = size > settings.max_bytes
            payload = too_large(settings.max_bytes) if refused else SavedPayload(page)
            yield table.task(row, payload, 0 if refused else size, read)
    except (CleanerError, OSError) as error:
        yield table.broken(row + 1, error, read)


def bundle_pages(table: Table, settings: WorkSettings) -> Iterator[Task]:
    """A task for each page in a ZIP or a TAR, by its name there."""
    row = read = 0
    try:
        for member in bundles.members(table.path, settings.max_bytes, table.skip):
            row, read = row + 1, member.read
            size = len(member.data)
            payload: Payload = PagePayload(member.data)
            if member.problem is not None:
                payload = RefusedPayload("InputError", member.problem)
            elif size > settings.max_bytes:
                payload, size = too_large(settings.max_bytes), 0
            yield table.task(row, payload, size, read, member.name)
    except bundles.broken(table.name) as error:
        yield table.broken(row + 1, error, read)
