"""What a batch is asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..limits import Limits
from ..thresholds import Favor

Form = Literal["jsonl", "parquet", "json", "text", "markdown"]
# One file, or a folder with a file for each document.
FILE_FORMS: tuple[Form, ...] = ("jsonl", "parquet")
SUFFIXES: dict[Form, str] = {"json": ".json", "text": ".txt", "markdown": ".md"}
MIB = 1 << 20


@dataclass(frozen=True)
class Columns:
    """Which fields of a row hold what. None: the first that is there of the usual names."""

    text: str | None = None
    url: str | None = None
    id: str | None = None


# The usual names.
TEXT_COLUMNS = ("html", "text", "markdown", "content", "body")
URL_COLUMNS = ("url",)
ID_COLUMNS = ("id",)


@dataclass(frozen=True)
class WorkSettings:
    """What a worker has to know. `seconds` is the longest that a document may take;
    `max_bytes` the most that it may hold, unpacked; `reported`: facts are gathered. `fields`
    are those of the article that rows hold; None: all."""

    form: Form = "jsonl"
    fields: tuple[str, ...] | None = None
    kind: str = "auto"
    columns: Columns = Columns()
    favor: Favor = "balanced"
    model: Path | Literal[False] | None = None
    rules: tuple[Path, ...] = ()
    seconds: float = Limits.seconds
    max_bytes: int = Limits.input_bytes
    reported: bool = False

    @property
    def limits(self) -> Limits:
        """The same as the cleaner has them."""
        return Limits(seconds=self.seconds, input_bytes=self.max_bytes)


@dataclass(frozen=True)
class Settings:
    """A batch. `errors` None: beside the output, `NAME.errors.jsonl`. `checkpoint` is how
    often, in seconds, what is done is made safe against a killed run."""

    inputs: Sequence[str]
    output: Path
    work: WorkSettings = WorkSettings()
    workers: int = 0
    resume: bool = False
    errors: Path | None = None
    report: Path | None = None
    checkpoint: float = 5.0

    @property
    def errors_path(self) -> Path:
        """Where the failures go."""
        return self.errors or self.output.with_name(self.output.name + ".errors.jsonl")

    @property
    def worker_count(self) -> int:
        """As asked for, or one for each processor that this process may use."""
        if self.workers > 0:
            return self.workers
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1
