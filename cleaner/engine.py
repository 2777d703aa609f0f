"""The whole path: read, find evidence, decide until nothing more leaves, assemble."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from .article import Article
from .classifier import Classifier
from .clip import Clip
from .judgement import Judgement
from .readers import AUTO, read
from .rules import RuleSet, load_packs
from .thresholds import SETTINGS, Favor

Source = str | bytes | bytearray | memoryview


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
        of its language where the caller knows it better than the clip. Raises `InputError` for
        a source that is neither text nor bytes and `UnknownKindError`.
        """
        clip = read(source, kind, url)
        if language is not None:
            clip = replace(clip, facts={**clip.facts, "language": language})
        return self.judge(clip)

    def explain(self, source: Source, kind: str = AUTO, url: str | None = None) -> Article:
        """As `clean`; the classifier's evidence names the features that weighed most, which
        costs some fifteen times its score."""
        return self.judge(read(source, kind, url), weighed=True)

    def clean_many(self, sources: Iterable[Source], kind: str = AUTO) -> Iterator[Article]:
        """The articles of many clips, lazily and in order."""
        for source in sources:
            yield self.clean(source, kind)

    def judge(self, clip: Clip, weighed: bool = False) -> Article:
        """The article in a clip that was read already; `weighed` as `explain` has it."""
        return Judgement(clip, self.rules, self.classifier, self._thresholds, weighed).article()


@functools.cache
def default_cleaner() -> Cleaner:
    """The cleaner with the rules that ship, built once: it is a constant, as a compiled
    pattern is, and no clip changes it."""
    return Cleaner()


def clean(
    source: Source, kind: str = AUTO, url: str | None = None, language: str | None = None
) -> Article:
    """The article in one clip, with the rules that ship. See `Cleaner.clean`."""
    return default_cleaner().clean(source, kind, url, language)
