"""A training run: labelled clips in, two models, their figures and their card out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from ..classifier import HTML, TEXT
from ..classifier.model import Model
from ..engine import Cleaner
from ..errors import CleanerError, InputError
from ..output import write_whole
from ..readers import read
from ..thresholds import Favor
from .card import Run, card
from .data import Row, checksum, read_rows
from .examples import Labelled, labelled
from .fit import fit
from .learning import Settings
from .made_up import abridged, excerpts, fragment, set_in
from .report import Report, report

T = TypeVar("T")
FOLDS = "folds"
# A fragment of every so many pages; a made-up clip for so many labelled ones.
_FRAGMENTS, _SET_IN = 12, 4
# With more passes dumps are learnt by heart (NOTES.md); of pages there are fewer.
EPOCHS = {HTML: 7, TEXT: 4}
# Networks from which the one that is handed out learns too. There are so many dumps that they
# would cost an hour.
TEACHERS = {HTML: 2, TEXT: 0}


def progress_bar(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items, with a bar on standard error. Raises `CleanerError` where tqdm is missing."""
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise _missing("tqdm") from error
    yield from tqdm(items, desc=what, total=total, dynamic_ncols=True)


def train(
    paths: Sequence[Path], target: Path, folds: int, settings: Settings, licence: str, notes: str
) -> list[Report]:
    """Trains on the rows of `paths`: a model for pages where there are any, one for dumps where
    there are any. Writes each with its card into the folder `target`, and returns the
    cross-validated figures, none for fewer than two folds. What `target` holds of a kind that is
    not trained stays. Raises `InputError` where there is nothing to train on."""
    files = [(path, checksum(path)) for path in paths]
    rows = [list(progress_bar(read_rows([path]), f"reading {path.name}")) for path in paths]
    reports, written = [], 0
    for kind in (HTML, TEXT):
        of_kind = [[row for row in of if _kind(row) == kind] for of in rows]
        some = list(chain.from_iterable(of_kind))
        real, made = _pages(some) if kind == HTML else (_dumps(some), [])
        if not real:
            continue
        target.mkdir(parents=True, exist_ok=True)
        _clear_folds(target, kind)
        counted = zip(files, of_kind, strict=True)
        named = [(path, digest, len(of)) for (path, digest), of in counted if of]
        found = None
        teachers = settings.teachers if settings.teachers is not None else TEACHERS[kind]
        used = replace(settings, epochs=settings.epochs or EPOCHS[kind], teachers=teachers)
        if folds > 1:
            if kind == TEXT:
                made = _made_up(some, settings.seed, folds)
            found = _cross_validate(some, [*real, *made], kind, target, folds, used)
            reports.append(found)
        if kind == TEXT:
            # The model that is handed out is measured on none of them: it may see all chrome.
            made = _made_up(some, settings.seed, 1)
        _fit([*real, *made], kind, used, kind).save(target / f"{kind}.npz")
        run = Run(kind, named, len(real), len(made), used, folds, licence, notes)
        write_whole(target / f"{kind}.md", card(run, found))
        written += 1
    if not written:
        raise InputError("no labelled clip: see cleaner train --help for the format")
    return reports


def _kind(row: Row) -> str:
    """The kind of model that a row is for."""
    return HTML if row.kind == HTML else TEXT


def _clear_folds(target: Path, kind: str) -> None:
    """Takes out the folds of a training before, which may have parted the sites otherwise."""
    for path in _folds(target, kind):
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def _pages(rows: Sequence[Row]) -> tuple[list[Labelled], list[Labelled]]:
    """The labelled pages, and fragments made of them."""
    teacher = Cleaner(model=False)
    real, made = [], []
    for number, row in enumerate(progress_bar(rows, "pages: features")):
        clip = read(row.source, row.kind, row.url)
        found = labelled(row, clip, teacher)
        if found is None:
            continue
        real.append(found)
        if number % _FRAGMENTS == 0:
            cut = fragment(clip, row.gold, bare=number % (2 * _FRAGMENTS) == 0)
            part = labelled(row, cut, teacher) if cut is not None else None
            made += [part] if part is not None else []
    return real, made


def _dumps(rows: Sequence[Row]) -> list[Labelled]:
    """The labelled text clips."""
    return _featured(rows, "dumps: features", len(rows))


def _made_up(rows: Sequence[Row], seed: int, folds: int) -> list[Labelled]:
    """Text clips with chrome set into their text, short ones, and excerpts. Chrome of other sites
    is of the same of so many folds."""
    count = len(rows) // _SET_IN
    made = chain(
        set_in(rows, count, seed, folds), abridged(rows, count, seed), excerpts(rows, count, seed)
    )
    return _featured(made, "made-up dumps: features", 3 * count)


def _featured(rows: Iterable[Row], what: str, total: int) -> list[Labelled]:
    teacher = Cleaner(model=False)
    found = (
        labelled(row, read(row.source, row.kind, row.url), teacher)
        for row in progress_bar(rows, what, total)
    )
    return [clip for clip in found if clip is not None]


def _fit(clips: Sequence[Labelled], kind: str, settings: Settings, what: str) -> Model:
    passes = settings.epochs * (1 + (settings.teachers or 0))
    bar = progress_bar(range(passes), f"{what}: learning", passes)
    next(bar)
    with _one_thread():
        return fit(clips, kind, settings, lambda: next(bar, None))


def _one_thread() -> AbstractContextManager[object]:
    """Products this small on several threads take five times as long as on one, and the order
    of their sums, and so the weights, would hang on the number of processors."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise _missing("threadpoolctl") from error
    limited: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limited


def _missing(what: str) -> CleanerError:
    return CleanerError(
        f"cleaner train and evaluate need {what}: install the extra 'web-clip-cleaner[train]'"
    )


def _cross_validate(
    rows: Sequence[Row],
    clips: Sequence[Labelled],
    kind: str,
    target: Path,
    folds: int,
    settings: Settings,
) -> Report:
    for fold in range(folds):
        folder = fold_folder(target, fold)
        folder.mkdir(parents=True, exist_ok=True)
        others = [clip for clip in clips if clip.row.fold(folds) != fold]
        if not others:
            raise InputError(f"{kind}: clips of one site make no folds: give --folds 0")
        model = _fit(others, kind, settings, f"fold {fold + 1} of {folds}, {kind}")
        model.save(folder / f"{kind}.npz")
    return report(progress_bar(rows, "measuring"), fold_judge(target), with_peers=False)


def fold_folder(target: Path, fold: int) -> Path:
    """Where the models of a fold lie."""
    return target / FOLDS / str(fold)


def _folds(target: Path, kind: str) -> list[Path]:
    """The models of the folds that the model of a kind was cross-validated by."""
    return list((target / FOLDS).glob(f"*/{kind}.npz"))


def fold_judge(target: Path, favor: Favor = "balanced") -> Callable[[Row], Cleaner]:
    """For a row the cleaner whose model has not seen the row's site. It raises `InputError` for
    a row of a kind that `target` has no folds for."""
    counts = {kind: len(_folds(target, kind)) for kind in (HTML, TEXT)}
    folders = [fold_folder(target, fold) for fold in range(max(counts.values()))]
    judges = [Cleaner(model=folder, favor=favor) for folder in folders]

    def judge(row: Row) -> Cleaner:
        kind = _kind(row)
        if not counts[kind]:
            raise InputError(f"{target}: holds no folds for {kind} clips: train with folds on some")
        return judges[row.fold(counts[kind])]

    return judge
