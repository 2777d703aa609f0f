"""How workers build their cleaner: settings travel, rules and models are read on arrival."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from cleaner import Cleaner, Limits

# More setups than this at work in one process are built anew now and then.
_MOST = 8


@dataclass(frozen=True)
class Setup:
    """The arguments of `Cleaner`, small enough to send with every task. Paths have to exist
    where the workers run."""

    rules: tuple[str, ...] = ()
    languages: tuple[str, ...] | None = None
    favor: Literal["balanced", "precision", "recall"] = "balanced"
    model: str | Literal[False] | None = None
    limits: Limits | None = None

    def cleaner(self) -> Cleaner:
        """The cleaner of this process, built when it is first asked for.

        Raises `PackError`, `ModelError` and `ValueError` as `Cleaner` does.
        """
        return _built(self)


@functools.lru_cache(maxsize=_MOST)
def _built(setup: Setup) -> Cleaner:
    return Cleaner(setup.rules, setup.languages, setup.favor, setup.model, setup.limits)
