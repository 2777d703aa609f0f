"""The whole path: read, find evidence, decide until nothing more leaves, assemble."""

from __future__ import annotations

import copy
import functools
import io
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from .article import Article
from .classifier import Classifier
from .clip import Clip
from .errors import InputError
from .judgement import Judgement
from .limits import Clock, Limits
from .readers import AUTO, Source, clip_in, read
from .readers.archive import Page, made_of, pages
from .readers.forms import Found
from .readers.forms.budget import Budget
from .readers.forms.document import Lost
from .rules import RuleSet, load_packs
from .thresholds import SETTINGS, Favor

Archive: TypeAlias = "str | Path | bytes | bytearray | memoryview | BinaryIO"


class Cleaner:
    """Cleans clips. Build one and use it for many: it holds the compiled rules and nothing
    of the clips. Safe to share between threads and to pickle to worker processes."""

    def __init__(
        self,
        rules: Iterable[str | Path] = (),
        languages: Iterable[str] | None = None,
        favor: Favor = "balanced",
        model: str | Path | Literal[False] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`rules` are packs of your own, TOML files or folders of them, which outrank those
        that ship; `languages` limits the language packs (codes such as "en", "de"; None: all).
        `favor` is "balanced", "precision" (rather lose a line of text than keep chrome) or
        "recall" (the reverse). `model` is a folder that `cleaner train` wrote; None: the models
        that ship; False: rules alone. `limits` bounds what one clip may hold and take; None: the
        defaults of `Limits`.

        Raises `PackError` where a pack cannot be read or names something unknown, `ModelError`
        where there is no model in the folder, `ValueError` for another `favor`.
        """
        if favor not in SETTINGS:
            raise ValueError(f"favor {favor!r}: give one of {', '.join(SETTINGS)}")
        self._thresholds = SETTINGS[favor]
        self.limits = limits or Limits()
        self.classifier = None if model is False else Classifier(model)
        own = list(rules)
        shipped = not own and languages is None
        self.rules = RuleSet.shipped() if shipped else RuleSet(load_packs(own, languages))

    def clean(
        self,
        source: Source,
        kind: str = AUTO,
        url: str | None = None,
        language: str | None = None,
    ) -> Article:
        """The article in one clip.

        `source` is the clip, text or bytes; `kind` is "auto", "text", "markdown" or "html";
        `url` is where it came from, for rules that hold on one site alone; `language` is the code
        of its language where the caller knows it better than the clip. With "auto" the forms
        that pages are saved in (MHTML, WARC, mail and others) are taken apart; with another
        kind bytes are unpacked (gzip, Zstandard, Brotli) and no more.

        Raises `InputError` for a source that is neither text nor bytes, `UnknownKindError`,
        and for saved forms `ManyPagesError` where there are several pages, `DamagedError` where
        nothing can be read, `UnknownFormError`, `LimitError` and `MissingExtraError`.
        """
        budget = Budget(self.limits)
        clip = read(source, kind, url, budget)
        if language is not None:
            clip = replace(clip, facts={**clip.facts, "language": language})
        return self._judged(clip, budget.clock)

    def explain(self, source: Source, kind: str = AUTO, url: str | None = None) -> Article:
        """As `clean`; the classifier's evidence names the features that weighed most, which
        costs some fifteen times its score."""
        budget = Budget(self.limits)
        return self._judged(read(source, kind, url, budget), budget.clock, weighed=True)

    def clean_many(self, sources: Iterable[Source], kind: str = AUTO) -> Iterator[Article]:
        """The articles of many clips, lazily and in order."""
        for source in sources:
            yield self.clean(source, kind)

    def clean_archive(
        self, archive: Archive, kind: str = AUTO, url: str | None = None
    ) -> Iterator[Article]:
        """The articles of all pages in a file (WARC, WET, Evernote's export, JSON of a scraping
        service), lazily and in order; of a clip that is one page, that one.

        `archive` is a path, bytes or a binary stream. One page is held at a time, however large the
        file is. What can be read is given; then, where something could not be read or is above
        a limit, `DamagedError` names it. Raises `InputError` for a file that cannot be opened, or
        that holds no page, and otherwise what `clean` raises.
        """
        return made_of(self.pages(archive, kind, url))

    def pages(
        self, archive: Archive, kind: str = AUTO, url: str | None = None
    ) -> Iterator[Page[Article] | Lost]:
        """The pages of an archive before they are cleaned: what `clean_archive` goes through."""
        budget = Budget(self.limits)

        def made(found: Found) -> Article:
            return self._judged(clip_in(found, kind, url, budget), budget.clock)

        suffix = Path(archive).suffix.lower() if isinstance(archive, str | Path) else ""
        with _opened(archive) as stream:
            yield from pages(stream, made, budget, suffix, kind != AUTO)

    def judge(self, clip: Clip, weighed: bool = False) -> Article:
        """The article in a clip that was read already; `weighed` as `explain` has it. Raises
        `TimeLimitError`."""
        return self._judged(clip, Clock(self.limits.seconds), weighed)

    def _judged(self, clip: Clip, clock: Clock, weighed: bool = False) -> Article:
        rules, thresholds = self.rules, self._thresholds
        return Judgement(clip, rules, self.classifier, thresholds, weighed, clock).article()

    def limited(self, limits: Limits) -> Cleaner:
        """A cleaner with the same rules and models, which are not built anew, and these limits."""
        other = copy.copy(self)
        other.limits = limits
        return other


def _opened(archive: Archive) -> AbstractContextManager[BinaryIO]:
    """The archive as a stream, which is closed behind it where it was opened here."""
    if isinstance(archive, str | Path):
        try:
            return Path(archive).open("rb")
        except OSError as error:
            raise InputError(f"{archive}: cannot be read ({error.strerror})") from error
    if isinstance(archive, bytes | bytearray | memoryview):
        return io.BytesIO(archive)
    if not hasattr(archive, "read"):
        raise InputError("an archive is a path, bytes or a stream that gives bytes")
    return nullcontext(archive)


@functools.cache
def default_cleaner() -> Cleaner:
    """The cleaner with the rules that ship, built once: it is a constant, as a compiled
    pattern is, and no clip changes it."""
    return Cleaner()


def clean(
    source: Source,
    kind: str = AUTO,
    url: str | None = None,
    language: str | None = None,
    limits: Limits | None = None,
) -> Article:
    """The article in one clip, with the rules that ship. See `Cleaner.clean`, and `Limits` for
    what a clip may hold and take."""
    return _default(limits).clean(source, kind, url, language)


def clean_archive(
    archive: Archive, kind: str = AUTO, url: str | None = None, limits: Limits | None = None
) -> Iterator[Article]:
    """The articles of all pages in a file, with the rules that ship. See
    `Cleaner.clean_archive`, and `Limits` for what a page may hold and take."""
    return _default(limits).clean_archive(archive, kind, url)


def _default(limits: Limits | None) -> Cleaner:
    return default_cleaner() if limits is None else default_cleaner().limited(limits)
