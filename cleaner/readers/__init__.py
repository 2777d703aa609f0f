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
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, Protocol, TypeAlias, TypeVar, cast

from ..clip import Clip, Origin
from ..errors import DamagedError, InputError, LimitError, ManyPagesError, UnknownKindError
from ..limits import Limits
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
# So many of an archive's problems are named one by one.
_NAMED_PROBLEMS = 20


class ReaderModule(Protocol):
    """What a reader module has."""

    KIND: str

    def sniff(self, head: str) -> float:
        """How sure the reader is that it reads this."""

    def read(self, source: str, url: str | None = None) -> Clip:
        """The clip in `source`."""


# They read nothing by themselves; importing them to ask would cost.
_HELPERS = frozenset({"bounds", "encoding", "forms", "mojibake", "script_data"})
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
    reader reads, `ManyPagesError` for an archive of several pages, and what `read_each` does.
    What could not be read beside the page is in the notes of the clip's origin."""
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
        raise _nothing(problems)
    return _clip(found, kind, url, budget, tuple(problems))


Made = TypeVar("Made")


def read_each(
    source: BinaryIO,
    make: Callable[[Clip], Made],
    kind: str = AUTO,
    url: str | None = None,
    suffix: str = "",
    budget: Budget | None = None,
) -> Iterator[Made]:
    """What `make` makes of the pages of an archive, or of the one of any other clip, lazily.
    `suffix` is that of the file's name, for forms that have no other mark.

    Raises `DamagedError` at the end where some could not be read, `UnknownFormError` for what is
    no text, `LimitError` where there is no page but one that is above a limit,
    `MissingExtraError`.
    """
    budget = budget or Budget()
    problems = _Problems()
    count = 0
    for each in unfold(source, budget, suffix, kind != AUTO):
        if isinstance(each, Lost):
            problems.add(each.problem)
            continue
        try:
            made = make(_clip(each, kind, url, budget))
        except LimitError as error:
            problems.add(f"{each.document.url or 'a page'}: {error}", error)
            continue
        count += 1
        yield made
        # What was done with it meanwhile is no time of the next.
        budget.clock.restart()
    if problems.count or not count:
        raise problems.error(count)


class _Problems:
    """What could not be read of an archive: so many lines, and how many more there were."""

    def __init__(self) -> None:
        self.count = 0
        self._lines: list[str] = []
        self._limit: LimitError | None = None

    def add(self, line: str, limit: LimitError | None = None) -> None:
        self.count += 1
        self._limit = limit
        if self.count <= _NAMED_PROBLEMS:
            self._lines.append(line)

    def error(self, pages: int) -> InputError:
        """What to raise behind so many pages."""
        if self.count == 1 and not pages and self._limit is not None:
            return self._limit
        more = self.count - len(self._lines)
        return _nothing([*self._lines, *([f"and {more:,} more"] if more else [])])


def _nothing(problems: list[str]) -> InputError:
    return DamagedError(tuple(problems)) if problems else InputError("there is no page in it")


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
    return _clip(found, kind, None, Budget(limits or Limits()))


def _clip(
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
