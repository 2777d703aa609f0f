"""The whole path: read, find evidence, decide until nothing more leaves, assemble."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from .article import Article, assemble
from .classifier import HTML, Classifier
from .clip import Clip
from .context import Context
from .decide import leaving, outright, staying
from .decision import Decision
from .errors import InputError
from .readers import AUTO, Source, read, read_each
from .render import blank_before
from .rules import RuleSet, load_packs
from .shape import measured
from .thresholds import SETTINGS, Favor
from .weigh import Heard

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
    ) -> None:
        """`rules` are packs of your own, TOML files or folders of them, which outrank those
        that ship; `languages` limits the language packs (codes such as "en", "de"; None: all).
        `favor` is "balanced", "precision" (rather lose a line of text than keep chrome) or
        "recall" (the reverse). `model` is a folder that `cleaner train` wrote; None: the models
        that ship; False: rules alone.

        Raises `PackError` where a pack cannot be read or names something unknown, `ModelError`
        where there is no model in the folder, `ValueError` for another `favor`.
        """
        if favor not in SETTINGS:
            raise ValueError(f"favor {favor!r}: give one of {', '.join(SETTINGS)}")
        self._thresholds = SETTINGS[favor]
        self.classifier = None if model is False else Classifier(model)
        own = list(rules)
        shipped = not own and languages is None
        self.rules = RuleSet.shipped() if shipped else RuleSet(load_packs(own, languages))

    def clean(self, source: Source, kind: str = AUTO, url: str | None = None) -> Article:
        """The article in one clip.

        `source` is the clip, text or bytes; `kind` is "auto", "text", "markdown" or "html";
        `url` is where it came from, for rules that hold on one site alone. With "auto" the
        forms that pages are saved in (MHTML, WARC, mail and others) are taken apart; with
        another kind bytes are unpacked (gzip, Zstandard, Brotli) and no more.

        Raises `InputError` for a source that is neither text nor bytes, `UnknownKindError`,
        and for saved forms `ManyPagesError` where there are several pages, `DamagedError` where
        nothing can be read, `UnknownFormError`, `LimitError` and `MissingExtraError`.
        """
        return self.judge(read(source, kind, url))

    def explain(self, source: Source, kind: str = AUTO, url: str | None = None) -> Article:
        """As `clean`; the classifier's evidence names the features that weighed most, which
        costs some fifteen times its score."""
        return self.judge(read(source, kind, url), weighed=True)

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
        file is. What can be read is given; then, where something could not be read,
        `DamagedError` names it. Raises `InputError` for a file that cannot be opened, or that
        holds no page, and otherwise what `clean` raises.
        """
        if isinstance(archive, str | Path):
            with _opened(Path(archive)) as stream:
                clips = read_each(stream, kind, url, Path(archive).suffix.lower())
                yield from map(self.judge, clips)
            return
        if isinstance(archive, bytes | bytearray | memoryview):
            archive = io.BytesIO(archive)
        elif not hasattr(archive, "read"):
            raise InputError("an archive is a path, bytes or a stream that gives bytes")
        yield from map(self.judge, read_each(archive, kind, url))

    def judge(self, clip: Clip, weighed: bool = False) -> Article:
        """The article in a clip that was read already; `weighed` as `explain` has it.

        What leaves changes what its neighbours stand beside, so the decision is taken again
        over the blocks that are left until nothing more leaves. That is what makes cleaning
        a cleaned text change nothing.
        """
        alive = list(range(len(clip.blocks)))
        heard, heard_of = self._hear(clip, alive, weighed), len(alive)
        decisions: dict[int, Decision] = {}
        if heard is not None and not self.rules.overridable:
            decisions = heard.settled(clip)
            alive = [index for index in alive if index not in decisions]
        shapes = measured(clip.blocks, alive)
        voices = self.rules.voices(shapes)
        languages = self.rules.languages(clip, voices, alive)
        hits = self.rules.match(clip, shapes, languages)
        if not self.rules.overridable:
            decisions |= outright(clip, self.rules.outright(hits), heard)
            alive = [index for index in alive if index not in decisions]
        while True:
            context = Context(clip, shapes, alive)
            evidence = self.rules.settle(hits, context)
            gone = leaving(context, evidence, heard, decisions)
            if gone:
                decisions |= gone
                alive = [index for index in alive if index not in gone]
            if decisions and clip.kind != HTML and len(alive) != heard_of:
                heard, heard_of = self._hear(clip, alive, weighed), len(alive)
                continue
            if gone:
                continue
            left = languages | self.rules.languages(clip, voices, alive)
            if left == languages:
                break
            # What has left hid a language: a short clip under English chrome.
            languages = left
            hits = self.rules.match(clip, shapes, languages)
        decisions |= staying(context, evidence, heard)
        return assemble(clip, [decisions[block.index] for block in clip.blocks])

    def _hear(self, clip: Clip, alive: Sequence[int], weighed: bool) -> Heard | None:
        """What the classifier says of the blocks that are left.

        Of a text it sees what the cleaned text would be, again in each pass; of a page all
        blocks, once, because what stands around a block is half of what it knows of it.
        """
        if self.classifier is None:
            return None
        blank = blank_before([clip.blocks[index] for index in alive])
        verdict = None if blank is None else self.classifier.hear(clip, alive, blank, weighed)
        return None if verdict is None else Heard(clip, alive, verdict, self._thresholds)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


@functools.cache
def default_cleaner() -> Cleaner:
    """The cleaner with the rules that ship, built once: it is a constant, as a compiled
    pattern is, and no clip changes it."""
    return Cleaner()


def clean(source: Source, kind: str = AUTO, url: str | None = None) -> Article:
    """The article in one clip, with the rules that ship. See `Cleaner.clean`."""
    return default_cleaner().clean(source, kind, url)


def clean_archive(archive: Archive, kind: str = AUTO, url: str | None = None) -> Iterator[Article]:
    """The articles of all pages in a file, with the rules that ship. See
    `Cleaner.clean_archive`."""
    return default_cleaner().clean_archive(archive, kind, url)
