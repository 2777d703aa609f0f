"""Articles to files: each whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from .article import Article, encodable
from .errors import InputError

SUFFIXES = {"text": ".txt", "markdown": ".md", "json": ".json", "jsonl": ".jsonl"}


def written(article: Article, form: str, name: str | None = None) -> str:
    """The article in one of the forms of `SUFFIXES`, ending in a line end. `name`, the
    input's, goes into JSON lines, where many articles stand in one file."""
    if form == "text":
        return encodable(article.text) + "\n"
    if form == "markdown":
        return article.to_markdown()
    if form == "json":
        return article.to_json(indent=2) + "\n"
    record = {"input": None if name is None else encodable(name), **article.to_dict()}
    return json.dumps(record, ensure_ascii=False) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Writes `text` to `path` so that a reader finds the old file or the whole new one.

    Raises `InputError` where the place cannot be written to.
    """
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device cannot be replaced, only written to; a folder is neither.
            path.write_text(text, encoding="utf-8", newline="")
            return
        place = path.resolve()  # a link stays a link
        temporary = place.with_name(f".cleaner-{os.urandom(8).hex()}.part")
        try:
            with temporary.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
            if place.exists():
                temporary.chmod(stat.S_IMODE(place.stat().st_mode))
            temporary.replace(place)
        finally:
            # Whatever happened, an interrupt too: no part of a file is left.
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
