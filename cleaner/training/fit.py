"""From labelled clips to a model: vocabulary, scale, weights."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..classifier import HTML
from ..classifier.features import Bag
from ..classifier.lines import Hashes
from ..classifier.model import Model
from ..classifier.network import shapes
from .distil import taught
from .examples import LABELS, Labelled
from .learning import Example, Settings, learn

# A token counts where so many sites use it: what one site says alone would be learnt by heart.
_WORD_SITES, _NAME_SITES = 4, 3
_MOST_WORDS, _MOST_NAMES = 20_000, 5_000
# A number whose spread is smaller than this says nothing; it is not blown up.
_LEAST_SPREAD = 1e-3


def fit(
    clips: Sequence[Labelled],
    kind: str,
    settings: Settings,
    progress: Callable[[], object] = lambda: None,
) -> Model:
    """The model learnt from `clips` (at least one), all of `kind` ("html" or "text"); `progress`
    is called after each pass over them, of teachers too."""
    numbers = np.concatenate([clip.raw.numbers for clip in clips])
    words = vocabulary([(c.row.site, c.raw.words) for c in clips], _WORD_SITES, _MOST_WORDS)
    named = [(c.row.site, c.raw.names) for c in clips if c.raw.names is not None]
    names = vocabulary(named, _NAME_SITES, _MOST_NAMES) if kind == HTML else words[:0]
    sizes = shapes(
        numbers.shape[1], len(words), len(names), 1 + len(LABELS), settings.hidden, settings.width
    )
    model = Model(
        kind=kind,
        labels=LABELS,
        mean=numbers.mean(axis=0),
        scale=1 / (numbers.std(axis=0) + np.float32(_LEAST_SPREAD)),
        words=words,
        names=names,
        weights={},
    )
    examples = [_example(model, clip) for clip in clips]
    if settings.teachers:
        seeds = range(settings.seed + 1, settings.seed + 1 + settings.teachers)
        each = [replace(settings, seed=seed) for seed in seeds]
        examples = taught(examples, [learn(examples, sizes, one, progress) for one in each])
    return replace(model, weights=learn(examples, sizes, settings, progress))


def _example(model: Model, clip: Labelled) -> Example:
    inputs = model.inputs(clip.raw)
    return Example(inputs, clip.text, clip.weight, clip.words, clip.gold, clip.labels)


def vocabulary(bags: Sequence[tuple[str, Bag]], least: int, most: int) -> Hashes:
    """The hashes (sorted) of at most `most` tokens that `least` sites or more use, those of
    most sites first. At least one, so that a table has a row."""
    by_site: dict[str, set[int]] = defaultdict(set)
    for site, bag in bags:
        by_site[site].update(np.unique(bag.hashes).tolist())
    counts: Counter[int] = Counter()
    for hashes in by_site.values():
        counts.update(hashes)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    chosen = [token for token, sites in ranked if sites >= least] or [0]
    return np.array(sorted(chosen), np.uint64)
