"""Spark: a DataFrame in, a DataFrame with articles out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arrow import Options, article_type, check_columns, clean_batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from pyspark.sql import DataFrame


def clean(df: DataFrame, column: str, options: Options | None = None) -> DataFrame:
    """`df` with a struct column of articles for the clips in `column`, and a column of errors.

    Rows keep their number. A row that has no clip, or on which cleaning fails, has no article
    (null) and a line in `article_error`; no job fails for it. Each Python worker builds its rules
    and models once. The workers need this package and pyarrow.

    A batch of `spark.sql.execution.arrow.maxRecordsPerBatch` rows (10,000 where it is not set) is
    in a worker's memory at a time: set it to a few hundred where rows are whole pages.

    Raises `ValueError` for columns that do not fit and `ImportError` where Spark is missing.
    """
    chosen = options or Options()
    try:
        from pyspark.sql.types import StringType, StructField, StructType
    except ImportError as error:
        raise ImportError("Spark is missing: pip install 'web-clip-cleaner[spark]'") from error
    check_columns(df.columns, column, chosen)
    schema = StructType(
        [
            *df.schema.fields,
            StructField(chosen.output, _spark_type(article_type(chosen))),
            StructField(chosen.error, StringType()),
        ]
    )

    def cleaned(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return clean_batches(batches, column, chosen)

    return df.mapInArrow(cleaned, schema)


def _spark_type(kind: pa.DataType) -> Any:
    """The Spark type that holds values of an Arrow type, one of those that articles have."""
    import pyarrow as pa
    from pyspark.sql import types

    if pa.types.is_struct(kind):
        return types.StructType(
            [types.StructField(field.name, _spark_type(field.type)) for field in kind]
        )
    if pa.types.is_list(kind):
        return types.ArrayType(_spark_type(kind.value_type))
    plain = {
        pa.string(): types.StringType(),
        pa.int32(): types.IntegerType(),
        pa.float64(): types.DoubleType(),
    }
    return plain[kind]
