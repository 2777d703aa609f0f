"""How sure the classifier has to be: the one option of the decision, with three settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Favor = Literal["balanced", "precision", "recall"]


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of being main text below which a block leaves.

    `page`: in a clip with a page around its text; `clean`: in a clip that an extractor has
    cleaned already, where chrome is rare and a mistake is likelier than a find; `hint`: where
    a hint of the rules speaks against the block too; `element`: where the HTML elements around
    it do; `metadata`: where these say that it is a caption or another piece of metadata.
    """

    page: float
    clean: float
    hint: float
    element: float
    metadata: float


# Chosen on the cross-validated scores of the training pages; the model card has the figures.
SETTINGS: Mapping[str, Thresholds] = MappingProxyType(
    {
        "balanced": Thresholds(page=0.5, clean=0.1, hint=0.6, element=0.5, metadata=0.8),
        "precision": Thresholds(page=0.7, clean=0.3, hint=0.8, element=0.7, metadata=0.9),
        "recall": Thresholds(page=0.25, clean=0.03, hint=0.35, element=0.25, metadata=0.5),
    }
)
