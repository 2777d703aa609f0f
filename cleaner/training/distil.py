"""What a network learns from others: knowledge distillation (Hinton, Vinyals and Dean 2015), with
teachers of its own size (as in Furlanello et al. 2018). Nearly as good as all of them asked
together, at the price of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..classifier.network import Parameters, forward, sigmoid
from .learning import Example

# How much of what a block is taken for comes from the teachers, not from the gold text. Where
# that is at odds with all other pages they do not believe it.
_TEACHERS_SHARE = 0.5


def taught(examples: Sequence[Example], teachers: Sequence[Parameters]) -> list[Example]:
    """The examples as `teachers` (at least one network's weights), by the mean of their
    logits, see them too."""
    return [_softened(example, teachers) for example in examples]


def _softened(example: Example, teachers: Sequence[Parameters]) -> Example:
    logits = [forward(weights, example.inputs)[0][:, 0] for weights in teachers]
    believed = sigmoid(np.mean(logits, axis=0))
    share = np.float32(_TEACHERS_SHARE)
    return example._replace(text=share * believed + (1 - share) * example.text)
