"""The article as an Arrow type: what `Article.to_dict` gives, in columns."""

from __future__ import annotations

from typing import Any

from .errors import InputError


def arrow_schema() -> Any:
    """The Arrow schema (`pyarrow.Schema`) of `Article.to_dict`, captions and decisions nested.

    Durations are seconds, spans `[begin, end]` in characters of the clip, dates ISO 8601 text.
    Raises `InputError` where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise InputError("Arrow needs pyarrow: pip install 'web-clip-cleaner[arrow]'") from error
    return pa.schema(
        [
            ("schema_version", pa.int32()),
            ("kind", pa.string()),
            ("url", pa.string()),
            ("origin", _origin(pa)),
            ("title", pa.string()),
            ("subtitle", pa.string()),
            ("byline", pa.list_(pa.string())),
            ("dateline", pa.struct([("place", pa.string()), ("agency", pa.string())])),
            ("published", pa.string()),
            ("modified", pa.string()),
            ("language", pa.string()),
            ("site", pa.string()),
            pa.field("text", pa.string(), nullable=False),
            ("captions", pa.list_(_caption(pa))),
            ("videos", pa.list_(_recording(pa))),
            ("audio", pa.list_(_recording(pa))),
            ("corrections", pa.list_(pa.string())),
            ("author_bios", pa.list_(pa.string())),
            ("sources", pa.list_(pa.string())),
            ("reading_minutes", pa.int32()),
            ("decisions", pa.list_(_decision(pa))),
        ]
    )


def _origin(pa: Any) -> Any:
    text, texts = pa.string(), pa.list_(pa.string())
    return pa.struct(
        [("forms", texts), ("url", text), ("date", text), ("status", pa.int32()), ("notes", texts)]
    )


def _image(pa: Any) -> Any:
    return pa.struct([("src", pa.string()), ("alt", pa.string())])


def _caption(pa: Any) -> Any:
    text, texts = pa.string(), pa.list_(pa.string())
    credit = pa.struct(
        [
            ("text", text),
            ("photographers", texts),
            ("agencies", texts),
            ("rights_holder", text),
            ("licence", text),
            ("source", text),
        ]
    )
    return pa.struct(
        [
            ("text", text),
            ("title", text),
            ("credits", texts),
            ("credit_parts", pa.list_(credit)),
            ("image", _image(pa)),
            ("after", pa.int32()),
        ]
    )


def _recording(pa: Any) -> Any:
    return pa.struct([("title", pa.string()), ("duration", pa.float64()), ("after", pa.int32())])


def _decision(pa: Any) -> Any:
    text, span = pa.string(), pa.list_(pa.int32())
    weight = pa.struct([("features", text), ("log_odds", pa.float64())])
    evidence = pa.struct(
        [
            ("source", text),
            ("id", text),
            ("label", text),
            ("strength", text),
            ("span", span),
            ("language", text),
            ("score", pa.float64()),
            ("weights", pa.list_(weight)),
        ]
    )
    return pa.struct(
        [
            ("block", pa.int32()),
            ("text", text),
            ("kind", text),
            ("span", span),
            ("images", pa.list_(_image(pa))),
            ("label", text),
            ("action", text),
            ("evidence", pa.list_(evidence)),
        ]
    )
