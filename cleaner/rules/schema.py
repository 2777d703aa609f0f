"""What a rule may say. Everything here fails at load with a line that names file and rule."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from ..clip import Inside, Kind
from ..decision import Strength
from ..errors import PackError
from ..labels import Label

_PAIR = 2
ZONES = ("head", "top", "lead", "body", "tail")
# What may stand before or after a block, beside the labels: the forms of a neighbour.
NEIGHBOURS = ("edge", "prose", "short", "sentence", "heading", "list_item", "image")
# The conditions that look beyond the block itself, and so are judged in context.
CONTEXT_CONDITIONS = ("zone", "before", "after", "group", "repeats", "rare", "common")


@dataclass(frozen=True)
class Example:
    """A clip that a rule must fire on, or stay silent on. `{prose}` in its text stands for
    a paragraph of neutral prose from the language file."""

    text: str
    kind: str = "text"
    language: str | None = None


@dataclass(frozen=True)
class Run:
    """How a rule reaches on from the block that it matched: the blocks that follow take its
    label while they keep to these bounds. `least` and `most` count blocks; `together` stops at
    a blank line."""

    most: int
    words: tuple[int, int] | None = None
    prose: bool = False
    links: float | None = None
    least: int = 0
    together: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule, as its pack wrote it. All of its conditions must hold for it to fire."""

    id: str
    label: Label
    because: str
    origin: str
    level: int
    strength: Strength = "sure"
    # what it matches: whole lines, a pattern, a sequence of lines, or its conditions alone
    lines: tuple[str, ...] = ()
    pattern: str | None = None
    sequence: tuple[str, ...] = ()
    # the whole line is so many of these phrases in a row, parted by separators
    made_of: tuple[str, ...] = ()
    count: tuple[int, int] | None = None
    keywords: tuple[str, ...] = ()
    # whether a match begins with its keyword, give or take a few characters
    leads: bool = False
    case: bool = False
    # search in the last so many characters alone
    tail: int | None = None
    # longer blocks are not tried: like keywords a prefilter, which changes no match
    chars: int | None = None
    # where
    kinds: frozenset[Kind] | None = None
    words: tuple[int, int] | None = None
    links: tuple[float, float] | None = None
    sentence: bool | None = None
    zone: frozenset[str] | None = None
    before: frozenset[str] | None = None
    after: frozenset[str] | None = None
    group: tuple[int, int] | None = None
    repeats: int | None = None
    rare: int | None = None
    common: int | None = None
    inside: int | None = None
    outside: int | None = None
    classes: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    part: str | None = None
    run: Run | None = None
    # the language of the pack that the rule stands in, where it is a language's own
    spoken: str | None = None
    fires: tuple[Example, ...] = ()
    silent: tuple[Example, ...] = ()
    # the table as the pack has it
    table: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @functools.cached_property
    def contextual(self) -> bool:
        """Whether the rule looks beyond the block itself."""
        return bool(self.sequence) or any(
            getattr(self, name) is not None for name in CONTEXT_CONDITIONS
        )

    @functools.cached_property
    def asks_labels(self) -> bool:
        """Whether the rule looks at a neighbour's label, not only at its form."""
        asked = (self.before or frozenset()) | (self.after or frozenset())
        return not asked <= frozenset(NEIGHBOURS)

    @functools.cached_property
    def formal(self) -> bool:
        """Whether the rule looks at form and place alone: no words, elements or class names."""
        said = self.lines or self.pattern or self.sequence or self.made_of
        return not (said or self.classes or self.inside)

    @functools.cached_property
    def counted(self) -> bool:
        """Whether the rule looks at how many lines of the clip it matches."""
        return self.rare is not None or self.common is not None

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions that this rule sets."""
        return tuple(name for name in CONDITIONS if getattr(self, name) not in (None, ()))


CONDITIONS = (
    "kinds",
    "words",
    "links",
    "sentence",
    "zone",
    "before",
    "after",
    "group",
    "repeats",
    "rare",
    "common",
    "inside",
    "outside",
    "classes",
    "host",
    "language",
)


@dataclass
class Reader:
    """Takes the keys of one TOML table and complains about what is wrong or left over."""

    table: dict[str, Any]
    where: str
    seen: set[str] = field(default_factory=set)

    def fail(self, message: str) -> PackError:
        """An error that says where in the pack it is."""
        return PackError(f"{self.where}: {message}")

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The value of a key, whose type must be `kind`."""
        self.seen.add(key)
        value = self.table.get(key, default)
        if value is not default and (
            not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)
        ):
            raise self.fail(f"'{key}' has the wrong type ({type(value).__name__})")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """The value of a key that holds a list of strings."""
        values = self.take(key, list, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail(f"'{key}' must be a list of strings that are not empty")
        return tuple(values)

    def bounds(self, key: str) -> tuple[Any, Any] | None:
        """The value of a key that holds two numbers, least and most."""
        values = self.take(key, list)
        if values is None:
            return None
        if len(values) != _PAIR or not all(isinstance(v, int | float) for v in values):
            raise self.fail(f"'{key}' must be two numbers, least and most")
        if values[0] > values[1]:
            raise self.fail(f"'{key}': the least is above the most")
        return values[0], values[1]

    def choice(self, key: str, allowed: tuple[str, ...]) -> frozenset[str] | None:
        """The values of a key that knows only `allowed` ones."""
        values = self.strings(key)
        wrong = [value for value in values if value not in allowed]
        if wrong:
            raise self.fail(f"'{key}' knows {', '.join(allowed)}; not {', '.join(wrong)}")
        return frozenset(values) or None

    def done(self) -> None:
        """Raises `PackError` where keys are left over."""
        unknown = sorted(set(self.table) - self.seen)
        if unknown:
            raise self.fail(f"unknown key {', '.join(repr(key) for key in unknown)}")


_LABELS = tuple(label.value for label in Label)
_INSIDE = Inside.names()


def read_rule(table: Mapping[str, Any], origin: str, level: int, number: int) -> Rule:
    """A `Rule` from its TOML table; raises `PackError` where the table is not one."""
    where = f"{origin}: rule {table.get('id') or f'number {number}'}"
    r = Reader(dict(table), where)
    rule_id = r.take("id", str)
    if not rule_id or any(c.isspace() for c in rule_id):
        raise r.fail("'id' is missing or holds a space")
    label = r.take("label", str)
    if label not in _LABELS:
        raise r.fail(f"unknown label {label!r}; the labels are {', '.join(_LABELS)}")
    because = r.take("because", str)
    if not because:
        raise r.fail("'because' is missing: one line that a person understands")
    rule = Rule(
        id=rule_id,
        label=Label(label),
        because=because,
        origin=origin,
        level=level,
        strength=_strength(r),
        lines=r.strings("lines"),
        pattern=r.take("pattern", str),
        sequence=r.strings("sequence"),
        made_of=r.strings("made_of"),
        count=r.bounds("count"),
        keywords=r.strings("keywords"),
        leads=r.take("leads", bool, False),
        case=r.take("case", bool, False),
        tail=r.take("tail", int),
        chars=r.take("chars", int),
        kinds=_each(r.choice("kinds", tuple(kind.value for kind in Kind)), Kind),
        words=r.bounds("words"),
        links=r.bounds("links"),
        sentence=r.take("sentence", bool),
        zone=r.choice("zone", ZONES),
        before=r.choice("before", NEIGHBOURS + _LABELS),
        after=r.choice("after", NEIGHBOURS + _LABELS),
        group=r.bounds("group"),
        repeats=r.take("repeats", int),
        rare=r.take("rare", int),
        common=r.take("common", int),
        inside=_flags(r, "inside"),
        outside=_flags(r, "outside"),
        classes=r.strings("classes"),
        host=r.strings("host"),
        language=r.strings("language"),
        part=r.take("part", str),
        run=_run(r),
        fires=read_examples(r, "fires", None),
        silent=read_examples(r, "silent", None),
        table=table,
    )
    r.done()
    _consistent(rule, r)
    return rule


def _consistent(rule: Rule, r: Reader) -> None:
    matches = [bool(rule.lines), rule.pattern is not None, bool(rule.sequence), bool(rule.made_of)]
    if sum(matches) > 1:
        raise r.fail("give one of 'lines', 'pattern', 'sequence' and 'made_of'")
    if bool(rule.made_of) != (rule.count is not None):
        raise r.fail("'made_of' and 'count' (least and most phrases) go together")
    if not any(matches) and not rule.conditions:
        raise r.fail("matches everything: give 'lines', 'pattern', 'sequence' or a condition")
    if (rule.pattern or rule.sequence) and not rule.keywords:
        raise r.fail("'keywords' is missing: literals of which one is in every match")


def _each(values: frozenset[str] | None, make: Callable[[str], Kind]) -> frozenset[Kind] | None:
    return None if values is None else frozenset(make(value) for value in values)


def _strength(r: Reader) -> Strength:
    value = r.take("strength", str, "sure")
    if value not in get_args(Strength):
        raise r.fail("'strength' is 'sure' or 'hint'")
    return "hint" if value == "hint" else "sure"


def _flags(r: Reader, key: str) -> int | None:
    names = r.choice(key, tuple(_INSIDE))
    if names is None:
        return None
    flags: int = Inside.NONE
    for name in names:
        flags |= _INSIDE[name]
    return flags


def _run(r: Reader) -> Run | None:
    table = r.take("run", dict)
    if table is None:
        return None
    inner = Reader(dict(table), f"{r.where}: run")
    links = inner.take("links", (int, float))
    run = Run(
        most=inner.take("most", int, 8),
        words=inner.bounds("words"),
        prose=inner.take("prose", bool, False),
        links=None if links is None else float(links),
        least=inner.take("least", int, 0),
        together=inner.take("together", bool, False),
    )
    inner.done()
    return run


def read_examples(r: Reader, key: str, language: str | None) -> tuple[Example, ...]:
    """Examples are strings (text clips) or tables with one key, `text`, `markdown` or `html`."""
    examples = []
    for value in r.take(key, list, []):
        if isinstance(value, str):
            examples.append(Example(value, "text", language))
        elif isinstance(value, dict) and len(value) == 1:
            kind, text = next(iter(value.items()))
            if kind not in ("text", "markdown", "html") or not isinstance(text, str):
                raise r.fail(f"'{key}': an example is text, markdown or html")
            examples.append(Example(text, kind, language))
        else:
            raise r.fail(f"'{key}' holds something that is no example")
    return tuple(examples)
