"""Names of output files: unique, as the input has them, and never outside of the folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..errors import InputError
from .packing import bare_name

# What a folder is searched for; a file that is named is taken whatever it is called.
DOCUMENT_SUFFIXES = frozenset(
    ".html .htm .xhtml .shtml .txt .text .md .markdown .mhtml .mht .webarchive .eml".split()
)
_UNSAFE = re.compile(r"[^\w.-]+")
# Names longer than 255 bytes are refused by most file systems.
_LONGEST = 80


def is_document(name: str) -> bool:
    """Whether a file of this name, packed or not, is one document by its suffix."""
    return PurePosixPath(bare_name(name)).suffix.lower() in DOCUMENT_SUFFIXES


def slug(name: str) -> str:
    """A part of a file name that holds what it can of `name`: letters, digits, `_`, `-`, `.`."""
    return _UNSAFE.sub("_", name).strip("._-")[:_LONGEST]


def targets(names: Sequence[str], folders: Sequence[str], suffix: str) -> dict[str, str]:
    """For the documents of one folder, the names of their articles without suffix: the stem;
    where two would be one, or one is a folder's, the whole name for all of them."""
    stems = {name: _stem(name) for name in names}
    taken = set(folders)
    clash = len(set(stems.values())) < len(stems)
    clash = clash or any(stem + suffix in taken for stem in stems.values())
    return {name: name for name in names} if clash else stems


def _stem(name: str) -> str:
    path = PurePosixPath(bare_name(name))
    return name if path.stem in ("", ".", "..") else str(path.with_suffix(""))


def distinct(paths: Sequence[Path]) -> list[str]:
    """A relative name for each path: its last part, or, where two are the same, all its parts
    that lead downwards. Raises `InputError` where two stay the same."""
    names = [path.name or path.resolve().name for path in paths]
    if len(set(names)) < len(names):
        names = ["/".join(_downward(path)) for path in paths]
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise InputError(f"{double[0]} would be written twice: clean into different folders")
    return names


def _downward(path: Path) -> list[str]:
    return [part for part in path.parts if part not in (path.anchor, "..", ".")]


def inside(folder: Path, target: str) -> Path:
    """`folder / target`. Raises `ValueError` for a target that leads out of the folder: that
    would be a defect here, since targets are made of checked parts."""
    parts = target.split("/")
    if not target or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError(f"no name for a file: {target!r}")
    return folder.joinpath(*parts)
