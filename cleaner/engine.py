"""The whole path: read, find evidence, decide until nothing more leaves, assemble."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

from .article import Article, assemble
from .clip import Clip
from .context import Context
from .decide import leaving, outright, staying
from .readers import AUTO, read
from .rules import RuleSet, load_packs
from .shape import measured

Source = str | bytes | bytearray | memoryview


class Cleaner:
    """Cleans clips. Build one and use it for many: it holds the compiled rules and nothing
    of the clips. Safe to share between threads and to pickle to worker processes."""

    def __init__(
        self, rules: Iterable[str | Path] = (), languages: Iterable[str] | None = None
    ) -> None:
        """`rules` are packs of your own, TOML files or folders of them, which outrank those
        that ship; `languages` limits the language packs (codes such as "en", "de"; None: all).

        Raises `PackError` where a pack cannot be read or names something unknown.
        """
        own = list(rules)
        shipped = not own and languages is None
        self.rules = RuleSet.shipped() if shipped else RuleSet(load_packs(own, languages))

    def clean(self, source: Source, kind: str = AUTO, url: str | None = None) -> Article:
        """The article in one clip.

        `source` is the clip, text or bytes; `kind` is "auto", "text", "markdown" or "html";
        `url` is where it came from, for rules that hold on one site alone. Raises
        `InputError` for a source that is neither text nor bytes and `UnknownKindError`.
        """
        return self.judge(read(source, kind, url))

    def clean_many(self, sources: Iterable[Source], kind: str = AUTO) -> Iterator[Article]:
        """The articles of many clips, lazily and in order."""
        for source in sources:
            yield self.clean(source, kind)

    def judge(self, clip: Clip) -> Article:
        """The article in a clip that was read already.

        What leaves changes what its neighbours stand beside, so the decision is taken again
        over the blocks that are left until nothing more leaves. That is what makes cleaning
        a cleaned text change nothing.
        """
        shapes = measured(clip.blocks)
        alive = list(range(len(clip.blocks)))
        voices = self.rules.voices(shapes)
        languages = self.rules.languages(clip, voices, alive)
        hits = self.rules.match(clip, shapes, languages)
        decisions = {} if self.rules.overridable else outright(clip, self.rules.outright(hits))
        alive = [index for index in alive if index not in decisions]
        while True:
            context = Context(clip, shapes, alive)
            evidence = self.rules.settle(hits, context)
            gone = leaving(context, evidence, decisions)
            if gone:
                decisions |= gone
                alive = [index for index in alive if index not in gone]
                continue
            left = languages | self.rules.languages(clip, voices, alive)
            if left == languages:
                break
            # What has left hid a language: a short clip under English chrome.
            languages = left
            hits = self.rules.match(clip, shapes, languages)
        decisions |= staying(context, evidence)
        return assemble(clip, [decisions[block.index] for block in clip.blocks])


@functools.cache
def default_cleaner() -> Cleaner:
    """The cleaner with the rules that ship, built once: it is a constant, as a compiled
    pattern is, and no clip changes it."""
    return Cleaner()


def clean(source: Source, kind: str = AUTO, url: str | None = None) -> Article:
    """The article in one clip, with the rules that ship. See `Cleaner.clean`."""
    return default_cleaner().clean(source, kind, url)
