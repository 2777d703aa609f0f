"""The classifier: for each block of a clip the probability that it is main text, and for each
label the probability that it is that. It knows nothing of the rules."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..clip import Clip
from ..decision import Evidence
from ..errors import ModelError
from ..labels import Action, Label

if TYPE_CHECKING:
    from .lines import Floats
    from .model import Model, Raw, Scores

SHIPPED = Path(__file__).resolve().parent / "weights"
HTML, TEXT = "html", "text"
# A block is likelier text than not.
LIKELY = 0.5
_SUFFIX = ".npz"
# So many groups of features are named as those that weighed most.
_NAMED = 3


class Verdict(NamedTuple):
    """What the classifier says of n blocks, in their order: `text` the probability that each
    is main text, `title` that it is the headline, `metadata` that it is some other piece of
    metadata, `labels` what it most likely is if it is no text; `words` counts its words;
    `weights` are the features that spoke most, where they were asked for."""

    model: str
    text: list[float]
    title: list[float]
    metadata: list[float]
    labels: list[Label]
    words: list[int]
    weights: list[tuple[tuple[str, float], ...]]

    def evidence(self, at: int) -> Evidence:
        """The evidence on the block at place `at`; its label is `paragraph` where it is
        likelier text than not."""
        text = self.text[at]
        label = Label.PARAGRAPH if text >= LIKELY else self.labels[at]
        weights = self.weights[at] if self.weights else ()
        return Evidence(label, "classifier", self.model, score=text, weights=weights)


class Classifier:
    """The models for HTML and for text. Immutable, picklable, shared by threads; a model is
    read when a clip first calls for it."""

    def __init__(self, folder: str | Path | None = None) -> None:
        """`folder` holds `html.npz`, `text.npz` or both; None: those that ship. Raises
        `ModelError` where there is neither."""
        self._own = Path(folder) if folder is not None else None
        paths = {kind: self.folder / (kind + _SUFFIX) for kind in (HTML, TEXT)}
        # A model that is trained anew under the same name is another one.
        self._stamps = {k: p.stat().st_mtime_ns for k, p in paths.items() if p.is_file()}
        if not self._stamps:
            raise ModelError(f"{self.folder}: holds neither html.npz nor text.npz")

    @property
    def folder(self) -> Path:
        """Where the models are. What ships is found anew where a pickle is opened: a worker may
        have the package elsewhere."""
        return SHIPPED if self._own is None else self._own

    def model(self, clip_kind: str) -> Model | None:
        """The model for clips of a kind; None where the folder has none."""
        kind = HTML if clip_kind == HTML else TEXT
        if kind not in self._stamps:
            return None
        return _model(self.folder / (kind + _SUFFIX), self._stamps[kind])

    def hear(
        self, clip: Clip, alive: Sequence[int], blank: Sequence[bool], weighed: bool = False
    ) -> Verdict | None:
        """What the classifier says of the `alive` blocks; `blank` says of each of them whether
        a blank line stands before it. None where there is no block, or no model for the clip's
        kind. `weighed`: with the features that weighed most."""
        model = self.model(clip.kind)
        if model is None or not alive:
            return None
        import numpy as np

        from .model import read_raw

        blocks = [clip.blocks[index] for index in alive]
        raw = read_raw(clip, blocks, np.array(blank))
        inputs = model.inputs(raw)
        scores = model.score(inputs)
        reasons = _reasons(scores, *model.weigh(inputs)) if weighed else []
        return _verdict(model, raw, scores, reasons)


@functools.cache
def _model(path: Path, _stamp: int) -> Model:
    """A model by its file and the time of its making, read once: it is a constant, as a
    compiled pattern is."""
    from .model import Model

    model = Model.load(path)
    if model.kind != path.stem:
        raise ModelError(f"{path}: is a model for {model.kind}")
    return model


def _verdict(
    model: Model, raw: Raw, scores: Scores, reasons: list[tuple[tuple[str, float], ...]]
) -> Verdict:
    import numpy as np

    from .features import LINE_NAMES

    labels = model.labels
    leaves = [at for at, label in enumerate(labels) if label.action is not Action.KEEP]
    metadata = [at for at in leaves if labels[at].action is Action.METADATA]
    likely = scores.labels[:, leaves].argmax(axis=1).tolist()
    return Verdict(
        f"classifier.{model.kind}",
        scores.text.tolist(),
        scores.labels[:, labels.index(Label.TITLE)].tolist(),
        scores.labels[:, metadata].sum(axis=1).tolist(),
        [labels[leaves[at]] for at in likely],
        # The feature is a logarithm, and a float of 32 bits.
        np.rint(np.expm1(raw.numbers[:, LINE_NAMES.index("word count")])).astype(int).tolist(),
        reasons,
    )


def _reasons(
    scores: Scores, names: Sequence[str], weights: Floats
) -> list[tuple[tuple[str, float], ...]]:
    """For each block the groups of features that spoke most for what it was taken for."""
    import numpy as np

    sign = np.where(scores.text >= LIKELY, 1, -1)[:, None]
    order = np.argsort(-weights * sign, axis=1)[:, :_NAMED]
    return [
        tuple((names[at], round(float(row[at]), 2)) for at in best)
        for row, best in zip(weights, order, strict=True)
    ]
