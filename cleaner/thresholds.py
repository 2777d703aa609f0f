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

    `html`: in a page; `page`: in a text clip with a page around its text, `large`: with many lines
    of it; `clean`: in one that
    an extractor has cleaned already, where chrome is rare and a mistake is likelier than a
    find; `hint`: where a hint of the rules speaks against the block too; `element`: where the
    HTML elements around it do; `metadata`: where these say that it is a caption or another
    piece of metadata.
    """

    html: float
    page: float
    large: float
    clean: float
    hint: float
    element: float
    metadata: float


# Chosen on the cross-validated scores of the training pages; the model card has the figures.
SETTINGS: Mapping[str, Thresholds] = MappingProxyType(
    {
        "balanced": Thresholds(
            html=0.5, page=0.4, large=0.5, clean=0.05, hint=0.5, element=0.5, metadata=0.8
        ),
        "precision": Thresholds(
            html=0.7, page=0.6, large=0.7, clean=0.2, hint=0.7, element=0.7, metadata=0.9
        ),
        "recall": Thresholds(
            html=0.25, page=0.2, large=0.2, clean=0.02, hint=0.25, element=0.25, metadata=0.5
        ),
    }
)
