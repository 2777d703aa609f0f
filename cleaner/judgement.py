"""The judgement of one clip: evidence, decisions, again over what is left, until nothing leaves.

What leaves changes what its neighbours stand beside, so the decision is taken again over the
blocks that are left. That is what makes cleaning a cleaned text change nothing.
"""

from __future__ import annotations

from dataclasses import replace

from .article import Article, assemble
from .caption_lines import CaptionLines
from .classifier import HTML, Classifier
from .clip import Clip
from .context import Context
from .decide import headline_of, leaving, named_apart, outright, said_bylines, staying
from .decision import Decision
from .limits import Clock
from .photo_essay import kept_essay
from .pictures import settle_pictures
from .render import blank_before
from .rules import RuleSet
from .shape import measured
from .thresholds import Thresholds
from .weigh import Heard


class Judgement:
    """One clip on its way to an article."""

    def __init__(
        self,
        clip: Clip,
        rules: RuleSet,
        classifier: Classifier | None,
        thresholds: Thresholds,
        weighed: bool,
        clock: Clock,
    ) -> None:
        """`weighed`: the classifier's evidence names the features that weighed most. `clock` is
        looked at before each step: `article` too raises `TimeLimitError`."""
        self._clock = clock
        self._clip = clip
        self._rules = rules
        self._classifier = classifier
        self._thresholds = thresholds
        self._weighed = weighed
        self._decisions: dict[int, Decision] = {}
        self._alive = list(range(len(clip.blocks)))
        self._heard_of = -1
        self._hear()
        heard, text = self._heard, clip.kind != HTML
        # A text tells its headline best while all of its lines are there.
        self._ranked = heard.headlines(clip) if heard is not None and text else []
        # A site's or a user's rule may keep what the classifier is sure of.
        if heard is not None and not rules.overridable:
            self._take(heard.settled(clip))
        clock.check()
        self._shapes = measured(clip.blocks, self._alive)
        self._voices = rules.voices(self._shapes)
        self._languages = rules.languages(clip, self._voices, self._alive)
        self._hits = rules.match(clip, self._shapes, self._languages)
        if not rules.overridable:
            self._take(outright(clip, rules.outright(self._hits), heard))
        self._lines = CaptionLines(clip, self._shapes) if text else None
        self._look()

    def article(self) -> Article:
        """The article, once nothing leaves any more."""
        while self._chrome_left() or self._bylines_left() or self._language_shown():
            self._look()
        clip, context, decisions = self._clip, self._context, self._decisions
        named = headline_of(self._ranked, decisions)
        decisions |= named_apart(context, named, decisions)
        decisions = staying(context, self._evidence, self._heard, named) | decisions
        if self._lines is None:
            decisions |= settle_pictures(clip, decisions)
        else:
            decisions |= dict(self._lines.renamed(context, decisions))
        decisions |= kept_essay(decisions)
        language = self._rules.main_language(self._voices, self._alive)
        if language is not None:
            clip = replace(clip, facts={**clip.facts, "main_language": language})
        return assemble(clip, [decisions[block.index] for block in clip.blocks])

    def _look(self) -> None:
        """Looks at what is left."""
        self._clock.check()
        self._context = Context(self._clip, self._shapes, self._alive)
        self._evidence = self._rules.settle(self._hits, self._context)

    def _chrome_left(self) -> bool:
        """Whether chrome or metadata leaves, or the classifier may think anew of what is left."""
        gone = leaving(self._context, self._evidence, self._heard, self._decisions)
        if not gone and self._lines is not None:
            gone = self._lines.leaving(self._context, self._heard)
        self._take(gone)
        anew = self._decisions and self._lines is not None and len(self._alive) != self._heard_of
        if anew:
            self._hear()
        return bool(gone or anew)

    def _bylines_left(self) -> bool:
        """Whether a text's byline leaves, which is told by all that is left of it."""
        said = said_bylines(self._context, self._evidence) if self._lines is not None else {}
        self._take(said)
        return bool(said)

    def _language_shown(self) -> bool:
        """Whether what has left hid a language: a short clip under English chrome."""
        left = self._languages | self._rules.languages(self._clip, self._voices, self._alive)
        if left == self._languages:
            return False
        self._languages = left
        self._hits = self._rules.match(self._clip, self._shapes, left)
        return True

    def _take(self, gone: dict[int, Decision]) -> None:
        if gone:
            self._decisions |= gone
            self._alive = [index for index in self._alive if index not in gone]

    def _hear(self) -> None:
        """What the classifier says of the blocks that are left.

        Of a text it sees what the cleaned text would be, again in each pass; of a page all
        blocks, once, because what stands around a block is half of what it knows of it.
        """
        self._clock.check()
        self._heard: Heard | None = None
        self._heard_of = len(self._alive)
        if self._classifier is None:
            return
        blank = blank_before([self._clip.blocks[index] for index in self._alive])
        if blank is None:
            return
        verdict = self._classifier.hear(self._clip, self._alive, blank, self._weighed)
        if verdict is not None:
            self._heard = Heard(self._clip, self._alive, verdict, self._thresholds)
