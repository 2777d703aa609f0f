"""Writes the rules' tables while a wheel is built. Only the build imports this; it is not
shipped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Hatchling's hook: runs before the files are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it so
        """Makes `packs/tables.json` and `packs/patterns.jsonl`, for wheels and for editable
        installations."""
        sys.path.insert(0, self.root)
        try:
            from cleaner.rules import tables
        finally:
            sys.path.remove(self.root)
        tables.write(Path(self.root) / "cleaner" / "packs" / tables.TABLES.name)
