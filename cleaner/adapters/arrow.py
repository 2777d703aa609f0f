"""Arrow tables in, Arrow tables out: for every engine that works on columns.

`clean_batch` and its `Options` can be pickled; they hold no rules and no models, which each
worker process builds once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleaner import Cleaner, arrow_schema

from .setup import Setup

if TYPE_CHECKING:
    import pyarrow as pa

# So many articles are in memory as Python objects at a time.
_ROWS = 256


@dataclass(frozen=True)
class Options:
    """What `clean_batch` writes, and how it cleans.

    `url_column` has the clips' addresses, which rules for one site need. `kind` is as in
    `cleaner.clean`. `output` names the column of articles; `output` + `_error` has the reason
    where there is none. `fields` are those of `Article.to_dict`; None: all. A short list
    without `decisions` makes a table a fraction of the size, and what is not asked for is not
    worked out.
    """

    url_column: str | None = None
    kind: str = "auto"
    output: str = "article"
    fields: tuple[str, ...] | None = None
    setup: Setup = Setup()  # noqa: RUF009  # frozen, so all may share it

    @property
    def error(self) -> str:
        """The name of the column of errors."""
        return f"{self.output}_error"


def article_type(options: Options | None = None) -> pa.DataType:
    """The struct type of the column of articles.

    Raises `ValueError` for a field that articles do not have.
    """
    import pyarrow as pa

    schema = arrow_schema()
    fields = None if options is None else options.fields
    if fields is None:
        return pa.struct(list(schema))
    if unknown := [name for name in fields if name not in schema.names]:
        raise ValueError(f"no field {unknown[0]!r}: give of {', '.join(schema.names)}")
    return pa.struct([schema.field(name) for name in fields])


def output_schema(schema: pa.Schema, column: str, options: Options) -> pa.Schema:
    """The schema of what `clean_batch` makes of a table with this schema.

    Raises `ValueError` where a column that is needed is missing or one of the new names is taken.
    """
    import pyarrow as pa

    article = article_type(options)
    check_columns(schema.names, column, options)
    return schema.append(pa.field(options.output, article)).append(
        pa.field(options.error, pa.string())
    )


def check_columns(names: Sequence[str], column: str, options: Options) -> None:
    """Raises `ValueError` where a table with columns of these names does not fit."""
    for name in (column, options.url_column):
        if name is not None and name not in names:
            raise ValueError(f"no column {name!r}: there are {', '.join(names)}")
    for name in (options.output, options.error):
        if name in names:
            raise ValueError(f"column {name!r} is there already: give another `output`")


def clean_batch(
    table: pa.Table | pa.RecordBatch, column: str, options: Options | None = None
) -> pa.Table:
    """The table with an article for the clip in each row of `column`, beside what it had.

    Rows keep their order and number. A row that has no clip, or on which cleaning fails, has no
    article (null) and one line in the column of errors. Raises `ValueError` for columns that do
    not fit, `InputError` where pyarrow is missing, and what `Cleaner` raises for its settings.
    """
    import pyarrow as pa

    options = options or Options()
    schema = output_schema(table.schema, column, options)
    batches = [table] if isinstance(table, pa.RecordBatch) else table.to_batches()
    return pa.Table.from_batches(clean_batches(batches, column, options), schema)


def clean_batches(
    batches: Iterable[pa.RecordBatch], column: str, options: Options | None = None
) -> Iterator[pa.RecordBatch]:
    """As `clean_batch`, lazily over a stream of record batches."""
    options = options or Options()
    cleaner = options.setup.cleaner()
    for batch in batches:
        for begin in range(0, batch.num_rows, _ROWS):
            yield _cleaned(batch.slice(begin, _ROWS), column, options, cleaner)


def _cleaned(
    batch: pa.RecordBatch, column: str, options: Options, cleaner: Cleaner
) -> pa.RecordBatch:
    import pyarrow as pa

    schema = output_schema(batch.schema, column, options)
    clips = batch.column(column)
    urls = [None] * batch.num_rows
    if options.url_column is not None:
        urls = batch.column(options.url_column).to_pylist()
    rows = [_row(cleaner, clip.as_py, url, options) for clip, url in zip(clips, urls, strict=True)]
    articles = pa.array([article for article, _ in rows], schema.field(options.output).type)
    errors = pa.array([error for _, error in rows], pa.string())
    return pa.RecordBatch.from_arrays([*batch.columns, articles, errors], schema=schema)


def _row(
    cleaner: Cleaner, clip: Any, url: object, options: Options
) -> tuple[Mapping[str, Any] | None, str | None]:
    """The article as plain data, or else the reason. `clip` is a call, because a value that
    says it is text and is no UTF-8 fails when it is taken out of Arrow."""
    try:
        source = clip()
        if source is None:
            return None, "InputError: there is no clip"
        address = None if url is None else str(url)
        return cleaner.clean(source, options.kind, address).to_dict(options.fields), None
    except Exception as error:  # noqa: BLE001  # whatever a row raises must not end the job
        reason = " ".join(str(error).split())
        return None, f"{type(error).__name__}: {reason}".encode(errors="replace").decode()
