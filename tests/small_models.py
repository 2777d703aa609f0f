"""Small models and labelled clips for tests, made of the gate's pages: nothing that they show
depends on the weights that ship."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cleaner import Cleaner
from cleaner.classifier.model import Model
from cleaner.readers import read
from cleaner.training.data import Row, read_rows
from cleaner.training.examples import Labelled, labelled
from cleaner.training.fit import fit
from cleaner.training.learning import Settings

from .gate import cases, folders

SETTINGS = Settings(epochs=2, hidden=8, width=4, teachers=0)


@cache
def page_rows() -> tuple[dict[str, Any], ...]:
    """The gate's pages as rows of training data, each of a site of its own."""
    return tuple(
        {
            "html": _read(folder / "page.html"),
            "gold": _read(folder / "gold.txt"),
            "url": f"https://www.{folder.name.partition('--')[2]}.example/story",
            "type": folder.name.partition("--")[0],
        }
        for folder in folders()
    )


@cache
def line_rows() -> tuple[dict[str, Any], ...]:
    """The gate's pages as dumps with labelled lines."""
    found = []
    for case in cases():
        name, _, file = case.name.partition("/")
        if file == "page.txt":
            lines, labels = list(case.row.lines), list(case.row.labels)
            found.append(
                {
                    "lines": lines,
                    "blank_before": [0] * len(lines),
                    "labels": labels,
                    "gold": case.row.gold,
                    "site": name.partition("--")[2],
                    "type": name.partition("--")[0],
                }
            )
    return tuple(found)


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A file of JSON lines with these rows."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def parsed(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows as training reads them."""
    return list(read_rows([write_rows(folder / "rows.jsonl", rows)]))


def examples(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[Labelled]:
    """The rows with the features and labels of their blocks."""
    teacher = Cleaner(model=False)
    found = [
        labelled(row, read(row.source, row.kind, row.url), teacher) for row in parsed(folder, rows)
    ]
    return [clip for clip in found if clip is not None]


def small_model(folder: Path, kind: str) -> Model:
    """A model that saw eight clips twice."""
    rows = page_rows() if kind == "html" else line_rows()
    return fit(examples(folder, rows[:8]), kind, SETTINGS)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
