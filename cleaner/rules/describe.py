"""One rule, told to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .loader import Pack, Vocabulary, placeholders
from .schema import Example, Rule

# So many phrases of a term are shown.
_PHRASES = 12


def describe(rule: Rule, packs: Sequence[Pack]) -> Iterator[str]:
    """The rule as lines: what it says, where it holds, its terms by language, its examples."""
    yield f"{rule.id}: {rule.because}"
    yield f"  label {rule.label.value}, {rule.strength}, from {rule.origin}"
    for name, value in (("pattern", rule.pattern), ("case", rule.case or None)):
        if value is not None:
            yield f"  {name}: {value}"
    for name, values in (
        ("lines", rule.lines),
        ("sequence", rule.sequence),
        ("keywords", rule.keywords),
    ):
        if values:
            yield f"  {name}: {', '.join(values)}"
    for name in rule.conditions:
        yield f"  {name}: {_value(getattr(rule, name))}"
    if rule.run is not None:
        yield f"  run: {rule.run}"
    vocabulary = Vocabulary.of(packs)
    languages = vocabulary.languages_for(rule)
    yield f"  said in: {', '.join(code or 'every language' for code in languages)}"
    for term in sorted(placeholders(rule)):
        for code in languages:
            phrases = vocabulary.of_term(term, code)
            yield f"  {{{term}}} {code or ''}: {', '.join(phrases[:_PHRASES])}" + (
                f" and {len(phrases) - _PHRASES} more" if len(phrases) > _PHRASES else ""
            )
    yield from _examples("fires on", rule.fires)
    yield from _examples("silent on", rule.silent)


def _value(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(getattr(item, "value", item)) for item in value))
    return str(value)


def _examples(title: str, examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        language = f" ({example.language})" if example.language else ""
        yield f"  {title}{language}: {example.text!r}"
