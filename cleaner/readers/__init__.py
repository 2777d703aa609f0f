"""Readers: bytes or text in, a `Clip` out. A module here that has `KIND`, `sniff` and `read`
is a reader, without registration.

`sniff(head) -> float` says how sure the reader is, 0 to 1, from the first characters of a
clip; `read(source, url) -> Clip` reads all of it. What a reader needs from outside the
standard library it imports inside `read`, so that a text clip never pays for an HTML parser.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol, TypeAlias, cast

from ..clip import Clip, Origin
from ..errors import InputError, ManyPagesError, UnknownKindError
from ..limits import Limits
from .archive import nothing
from .bounds import check_after, check_before
from .encoding import decode
from .forms import HEAD, Found, form_of, origin, restored, unfold
from .forms.budget import Budget
from .forms.document import Document, Lost
from .mojibake import repaired

AUTO = "auto"
# So much of a clip is looked at to tell its kind.
SNIFF_CHARS = 20_000
# What any markup has somewhere: a tag, a link, or a mark at the head of a line.
_MARKUP = re.compile(r"<[A-Za-z!?/]|\]\(|\[\[|\*\*|^(?:#{1,6}\s|```|~~~|\||---|Title: )", re.M)
_PLAIN = "text"
_HTML = "html"


class ReaderModule(Protocol):
    """What a reader module has."""

    KIND: str

    def sniff(self, head: str) -> float:
        """How sure the reader is that it reads this."""

    def read(self, source: str, url: str | None = None) -> Clip:
        """The clip in `source`."""


# They read nothing by themselves; importing them to ask would cost.
_HELPERS = frozenset({"archive", "bounds", "encoding", "forms", "mojibake", "script_data"})
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


Source: TypeAlias = "str | bytes | bytearray | memoryview"


def read(
    source: Source, kind: str = AUTO, url: str | None = None, budget: Budget | None = None
) -> Clip:
    """Reads a clip of `kind`, or the one page of a saved form. Raises `InputError` for a source
    that is neither text nor bytes, or that holds no page, `UnknownKindError` for a kind that no
    reader reads, `ManyPagesError` for an archive of several pages, `UnknownFormError` for what is
    no text, `DamagedError`, `LimitError` and `MissingExtraError`. What could not be read beside
    the page is in the notes of the clip's origin."""
    budget = budget or Budget()
    found: Found | None = None
    problems: list[str] = []
    for each in _pages(source, kind, budget):
        if isinstance(each, Lost):
            problems.append(each.problem)
        elif found is None:
            found = each
        else:
            raise ManyPagesError(
                f"this {each.forms[-1]} holds more than one page: take them one by one with"
                " cleaner.clean_archive"
            )
    if found is None:
        raise nothing(problems)
    return clip_in(found, kind, url, budget, tuple(problems))


def _pages(source: Source, kind: str, budget: Budget) -> Iterator[Found | Lost]:
    """The pages in text or bytes."""
    if isinstance(source, str | bytes | bytearray | memoryview):
        budget.given(len(source))
    if isinstance(source, bytes | bytearray | memoryview):
        yield from unfold(io.BytesIO(source), budget, packed_only=kind != AUTO)
    elif not isinstance(source, str):
        raise InputError(f"a clip is str or bytes, not {type(source).__name__}")
    elif kind == AUTO and form_of(source[:HEAD].encode("utf-8", "replace")):
        # A form that is all text was read from a file as text.
        yield from unfold(io.BytesIO(source.encode("utf-8", "replace")), budget)
    else:
        yield Found(Document(source), ())


def clip_of(found: Found, kind: str = AUTO, limits: Limits | None = None) -> Clip:
    """The clip in a page that was taken out of an archive, perhaps by another process."""
    return clip_in(found, kind, None, Budget(limits or Limits()))


def clip_in(
    found: Found, kind: str, url: str | None, budget: Budget, notes: tuple[str, ...] = ()
) -> Clip:
    """The clip in a page that was found."""
    document = found.document
    text = document.source
    if isinstance(text, bytes):
        text = decode(text, document.charset)
    budget.clock.check()
    written = text.encode("utf-8", "surrogatepass")
    text, pieces = repaired(text, written)
    if pieces:
        written = text.encode("utf-8", "surrogatepass")
        notes = (*notes, f"wrongly decoded characters (mojibake) were repaired in {pieces} places")
    if kind == AUTO:
        kind = document.kind if document.kind != AUTO else sniff(text)
    known = Origin()
    if kind == _HTML:
        text, known = restored(text, written, budget)
    where = origin(found, known, notes)
    reader = _reader(kind)
    check_before(kind, text, budget.limits.blocks)
    budget.clock.check()
    clip = reader.read(text, url or (where.url if where else None))
    check_after(clip, budget.limits.blocks)
    if where is None and not document.facts:
        return clip
    return replace(clip, facts={**document.facts, **clip.facts}, origin=where)
