"""The model card: what a model was trained on, how good it is, where it is weak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from .. import __version__
from ..classifier import HTML, TEXT
from .learning import Settings
from .report import OURS, Report

# A page type or language that is this much worse than all pages is named as a weakness.
_WEAK = 0.05
# A group with fewer clips says little.
_FEW = 5


class Run(NamedTuple):
    """A training run: the `kind` of model; the `files` by path, SHA-256 sum and number of rows;
    how many clips were `labelled` and how many `made` up; `notes` are what the trainer adds."""

    kind: str
    files: Sequence[tuple[Path, str, int]]
    labelled: int
    made: int
    settings: Settings
    folds: int
    licence: str
    notes: str


_TRAINED = {
    HTML: "HTML pages. Made-up clips are fragments of its pages, as extractors and feeds hand"
    " them on, some without class names.",
    TEXT: "text and markdown. Made-up clips are articles of the data with lines of chrome set"
    " into them, or lines that look like chrome and are text; short ones of their first and last"
    " lines; and excerpts of dumps.",
}


def card(run: Run, found: Report | None) -> str:
    """The card of a run, in markdown; `found` are its cross-validated figures, None where there
    were no folds."""
    lines = [
        f"# Model card: {run.kind}.npz",
        "",
        f"Written by `cleaner train`, cleaner {__version__}. The model gives each block of a clip"
        " the probability that it is main text, and for each label the probability that it is"
        f" that. It reads {_TRAINED[run.kind]}",
        "",
        "## Data",
        "",
        "| file | rows | SHA-256 |",
        "|---|---|---|",
        *(f"| {path.name} | {rows} | `{digest}` |" for path, digest, rows in run.files),
        "",
        f"Licence and attribution: {run.licence}",
        "",
        f"{run.labelled} labelled clips and {run.made} made-up ones. Where the data does not label"
        " lines, labels come from aligning each block with the gold text; the names of what is no"
        " text come from the rules.",
        "",
        "## Training",
        "",
        ", ".join(f"{name} {value}" for name, value in asdict(run.settings).items()) + ".",
        "The same data and seed give the same weights on the same machine.",
        "",
        "## Figures",
        "",
    ]
    if found is None:
        lines.append("Not measured: trained without folds.")
    else:
        lines.append(
            f"{run.folds} folds by site: each clip was cleaned, rules included, with a model that"
            " has not seen its site. Word F1 and paragraphs are means over clips."
        )
        lines += found.lines()
        lines += ["", "## Known weaknesses", "", *_weaknesses(found)]
    if run.notes:
        lines += ["", run.notes.rstrip()]
    return "\n".join(lines) + "\n"


def _weaknesses(found: Report) -> Iterator[str]:
    """The groups that are much worse than their kind as a whole."""
    for prefix in ("pages", "dumps", "language"):
        groups = [g for g, system in found.tallies if system == OURS and g.startswith(prefix)]
        sized = [g for g in groups if len(found.tallies[g, OURS].scores) >= _FEW]
        scores = {g: found.figures(g)["word F1"] or 0.0 for g in sized}
        if not scores:
            continue
        usual = sorted(scores.values())[len(scores) // 2]
        for group, score in sorted(scores.items(), key=lambda item: item[1]):
            if score < usual - _WEAK:
                yield f"- {group}: word F1 {score:.3f} (the median group of its kind: {usual:.3f})"
    yield (
        "- The labels of what is no text were learnt from the rules: where these are mistaken or"
        " know no phrase, so is or does the model."
    )
