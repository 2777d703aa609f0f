"""Libraries that only some forms need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ...errors import MissingExtraError


def needed(module: str, extra: str, what: str) -> Any:
    """The module. Raises `MissingExtraError`, which names the extra, where it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{what} are read with {module}: install the extra 'web-clip-cleaner[{extra}]'"
        ) from error
