"""The pages of an archive, one by one, and what is raised where some could not be had."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Generic, TypeVar

from ..errors import CleanerError, DamagedError, InputError, LimitError
from .forms import Found, unfold
from .forms.budget import Budget
from .forms.document import Lost

# So many of an archive's problems are named one by one.
_NAMED_PROBLEMS = 20
Made = TypeVar("Made")


@dataclass(frozen=True)
class Page(Generic[Made]):
    """A page that was found, of which nothing is made yet: its address, and what makes it."""

    name: str
    make: Callable[[], Made]


def pages(
    source: BinaryIO,
    make: Callable[[Found], Made],
    budget: Budget,
    suffix: str = "",
    packed_only: bool = False,
) -> Iterator[Page[Made] | Lost]:
    """The pages of an archive, or the one of any other clip, lazily, and a line on each that is
    lost. `suffix` is that of the file's name, for forms that have no other mark. Raises what
    `unfold` does."""
    for each in unfold(source, budget, suffix, packed_only):
        if isinstance(each, Lost):
            yield each
            continue
        yield Page(each.document.url or "a page", functools.partial(make, each))
        # What was done with it meanwhile is no time of the next.
        budget.clock.restart()


def made_of(
    found: Iterable[Page[Made] | Lost], passed_over: tuple[type[CleanerError], ...] = (LimitError,)
) -> Iterator[Made]:
    """What is made of each page, lazily. A page that ends in one of the errors `passed_over`
    does not end the archive.

    Raises `DamagedError` at the end where something could not be had, or the one error where
    there was one page and no other; `InputError` where there was none.
    """
    problems = _Problems()
    count = 0
    for page in found:
        if isinstance(page, Lost):
            problems.add(page.problem)
            continue
        try:
            made = page.make()
        except passed_over as error:
            problems.add(f"{page.name}: {error}", error)
            continue
        count += 1
        yield made
    if problems.count or not count:
        raise problems.error(count)


class _Problems:
    """What could not be had of an archive: so many lines, and how many more there were."""

    def __init__(self) -> None:
        self.count = 0
        self._lines: list[str] = []
        self._last: CleanerError | None = None

    def add(self, line: str, error: CleanerError | None = None) -> None:
        self.count += 1
        self._last = error
        if self.count <= _NAMED_PROBLEMS:
            self._lines.append(line)

    def error(self, made: int) -> CleanerError:
        """What to raise behind so many pages."""
        if self.count == 1 and not made and self._last is not None:
            return self._last
        more = self.count - len(self._lines)
        return nothing([*self._lines, *([f"and {more:,} more"] if more else [])])


def nothing(problems: list[str]) -> InputError:
    """The error for an archive with these problems, or without a page."""
    return DamagedError(tuple(problems)) if problems else InputError("there is no page in it")
