"""Forms: what people and programs save pages in, taken apart to the pages themselves.

A module here is found by its place, without registration, and is one of three:

- packed: `FORM`, `SUFFIX`, `recognise(head)`, `unpacked(stream)`, `broken()`;
- saved: `FORM`, `recognise(head)`, and `documents(data, budget)` where it has to see the whole,
  or `stream(stream, budget)` where it holds many pages and reads them one by one;
- a page that tells where it came from: `FORM` and `restored(source)`, and `MARKS` where it has
  to be looked for in the whole of a page: bytes of which one stands in each such page.

`recognise` looks at the first bytes alone. What a form needs from outside of this package it
imports when it reads. All that is unpacked or kept is counted by a `Budget`.
"""

from __future__ import annotations

import functools
import importlib
import io
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import BinaryIO, cast

from ...clip import Origin
from ...errors import DamagedError, MissingExtraError, UnknownFormError
from ..encoding import BYTE_ORDER_MARKS, CONTROLS, NO_TEXT, control_share, unmarked_utf_16
from .budget import Budget, Counted, read_all
from .document import Document, Lost
from .frames import framed
from .wayback import original

HEAD = 1 << 14
_BUFFER = 1 << 16
_BROTLI = "packed_brotli"
# How a page holds the pages of its frames itself.
_FRAMED = (b"srcdoc", b"data:text/html")
_MODULES = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
# What other programs' files begin with.
_OTHERS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP (an office document, an e-book, an archive)",
    b"\x89PNG\r\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"RIFF": "a RIFF file (WebP, sound, film)",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ\x00": "packed by xz",
    b"7z\xbc\xaf\x27\x1c": "packed by 7-Zip",
    b"Rar!": "packed by RAR",
    b"SQLite format 3\x00": "a database (SQLite)",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"{\\rtf": "rich text (RTF)",
    b"OggS": "sound or film (Ogg)",
    b"ID3": "sound (MP3)",
}
# These are made of letters all through.
_WRITTEN = frozenset({b"%PDF-", b"{\\rtf"})
_LOOK = 1000
# The share of control characters from which it is worth a try to unpack bytes.
_NO_WRITING = 0.02
_LONGEST_CHARACTER = 4


@dataclass(frozen=True)
class Found:
    """A page with the forms that it was taken out of, outermost first."""

    document: Document
    forms: tuple[str, ...]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


@functools.cache
def _having(function: str) -> tuple[ModuleType, ...]:
    """The modules of one of the three sorts: always the same."""
    modules = (_module(name) for name in _MODULES)
    return tuple(module for module in modules if hasattr(module, function))


def names() -> list[str]:
    """The forms that are known."""
    modules = (*_having("unpacked"), *_having("documents"), *_having("stream"))
    return sorted(form for module in modules for form in _forms_of(module))


def _forms_of(module: ModuleType) -> tuple[str, ...]:
    """A module's form, and a second one where it reads two."""
    return tuple(form for name in ("FORM", "TEXT_FORM") if (form := getattr(module, name, None)))


def form_of(head: bytes) -> str | None:
    """The form that begins with these bytes, None for a page or a text."""
    found = _packed(head) or _saved(head)
    return None if found is None else found.FORM


def _packed(head: bytes, suffix: str = "") -> ModuleType | None:
    """What the bytes are packed by."""
    for module in _having("unpacked"):
        if module.recognise(head) or (module.FORM == "brotli" and suffix == module.SUFFIX):
            return module
    if _may_be_packed(head):
        brotli = _module(_BROTLI)
        try:
            return brotli if brotli.unpacks(head) else None
        except MissingExtraError:
            return None
    return None


def _saved(head: bytes) -> ModuleType | None:
    modules = [*_having("documents"), *_having("stream")]
    return next((module for module in modules if module.recognise(head)), None)


def unfold(
    source: BinaryIO, budget: Budget, suffix: str = "", packed_only: bool = False
) -> Iterator[Found | Lost]:
    """The pages in a stream, one at a time, and a line for each that could not be read.

    `suffix` is that of the file's name: Brotli has no other mark. With `packed_only` the stream
    is unpacked and no more. Raises `UnknownFormError` for bytes that are no page, no text and
    no form that is known, `DamagedError` where nothing can be read, `LimitError`,
    `MissingExtraError`.
    """
    layers = [Counted(source, budget)]
    stream = _buffered(layers[0])
    forms: list[str] = []
    while packed := _packed(stream.peek(HEAD)[:HEAD], suffix):
        budget.layer(len(layers))
        layers.append(
            Counted(packed.unpacked(stream), budget, packed.broken(), lambda: layers[0].size)
        )
        stream = _buffered(layers[-1])
        forms.append(packed.FORM)
        suffix = ""
    head = stream.peek(HEAD)[:HEAD]
    if not head and any(layer.damage for layer in layers):
        raise DamagedError(tuple(_damage(layers, forms)))
    saved = None if packed_only else _saved(head)
    if saved is None and not packed_only:
        _refuse(head)
    yield from _found(saved, stream, layers, forms, budget)


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, _BUFFER)


def _found(
    saved: ModuleType | None,
    stream: io.BufferedReader,
    layers: list[Counted],
    forms: list[str],
    budget: Budget,
) -> Iterator[Found | Lost]:
    """The pages in what was unpacked. Damage of one page is noted with it."""
    if saved is not None and hasattr(saved, "stream"):
        pages = saved.stream(cast(BinaryIO, stream), budget)
        yield from (_with_forms(page, forms, saved.FORM) for page in pages)
        yield from map(Lost, _damage(layers, forms))
        return
    data = read_all(cast(BinaryIO, stream), budget, lambda: layers[0].size)
    budget.used = 0
    notes = tuple(_damage(layers, forms))
    if saved is None:
        yield Found(Document(data, notes=notes), tuple(forms))
        return
    try:
        for page in saved.documents(data, budget):
            yield _with_forms(page, forms, saved.FORM)
    except DamagedError as error:
        raise DamagedError((*error.problems, *notes)) from error
    yield from map(Lost, notes)


def _with_forms(page: Document | Lost, forms: list[str], form: str) -> Found | Lost:
    return page if isinstance(page, Lost) else Found(page, (*forms, page.form or form))


def _damage(layers: list[Counted], forms: list[str]) -> Iterator[str]:
    """A line for each layer that is broken."""
    for layer, form in zip(layers, ["file", *forms], strict=True):
        if layer.damage:
            yield f"the {form} {layer.damage}"


def _refuse(head: bytes) -> None:
    """Raises `UnknownFormError` for what is no text."""
    marked = next((mark for mark in _OTHERS if head.startswith(mark)), b"")
    # A text may begin with any of these letters; then no control character follows.
    controls = head[:_LOOK].translate(None, CONTROLS) != head[:_LOOK]
    if _is_no_text(head) or (marked and (controls or marked in _WRITTEN)):
        raise UnknownFormError(
            f"this is {_OTHERS.get(marked, 'no text')}, which no reader reads: give text, markdown"
            f" or HTML, plain or as {', '.join(names())}"
        )


def _may_be_packed(head: bytes) -> bool:
    """Whether bytes are nothing that is written: neither UTF-8 nor free of control characters,
    as all other texts are."""
    if control_share(head) < _NO_WRITING or head.startswith((*_OTHERS, *BYTE_ORDER_MARKS)):
        return False
    return not _is_utf_8(head) and unmarked_utf_16(head) is None


def _is_utf_8(head: bytes) -> bool:
    try:
        # It may end in the middle of a character.
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) - error.start < _LONGEST_CHARACTER
    return True


def _is_no_text(head: bytes) -> bool:
    """Whether so many control characters stand in the bytes that no encoding explains them."""
    if not head or head.startswith(BYTE_ORDER_MARKS):
        return False
    return control_share(head) > NO_TEXT and unmarked_utf_16(head) is None


def restored(source: str, written: bytes, budget: Budget) -> tuple[str, Origin]:
    """An HTML page as it stood on its site, and where it came from by what the tools wrote that
    saved it; `written` is the source in UTF-8, which is searched faster. The page is the one that
    was given where no tool is found."""
    forms, url, date = [], None, None
    for module in _having("restored"):
        marks = getattr(module, "MARKS", ())
        if marks and not any(mark in written for mark in marks):
            continue
        page = module.restored(source)
        if page is not None:
            source = page.source
            forms.append(module.FORM)
            url, date = url or page.url, date or page.date
    if any(mark in written for mark in _FRAMED):
        source = framed(source, _unknown, budget)
    return source, Origin(tuple(forms), url, date)


def _unknown(address: str) -> None:
    """What stands in no attribute is not there."""


def origin(found: Found, page: Origin, notes: tuple[str, ...]) -> Origin | None:
    """Where a page came from, by its form and by itself; None where nothing is known."""
    document = found.document
    url, archived = document.url or page.url, None
    if url:
        url, archived = original(url)
    date = archived or page.date or document.date
    notes = (*document.notes, *notes)
    known = Origin((*found.forms, *page.forms), url, date, document.status, notes)
    return None if known == Origin() else known
