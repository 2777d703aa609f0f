"""Clean web clips: the article's text, its captions, credits, videos and dates apart from it,
and a reason for every block that was taken out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .article import Article, Audio, Caption, Credit, Dateline, Video, article_schema
    from .article_arrow import arrow_schema
    from .clip import Block, Clip, Image, Kind, Link, Origin
    from .decision import Decision, Evidence
    from .engine import Cleaner, clean, clean_archive
    from .errors import (
        BlocksLimitError,
        CleanerError,
        DamagedError,
        InputError,
        InputLimitError,
        LimitError,
        ManyPagesError,
        MissingExtraError,
        ModelError,
        NestingLimitError,
        PackError,
        PartsLimitError,
        RatioLimitError,
        TimeLimitError,
        UnknownFormError,
        UnknownKindError,
        UnpackedLimitError,
    )
    from .isolated import IsolatedCleaner
    from .labels import Action, Label
    from .limits import Limits

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Article",
    "Audio",
    "Block",
    "BlocksLimitError",
    "Caption",
    "Cleaner",
    "CleanerError",
    "Clip",
    "Credit",
    "DamagedError",
    "Dateline",
    "Decision",
    "Evidence",
    "Image",
    "InputError",
    "InputLimitError",
    "IsolatedCleaner",
    "Kind",
    "Label",
    "LimitError",
    "Limits",
    "Link",
    "ManyPagesError",
    "MissingExtraError",
    "ModelError",
    "NestingLimitError",
    "Origin",
    "PackError",
    "PartsLimitError",
    "RatioLimitError",
    "TimeLimitError",
    "UnknownFormError",
    "UnknownKindError",
    "UnpackedLimitError",
    "Video",
    "arrow_schema",
    "article_schema",
    "clean",
    "clean_archive",
]

# Where each name lives. It is imported when it is first asked for (PEP 562), so that what needs
# one of them, the command's `--help` for one, does not wait for all.
_HOMES = {
    "Action": "labels",
    "Article": "article",
    "Audio": "article",
    "Block": "clip",
    "BlocksLimitError": "errors",
    "Caption": "article",
    "Cleaner": "engine",
    "CleanerError": "errors",
    "Clip": "clip",
    "Credit": "article",
    "DamagedError": "errors",
    "Dateline": "article",
    "Decision": "decision",
    "Evidence": "decision",
    "Image": "clip",
    "InputError": "errors",
    "InputLimitError": "errors",
    "IsolatedCleaner": "isolated",
    "Kind": "clip",
    "Label": "labels",
    "LimitError": "errors",
    "Limits": "limits",
    "Link": "clip",
    "ManyPagesError": "errors",
    "MissingExtraError": "errors",
    "ModelError": "errors",
    "NestingLimitError": "errors",
    "Origin": "clip",
    "PackError": "errors",
    "PartsLimitError": "errors",
    "RatioLimitError": "errors",
    "TimeLimitError": "errors",
    "UnknownFormError": "errors",
    "UnknownKindError": "errors",
    "UnpackedLimitError": "errors",
    "Video": "article",
    "arrow_schema": "article_arrow",
    "article_schema": "article",
    "clean": "engine",
    "clean_archive": "engine",
}

if not TYPE_CHECKING:  # a type checker would take it for leave to ask for any name

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
