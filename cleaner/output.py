"""Articles to files: each whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from .article import Article
from .errors import InputError

SUFFIXES = {"text": ".txt", "markdown": ".md", "json": ".json", "jsonl": ".jsonl"}


def written(article: Article, form: str, name: str | None = None) -> str:
    """The article in one of the forms of `SUFFIXES`, ending in a line end. `name`, the
    input's, goes into JSON lines, where many articles stand in one file."""
    if form == "text":
        return article.text + "\n"
    if form == "markdown":
        return article.to_markdown()
    if form == "json":
        return article.to_json(indent=2) + "\n"
    record = {"input": name, **article.to_dict()}
    return json.dumps(record, ensure_ascii=False) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Writes `text` to `path` so that a reader finds the old file or the whole new one.

    Raises `InputError` where the place cannot be written to.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        # mkstemp makes files for the owner alone; an output has the usual mode.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
