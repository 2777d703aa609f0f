"""The language of a text whose function words do not tell it: of another language than those that
the rules know, or too short. py3langid knows 140, where it is installed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .shape import count_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Of 291 labelled texts it takes 3 for another language, by their first 12 words 4, by 5 words 31.
_LEAST_WORDS, _MOST_CHARS = 12, 600
_SURE = 0.5


def detected(text: str) -> str | None:
    """The code of the language that a text begins in (`no`); None where it is too short or none is
    likely, and where py3langid (extra `language`) is not installed."""
    head = text[:_MOST_CHARS]
    if count_words(head) < _LEAST_WORDS:
        return None
    try:
        identifier = _identifier()
    except ImportError:
        return None
    code, chance = identifier.classify(head)
    return str(code) if chance >= _SURE else None


@functools.cache
def _identifier() -> LanguageIdentifier:
    """The detector, read once (0.9 s, 76 MB): it is a constant, as a compiled pattern is."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # Its own module state would be shared with whoever else narrows its languages.
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
