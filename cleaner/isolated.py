"""Cleaning in a process of its own, which is ended where a clip takes too long."""

from __future__ import annotations

import enum
import functools
import itertools
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, cast

from .article import Article
from .engine import Archive, Cleaner
from .errors import CleanerError, LimitError, TimeLimitError
from .limits import Limits
from .readers import AUTO, Source
from .readers.archive import Page, made_of
from .readers.forms.document import Lost
from .thresholds import Favor
from .worker import Worker, WorkerDied, context

# What of a `Cleaner` is called, and with what.
_Question: TypeAlias = "tuple[str, tuple[Any, ...]]"


class IsolatedCleaner:
    """A `Cleaner` in a process of its own: a clip that takes longer than `limits.seconds` ends in
    `TimeLimitError` whatever it hangs in, and one that crashes a library in `CleanerError`. The
    next clip starts a new process.

    Use it in a `with` statement, or call `close`. Threads may share it; they wait for each
    other. Where the system starts processes by running the program anew (Windows, macOS), it
    has to be guarded by `if __name__ == "__main__":`, as all of `multiprocessing` is. A clip costs
    some milliseconds more, and the first some seconds.
    """

    def __init__(
        self,
        rules: tuple[str | Path, ...] = (),
        languages: tuple[str, ...] | None = None,
        favor: Favor = "balanced",
        model: str | Path | Literal[False] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """The arguments are those of `Cleaner`, and so are the errors."""
        self.limits = limits or Limits()
        self._closed = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="cleaner-")
        build = functools.partial(_answering, rules, languages, favor, model, self.limits)
        self._worker = Worker(
            build,
            self.limits.seconds,
            Path(self._folder.name) / "trace",
            context(__name__),
            self._closed,
        )
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        try:
            self._worker.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> IsolatedCleaner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process. What is asked of it later is a `CleanerError`."""
        self._closed.set()
        self._worker.end()
        self._folder.cleanup()

    def clean(
        self,
        source: Source,
        kind: str = AUTO,
        url: str | None = None,
        language: str | None = None,
    ) -> Article:
        """As `Cleaner.clean`. All metadata is worked out too: what an article says later costs no
        more time."""
        if isinstance(source, bytearray | memoryview):
            source = bytes(source)
        return cast(Article, self._asked("clean", source, kind, url, language))

    def clean_archive(
        self, archive: Archive, kind: str = AUTO, url: str | None = None
    ) -> Iterator[Article]:
        """As `Cleaner.clean_archive`; a stream is read to its end first. A page that takes too
        long, or crashes a library, is named in the `DamagedError` at the end, as one above any
        other limit: another process reads the archive from its beginning, which costs as much as
        reading it again, and goes on behind that page. Where nothing can be found behind it,
        because reading the archive itself hangs or crashes, that error ends the archive."""
        if isinstance(archive, bytearray | memoryview):
            archive = bytes(archive)
        elif hasattr(archive, "read"):
            archive = cast(BinaryIO, archive).read()
        reading = _Reading(self._asked, next(self._numbers), (archive, kind, url))
        with closing(reading.pages()) as pages:
            yield from made_of(pages, (LimitError, _EndedError))

    def _asked(self, method: str, *arguments: object) -> object:
        try:
            with self._lock:
                answer = self._worker.ask((method, arguments))
        except TimeoutError as error:
            seconds = self.limits.seconds
            raise TimeLimitError(seconds, seconds) from error
        except WorkerDied as error:
            raise _EndedError(f"the process ended in this clip ({error})") from error
        if isinstance(answer, CleanerError):
            raise answer
        return answer


class _EndedError(CleanerError):
    """The process ended in a clip."""


class _Gone(enum.Enum):
    """The process does not read this archive: it was another one that did, and ended."""

    ARCHIVE = enum.auto()


class _Reading:
    """An archive that is read in a process, and from its beginning again where that ended: in
    a page of this archive or in any other clip."""

    def __init__(
        self, ask: Callable[..., object], number: int, opened: tuple[Archive, str, str | None]
    ) -> None:
        self._ask = ask
        self._number = number
        self._opened = opened
        self._passed = 0

    def pages(self) -> Generator[Page[Article] | Lost]:
        """The pages, each of which can be made before the next is taken."""
        self._ask("open", self._number, *self._opened)
        try:
            while (found := self._asked("next")) is not None:
                self._passed += 1
                yield Page(found, self._made) if isinstance(found, str) else cast(Lost, found)
        finally:
            # A process that does not start again, or was closed, has nothing to let go.
            with suppress(CleanerError):
                self._ask("close", self._number)

    def _made(self) -> Article:
        return cast(Article, self._asked("make"))

    def _asked(self, method: str) -> object:
        """The answer of a process that has passed as much as was passed here."""
        while (answer := self._ask(method, self._number)) is _Gone.ARCHIVE:
            self._ask("open", self._number, *self._opened)
            for _ in range(self._passed):
                if self._ask("next", self._number) is _Gone.ARCHIVE:
                    break
        return answer


# --- in the process


def _answering(
    rules: tuple[str | Path, ...],
    languages: tuple[str, ...] | None,
    favor: Favor,
    model: str | Path | Literal[False] | None,
    limits: Limits,
) -> Callable[[_Question], object]:
    return _Answering(Cleaner(rules, languages, favor, model, limits))


class _Answering:
    """Gives articles, whole ones, and the errors that are documented."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._archives: dict[int, Iterator[Page[Article] | Lost]] = {}
        # The page that was given last of each.
        self._given: dict[int, Page[Article] | Lost | None] = {}
        # What is imported at the first clip must not count against the first clip.
        self._whole(cleaner.limited(Limits()).clean(_FIRST, "html"))

    def __call__(self, question: _Question) -> object:
        method, arguments = question
        try:
            return (
                self._whole(self._cleaner.clean(*arguments))
                if method == "clean"
                else (self._of_archive(method, *arguments))
            )
        except CleanerError as error:
            return error

    def _of_archive(self, method: str, number: int, *opened: Any) -> object:
        """The name of the next page, what is lost, None at the end; or the page, made."""
        if method == "open":
            self._archives[number] = self._cleaner.pages(*opened)
        elif method == "close":
            self._archives.pop(number, None)
            self._given.pop(number, None)
        elif number not in self._archives:
            return _Gone.ARCHIVE
        elif method == "next":
            page = self._given[number] = next(self._archives[number], None)
            return page.name if isinstance(page, Page) else page
        elif isinstance(page := self._given[number], Page):
            return self._whole(page.make())
        return None

    @staticmethod
    def _whole(article: Article) -> Article:
        """The article with all that is only worked out when it is asked for."""
        article.to_dict()
        return article


_FIRST = "<html lang=en><title>Harbour</title><p>By Jo Lind, May 3, 2023</p><p>The crane stays.</p>"
