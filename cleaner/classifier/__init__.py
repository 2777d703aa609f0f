"""The classifier: for each block of a clip the probability that it is main text, and for each
label the probability that it is that. It knows nothing of the rules."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..clip import Clip
from ..decision import Evidence
from ..errors import ModelError
from ..labels import Action, Label

if TYPE_CHECKING:
    from .model import Model, Scores

SHIPPED = Path(__file__).resolve().parent / "weights"
HTML, TEXT = "html", "text"
_SUFFIX = ".npz"
# What the reader knows by itself is not asked for.
_ID = "classifier"
# So many groups of features are named as those that weighed most.
_NAMED = 3


class Classifier:
    """The models for HTML and for text. Immutable, picklable, shared by threads; a model is
    read when a clip first calls for it."""

    def __init__(self, folder: str | Path | None = None) -> None:
        """`folder` holds `html.npz`, `text.npz` or both; None: those that ship. Raises
        `ModelError` where there is neither."""
        self.folder = Path(folder) if folder is not None else SHIPPED
        if not any((self.folder / (kind + _SUFFIX)).is_file() for kind in (HTML, TEXT)):
            raise ModelError(f"{self.folder}: holds neither html.npz nor text.npz")

    def model(self, clip_kind: str) -> Model | None:
        """The model for clips of a kind; None where the folder has none."""
        return _model(self.folder / ((HTML if clip_kind == HTML else TEXT) + _SUFFIX))

    def hear(
        self, clip: Clip, alive: Sequence[int], blank: Sequence[bool], weighed: bool = False
    ) -> dict[int, Evidence]:
        """The classifier's evidence on the `alive` blocks; `blank` says of each of them whether
        a blank line stands before it. `weighed`: with the features that weighed most.

        The evidence's score is the probability that the block is main text; its label what
        it most likely is if it is not, or `paragraph` where it likely is.
        """
        model = self.model(clip.kind)
        if model is None or not alive:
            return {}
        import numpy as np

        from .model import read_raw

        blocks = [clip.blocks[index] for index in alive]
        inputs = model.inputs(read_raw(clip, blocks, np.array(blank)))
        scores = model.score(inputs)
        reasons = _reasons(model, scores, *model.weigh(inputs)) if weighed else [()] * len(alive)
        return dict(zip(alive, _evidence(model, scores, reasons), strict=True))


@functools.cache
def _model(path: Path) -> Model | None:
    """A model by its file, read once: it is a constant, as a compiled pattern is."""
    if not path.is_file():
        return None
    from .model import Model

    return Model.load(path)


def _evidence(
    model: Model, scores: Scores, reasons: Sequence[tuple[tuple[str, float], ...]]
) -> list[Evidence]:
    labels = model.labels
    leaves = [at for at, label in enumerate(labels) if label.action is not Action.KEEP]
    likely = scores.labels[:, leaves].argmax(axis=1).tolist()
    titled = scores.labels[:, labels.index(Label.TITLE)].tolist()
    return [
        Evidence(
            Label.PARAGRAPH if text >= 0.5 else labels[leaves[at]],
            "classifier", f"{_ID}.{model.kind}", score=text, title=title, weights=why,
        )
        for text, at, title, why in zip(scores.text.tolist(), likely, titled, reasons, strict=True)
    ]  # fmt: skip


def _reasons(
    model: Model, scores: Scores, names: Sequence[str], weights: object
) -> list[tuple[tuple[str, float], ...]]:
    """For each block the groups of features that spoke most for what it was taken for."""
    import numpy as np

    found = np.asarray(weights)
    sign = np.where(scores.text >= 0.5, 1, -1)[:, None]
    order = np.argsort(-found * sign, axis=1)[:, :_NAMED]
    return [
        tuple((names[at], round(float(row[at]), 2)) for at in best)
        for row, best in zip(found, order, strict=True)
    ]
