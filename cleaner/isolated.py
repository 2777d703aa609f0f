"""Cleaning in a process of its own, which is ended where a clip takes too long."""

from __future__ import annotations

import functools
import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, cast

from .article import Article
from .engine import Archive, Cleaner
from .errors import CleanerError, TimeLimitError
from .limits import Limits
from .readers import AUTO, Source
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
        self._folder = tempfile.TemporaryDirectory(prefix="cleaner-")
        build = functools.partial(_answering, rules, languages, favor, model, self.limits)
        self._worker = Worker(
            build, self.limits.seconds, Path(self._folder.name) / "trace", context(__name__)
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
        """Ends the process."""
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
        long, or crashes a library, ends the archive: `cleaner batch` goes on behind it."""
        if isinstance(archive, bytearray | memoryview):
            archive = bytes(archive)
        elif hasattr(archive, "read"):
            archive = cast(BinaryIO, archive).read()
        number = next(self._numbers)
        self._asked("open", number, archive, kind, url)
        try:
            while (article := self._asked("next", number)) is not None:
                yield article
        finally:
            self._asked("close", number)

    def _asked(self, method: str, *arguments: object) -> Article | None:
        try:
            with self._lock:
                answer = self._worker.ask((method, arguments))
        except TimeoutError as error:
            seconds = self.limits.seconds
            raise TimeLimitError(seconds, seconds) from error
        except WorkerDied as error:
            raise CleanerError(f"the process ended in this clip ({error})") from error
        if isinstance(answer, CleanerError):
            raise answer
        return cast("Article | None", answer)


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
        self._archives: dict[int, Iterator[Article]] = {}
        # What is imported at the first clip must not count against the first clip.
        self._whole(cleaner.limited(Limits()).clean(_FIRST, "html"))

    def __call__(self, question: _Question) -> object:
        method, arguments = question
        try:
            if method == "clean":
                return self._whole(self._cleaner.clean(*arguments))
            number, *rest = arguments
            if method == "open":
                self._archives[number] = self._cleaner.clean_archive(*rest)
            elif method == "close":
                self._archives.pop(number, None)
            elif number not in self._archives:
                return CleanerError("the process that read this archive ended in another clip")
            else:
                return self._whole(next(self._archives[number], None))
        except CleanerError as error:
            return error
        return None

    @staticmethod
    def _whole(article: Article | None) -> Article | None:
        """The article with all that is only worked out when it is asked for."""
        if article is not None:
            article.to_dict()
        return article


_FIRST = "<html lang=en><title>Harbour</title><p>By Jo Lind, May 3, 2023</p><p>The crane stays.</p>"
