"""What the packs cover: for each language and category, by how many rules and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .loader import Pack, Vocabulary, with_examples
from .schema import Rule

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "ru", "uk", "ja", "zh", "ar", "tr",
)  # fmt: skip
# The categories in which chrome is counted, each with its rules: by the beginnings of their ids,
# or by their labels.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "site header, live bar": ("site.header-line", "site.live-bar", "site.menu"),
    "skip links, breadcrumb": ("site.skip-link", "site.breadcrumb", "site.pager"),
    "video": ("video",),
    "app prompt": ("app_prompt",),
    "newsletter": ("newsletter",),
    "push notification": ("notification_prompt",),
    "share and follow": ("share",),
    "related, read more": ("related",),
    "advertising": ("advertisement",),
    "cookies, consent": ("consent",),
    "paywall": ("paywall",),
    "copyright, legal": ("legal",),
    "comments": ("comments",),
    "print, font size": ("tools.line", "tools.word"),
    "published, updated": ("timestamp",),
    "byline": ("byline",),
    "dateline": ("dateline",),
    "reading time": ("tools.reading-time",),
    "audio": ("audio",),
    "poll, quiz": ("poll",),
    "transcript, translation": ("transcript", "translated"),
    "sign-off, source": ("source",),
    "correction": ("correction",),
    "author bio": ("author_bio",),
    "caption": ("caption",),
    "credit": ("credit",),
}


def coverage(packs: Sequence[Pack]) -> Iterator[str]:
    """A markdown table: the rules that hold in the language, and the examples in it, for each
    category and language."""
    vocabulary = Vocabulary.of(packs)
    rules = [
        (rule, rule.language or tuple(code or "" for code in vocabulary.languages_for(rule)))
        for rule in with_examples(packs)
    ]
    yield "| category | " + " | ".join(LANGUAGES) + " |"
    yield "|---|" + "---|" * len(LANGUAGES)
    for category, names in CATEGORIES.items():
        own = [(rule, codes) for rule, codes in rules if _belongs(rule, names)]
        yield f"| {category} | " + " | ".join(_cell(own, code) for code in LANGUAGES) + " |"


def _belongs(rule: Rule, names: Sequence[str]) -> bool:
    # A language's own rules have its code before the topic: "de.stamp-line".
    head, _, rest = rule.id.partition(".")
    own = rest if head in LANGUAGES else rule.id
    return any(rule.label.value == name or own.startswith(name) for name in names)


def _cell(rules: Sequence[tuple[Rule, Sequence[str]]], code: str) -> str:
    # "" stands for every language: the rule needs no word of any.
    spoken = [rule for rule, codes in rules if code in codes or "" in codes]
    # An example without a language is English: it stands beside a rule that all share.
    examples = sum(
        (example.language or "en") == code
        for rule in spoken
        for example in (*rule.fires, *rule.silent)
    )
    return f"{len(spoken)} / {examples}" if spoken else "–"
