"""Finds packs, reads them, and joins shared rules with the terms of each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import PackError
from .schema import Example, Reader, Rule, read_examples, read_rule

PACKS = Path(__file__).resolve().parent.parent / "packs"
SHARED, LANGUAGE, SITE, USER = 0, 1, 2, 3
_LEVELS = {"chrome": SHARED, "lang": LANGUAGE, "site": SITE}
PLACEHOLDER = re.compile(r"\{([a-z][a-z_]*)\}")
# The language file of phrases that belong to no language: agencies, networks, file names.
UNIVERSAL = "any"


@dataclass(frozen=True)
class Pack:
    """One TOML file: rules, and, for a language, its terms, examples and neutral prose. The
    rules' patterns hold its `[shapes]`, the named pieces that they share, already."""

    origin: str
    rules: tuple[Rule, ...] = ()
    language: str | None = None
    name: str = ""
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prose: tuple[str, ...] = ()
    # frequent short words that no other language has, by which a clip's language shows
    function_words: tuple[str, ...] = ()
    # whether its patterns are tried on clips of every language
    everywhere: bool = False
    examples: Mapping[str, tuple[tuple[Example, ...], tuple[Example, ...]]] = field(
        default_factory=dict
    )


def load_packs(
    extra: Iterable[str | Path] = (), languages: Iterable[str] | None = None
) -> list[Pack]:
    """The packs that ship with cleaner and those at `extra` (files or folders of `*.toml`).

    `languages` limits the language packs to these codes. Raises `PackError` for a pack that
    cannot be read, an id given twice or a language that has no pack.
    """
    wanted = None if languages is None else {UNIVERSAL, *languages}
    packs = []
    for path in pack_files():
        folder = path.parent.name
        if folder == "lang" and wanted is not None and path.stem not in wanted:
            continue
        packs.append(read_pack(path, f"{folder}/{path.name}", _LEVELS[folder]))
    if wanted is not None:
        missing = wanted - {pack.language for pack in packs}
        if missing:
            raise PackError(f"no language pack for {', '.join(sorted(map(str, missing)))}")
    for path in map(Path, extra):
        packs += [read_pack(file, str(file), USER) for file in _files(path)]
    _unique(packs)
    return packs


def pack_files() -> list[Path]:
    """The files of the packs that ship, in the order in which they are loaded."""
    return [path for folder in _LEVELS for path in sorted((PACKS / folder).glob("*.toml"))]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.rglob("*.toml"))
        if not files:
            raise PackError(f"{path}: no .toml file in this folder")
        return files
    return [path]


def read_pack(path: Path, origin: str, level: int) -> Pack:
    """The pack in the file at `path`; raises `PackError` where it is broken."""
    import tomli  # compiled, three times as fast as tomllib; not needed where tables are kept

    try:
        table = tomli.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PackError(f"{origin}: cannot be read ({error.strerror})") from error
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{origin}: no valid TOML ({error})") from error
    r = Reader(table, origin)
    code = r.take("language", str)
    pack = Pack(
        origin=origin,
        rules=_rules(r, origin, level),
        language=code,
        name=r.take("name", str, ""),
        terms=_terms(r),
        prose=r.strings("prose"),
        function_words=r.strings("function_words"),
        everywhere=r.take("everywhere", bool, False),
        examples=_examples(r, code),
    )
    r.done()
    return pack


def _rules(r: Reader, origin: str, level: int) -> tuple[Rule, ...]:
    tables: list[Any] = r.take("rule", list, [])
    if not all(isinstance(table, dict) for table in tables):
        raise r.fail("'rule' must be a list of tables: write [[rule]]")
    shapes = _shapes(r)
    for table in tables:
        if isinstance(table.get("pattern"), str):
            table["pattern"] = _filled(table["pattern"], shapes)
    code = r.table.get("language")
    spoken = code if isinstance(code, str) and code != UNIVERSAL else None
    return tuple(
        said_in(spoken, read_rule(table, origin, level, n)) for n, table in enumerate(tables, 1)
    )


def _shapes(r: Reader) -> dict[str, str]:
    """The named pieces of patterns of a file; one may hold those above it."""
    inner = Reader(r.take("shapes", dict, {}), f"{r.where}: shapes")
    shapes: dict[str, str] = {}
    for name in inner.table:
        shapes[name] = _filled(inner.take(name, str, ""), shapes)
    return shapes


def _filled(pattern: str, shapes: Mapping[str, str]) -> str:
    """A pattern with its pieces in place; other names are terms, of each language."""
    return PLACEHOLDER.sub(lambda found: shapes.get(found[1], found[0]), pattern)


def said_in(language: str | None, rule: Rule) -> Rule:
    """A rule of a language's own file is said in it, and so are its examples."""
    return replace(
        rule,
        spoken=language,
        fires=tuple(replace(example, language=language) for example in rule.fires),
        silent=tuple(replace(example, language=language) for example in rule.silent),
    )


def _terms(r: Reader) -> dict[str, tuple[str, ...]]:
    inner = Reader(r.take("terms", dict, {}), f"{r.where}: terms")
    return {name: inner.strings(name) for name in inner.table}


def _examples(
    r: Reader, code: str | None
) -> dict[str, tuple[tuple[Example, ...], tuple[Example, ...]]]:
    found = {}
    for rule_id, table in r.take("examples", dict, {}).items():
        if not isinstance(table, dict):
            raise r.fail(f"examples.{rule_id!r} must be a table with 'fires' and 'silent'")
        inner = Reader(table, f"{r.where}: examples of {rule_id}")
        found[rule_id] = (read_examples(inner, "fires", code), read_examples(inner, "silent", code))
        inner.done()
    return found


def _unique(packs: Iterable[Pack]) -> None:
    origins: dict[str, str] = {}
    for pack in packs:
        for rule in pack.rules:
            if rule.id in origins:
                raise PackError(
                    f"{pack.origin}: rule id {rule.id!r} is already used in {origins[rule.id]}"
                )
            origins[rule.id] = pack.origin


def with_examples(packs: Iterable[Pack]) -> list[Rule]:
    """Every rule with the examples that language packs add to it."""
    packs = list(packs)
    rules = {rule.id: rule for pack in packs for rule in pack.rules}
    for pack in packs:
        for rule_id, (fires, silent) in pack.examples.items():
            if rule_id not in rules:
                raise PackError(f"{pack.origin}: examples for {rule_id!r}, which is no rule")
            rule = rules[rule_id]
            rules[rule_id] = replace(rule, fires=rule.fires + fires, silent=rule.silent + silent)
    return list(rules.values())


def placeholders(rule: Rule) -> set[str]:
    """The names of the terms that a rule's texts hold."""
    texts = [*rule.lines, *rule.made_of, *rule.sequence, *rule.keywords, rule.pattern or ""]
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


@dataclass(frozen=True)
class Vocabulary:
    """The terms of all packs, by language; universal terms are in every language."""

    terms: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def of(cls, packs: Iterable[Pack]) -> Vocabulary:
        """The vocabulary of `packs`; packs of one language are joined."""
        terms: dict[str, dict[str, tuple[str, ...]]] = {}
        for pack in packs:
            own = terms.setdefault(pack.language or UNIVERSAL, {})
            for name, values in pack.terms.items():
                own[name] = own.get(name, ()) + values
        return cls(terms)

    def languages_for(self, rule: Rule) -> list[str | None]:
        """The languages that can say this rule: those that have each of its terms. A rule
        without terms, or with universal ones alone, is said once, in no language."""
        names = placeholders(rule)
        universal = self.terms.get(UNIVERSAL, {})
        known = {name for terms in self.terms.values() for name in terms}
        if names - known:
            missing = ", ".join(sorted(names - known))
            raise PackError(f"{rule.origin}: rule {rule.id}: no pack has the term {missing}")
        if rule.spoken is not None:
            return [rule.spoken]
        spoken = {code: terms for code, terms in self.terms.items() if code != UNIVERSAL}
        if not any(name in terms for name in names for terms in spoken.values()):
            return [None]
        return [
            code
            for code, terms in spoken.items()
            if all(name in terms or name in universal for name in names)
        ]

    def of_term(self, name: str, language: str | None) -> tuple[str, ...]:
        """The phrases of a term in `language`, universal ones included."""
        own = self.terms.get(language, {}).get(name, ()) if language else ()
        return (*own, *self.terms.get(UNIVERSAL, {}).get(name, ()))
