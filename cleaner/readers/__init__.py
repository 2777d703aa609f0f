"""Readers: bytes or text in, a `Clip` out. A module here that has `KIND`, `sniff` and `read`
is a reader, without registration.

`sniff(head) -> float` says how sure the reader is, 0 to 1, from the first characters of a
clip; `read(source, url) -> Clip` reads all of it. What a reader needs from outside the
standard library it imports inside `read`, so that a text clip never pays for an HTML parser.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Protocol, cast

from ..clip import Clip
from ..errors import InputError, UnknownKindError
from .encoding import decode

AUTO = "auto"
# So much of a clip is looked at to tell its kind.
SNIFF_CHARS = 20_000
# What any markup has somewhere: a tag, a link, or a mark at the head of a line.
_MARKUP = re.compile(r"<[A-Za-z!?/]|\]\(|\[\[|\*\*|^(?:#{1,6}\s|```|~~~|\||---|Title: )", re.M)
_PLAIN = "text"


class ReaderModule(Protocol):
    """What a reader module has."""

    KIND: str

    def sniff(self, head: str) -> float:
        """How sure the reader is that it reads this."""

    def read(self, source: str, url: str | None = None) -> Clip:
        """The clip in `source`."""


# They read nothing by themselves; importing them to ask would cost.
_HELPERS = frozenset({"encoding", "script_data"})
_NAMES = tuple(
    sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _HELPERS)
)


def _readers() -> list[ReaderModule]:
    modules = [importlib.import_module(f"{__name__}.{name}") for name in _NAMES]
    return [cast(ReaderModule, module) for module in modules if hasattr(module, "KIND")]


def kinds() -> list[str]:
    """The kinds that can be named, `auto` first."""
    return [AUTO, *(reader.KIND for reader in _readers())]


def sniff(source: str) -> str:
    """The kind of clip that `source` most likely is."""
    head = source[:SNIFF_CHARS]
    if not _MARKUP.search(head):
        # No reader of marked-up text is asked, and so none is imported.
        return _PLAIN
    return max(_readers(), key=lambda reader: reader.sniff(head)).KIND


def _reader(kind: str) -> ReaderModule:
    """The reader of `kind`; usually the module of that name."""
    likely = [name for name in _NAMES if name == kind]
    for name in (*likely, *_NAMES):
        module = importlib.import_module(f"{__name__}.{name}")
        if getattr(module, "KIND", None) == kind:
            return cast(ReaderModule, module)
    raise UnknownKindError(f"unknown kind {kind!r}: give one of {', '.join(kinds())}")


def read(
    source: str | bytes | bytearray | memoryview, kind: str = AUTO, url: str | None = None
) -> Clip:
    """Reads a clip of `kind`. Raises `InputError` for a source that is neither text nor
    bytes and `UnknownKindError` for a kind that no reader reads."""
    if isinstance(source, bytes | bytearray | memoryview):
        source = decode(bytes(source))
    elif not isinstance(source, str):
        raise InputError(f"a clip is str or bytes, not {type(source).__name__}")
    return _reader(sniff(source) if kind == AUTO else kind).read(source, url)
