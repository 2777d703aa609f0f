"""The shape of the package: which module may know of which, and what none of them may do."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleaner

from .corpus import ROOT, SEEDS, kind_of, seed_files

PACKAGE = ROOT / "cleaner"
# The picture in the design: a module imports only from ranks below its own, and a package
# within itself. A new module belongs in this picture before it belongs in the tree.
RANKS = {
    "errors": 0,
    "limits": 1,
    "streams": 1,
    "worker": 1,
    "labels": 0,
    "clip": 0,
    "decision": 1,
    "shape": 1,
    "dates": 1,
    "thresholds": 1,
    "context": 2,
    "surroundings": 2,
    "credit_lines": 2,
    "credits": 1,
    "json_ld": 2,
    "page": 3,
    "asked": 4,
    "readers": 3,
    "rules": 3,
    "classifier": 3,
    "profiles": 3,
    "authors": 2,
    "headline": 2,
    "text_byline": 3,
    "text_title": 3,
    "weigh": 4,
    "decide": 5,
    "metadata": 3,
    "said": 3,
    "recordings": 4,
    "captions": 4,
    "page_captions": 5,
    "language": 2,
    "render": 5,
    "pictures": 5,
    "photo_essay": 3,
    "caption_lines": 6,
    "article": 6,
    "article_arrow": 6,
    "judgement": 7,
    "engine": 8,
    "isolated": 9,
    "": 10,  # cleaner/__init__.py, the public API
    "output": 11,
    "prove": 11,
    "explain": 11,
    "batch": 12,
    "adapters": 11,
    "training": 12,
    "rules_command": 12,
    "cli": 13,
    "__main__": 14,
}
APART = {"readers", "rules", "classifier", "profiles"}
OUTER = {"explain", "batch", "adapters", "training", "rules_command", "cli", "__main__"}
NETWORK = {
    "socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib",
    "smtplib", "socketserver", "xmlrpc", "asyncio", "courlan.network", "trafilatura.downloads",
}  # fmt: skip

FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    """`cleaner.rules.loader` for its file; a package for its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The first name below `cleaner`, empty for `cleaner` itself."""
    return module.partition(".")[2].partition(".")[0]


def imports(path: Path) -> Iterator[str]:
    """The full names that a file of the package imports."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    yield from imported_by(path.read_text(encoding="utf-8"), package)


def imported_by(source: str, package: list[str]) -> Iterator[str]:
    """The full names that code imports, at its top or inside of its functions. For
    `from x import y` that is `x.y`, which names y whether it is a module or not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> Iterator[str]:
    """The parts of the package that a file imports: `rules`, or the empty name for the API."""
    for name in imports(path):
        if name.split(".")[0] == "cleaner":
            part = part_of(name)
            yield part if part in RANKS else ""


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    part = part_of(module_name(path))
    assert part in RANKS, f"put {part} into the picture: RANKS here, and the design"
    allowed = {other for other, rank in RANKS.items() if rank < RANKS[part]} | {part}
    assert set(own_imports(path)) - allowed == set()


def test_readers_rules_classifier_and_profiles_do_not_know_each_other() -> None:
    known = {
        (part_of(module_name(path)), other)
        for path in FILES
        for other in own_imports(path)
        if part_of(module_name(path)) in APART and other in APART
    }
    assert {(one, other) for one, other in known if one != other} == set()


def test_nothing_inside_imports_what_is_built_around_it() -> None:
    inner = [path for path in FILES if part_of(module_name(path)) not in OUTER]
    assert len(inner) > 10
    assert {(module_name(p), o) for p in inner for o in own_imports(p) if o in OUTER} == set()


def test_adapters_import_only_the_public_api() -> None:
    for path in (PACKAGE / "adapters").glob("*.py"):
        assert not_public(path.read_text(encoding="utf-8")) == set(), path.name


def not_public(adapter: str) -> set[str]:
    """The names that an adapter imports from the package and that are no part of its API."""
    used = set(imported_by(adapter, ["cleaner", "adapters"]))
    own = {name for name in used if name.split(".")[0] == "cleaner"}
    public = {f"cleaner.{name}" for name in cleaner.__all__} | {"cleaner"}
    return {name for name in own - public if part_of(name) != "adapters"}


@pytest.mark.parametrize(
    ("adapter", "names"),
    [
        ("from .. import Cleaner, Article\nimport cleaner\nimport json", set()),
        ("from cleaner import Cleaner\nfrom .shared import rows", set()),
        ("from ..engine import Cleaner", {"cleaner.engine.Cleaner"}),
        ("def f():\n    import cleaner.rules", {"cleaner.rules"}),
    ],
)
def test_an_adapter_that_reaches_inside_is_found(adapter: str, names: set[str]) -> None:
    assert not_public(adapter) == names


def test_the_import_reader_of_this_test_sees_every_form() -> None:
    known = set(imports(PACKAGE / "rules" / "settle.py"))
    assert {"cleaner.context.Context", "cleaner.rules.schema.Rule"} <= known
    assert "trafilatura.extract_metadata" in set(imports(PACKAGE / "asked.py"))
    assert "metadata" in set(own_imports(PACKAGE / "article.py"))
    assert {"engine", "labels"} <= set(own_imports(PACKAGE / "__init__.py"))


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_network_module_is_imported(path: Path) -> None:
    used = set(imports(path))
    assert {n for n in used for bad in NETWORK if n == bad or n.startswith(bad + ".")} == set()


# --- state

_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*|__all__")
_MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "Counter", "deque"}
_MUTABLE_NODES = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_mutable(value.left) or _is_mutable(value.right)
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else None
        name = value.func.id if isinstance(value.func, ast.Name) else name
        return name in _MUTABLE_CALLS
    return isinstance(value, _MUTABLE_NODES)


def mutable_names(source: str) -> Iterator[str]:
    """The names at module or class level that are bound to something that can change."""
    tree = ast.parse(source)
    bodies = [tree.body] + [n.body for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    for statement in (statement for body in bodies for statement in body):
        if isinstance(statement, ast.Assign) and _is_mutable(statement.value):
            yield from (ast.unparse(target) for target in statement.targets)
        elif isinstance(statement, ast.AnnAssign) and _is_mutable(statement.value):
            yield ast.unparse(statement.target)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_modules_hold_constants_and_no_state(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [name for name in mutable_names(source) if not _CONSTANT.fullmatch(name)] == []
    assert [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Global)] == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("seen = {}", ["seen"]),
        ("seen: list[str] = list()", ["seen"]),
        ("class A:\n    seen = collections.defaultdict(int)", ["seen"]),
        ("_table = {} | {1: 2}", ["_table"]),
        ("a = (1, 2)\nb = frozenset({1})\ndef f():\n    c = []", []),
    ],
)
def test_the_state_finder_of_this_test_finds_state(source: str, names: list[str]) -> None:
    assert list(mutable_names(source)) == names


def _constants() -> dict[str, str]:
    """What every upper-case list, dict and set of the package holds now."""
    found: dict[str, str] = {}
    for path in FILES:
        names = set(mutable_names(path.read_text(encoding="utf-8")))
        if names and path.name != "__main__.py":
            module = importlib.import_module(module_name(path))
            found |= {f"{module.__name__}.{n}": repr(vars(module).get(n)) for n in names}
    return found


def test_cleaning_changes_no_constant() -> None:
    before = _constants()
    assert before
    worker = cleaner.Cleaner()
    for path in seed_files():
        worker.clean(path.read_bytes(), kind=kind_of(path)).to_json()
    assert _constants() == before


# --- what a run does


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_import_of_cleaner_does_not_load_slow_libraries() -> None:
    report = run("import cleaner", "-X", "importtime").stderr
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in report.splitlines()}
    assert "cleaner" in loaded
    slow = {"lxml", "trafilatura", "dateparser", "charset_normalizer", "justext", "numpy", "tqdm"}
    slow |= {"ftfy", "brotli", "backports", "email", "plistlib"}
    assert loaded & slow == set()


# urllib3, which trafilatura imports, binds a socket to learn whether the machine has IPv6;
# that asks nobody anything.
_ASKS = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "urllib.Request",
    "http.client.connect",
)


def test_cleaning_opens_no_connection() -> None:
    code = f"""
import sys
def guard(event, _arguments):
    if event in {_ASKS!r}:
        print(event)
sys.addaudithook(guard)
import cleaner
from pathlib import Path
for path in Path({str(SEEDS)!r}).iterdir():
    cleaner.clean(path.read_bytes(), url="https://www.osk.example/crane").to_json()
print("done")
"""
    assert run(code).stdout.split() == ["done"]


def test_contributing_shows_the_ranks() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"imports only from lines above.*?```\n(.*?)```", told, re.DOTALL)
    assert picture is not None
    shown = [[name.strip(" /") for name in line.split(",")] for line in picture[1].splitlines()]
    ranked: dict[int, list[str]] = {}
    for name, rank in RANKS.items():
        if name != "profiles":  # has its place and is not written yet
            ranked.setdefault(rank, []).append(name or "__init__")
    assert shown == [sorted(ranked[rank]) for rank in sorted(ranked)]


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    """A file that was left there by chance goes into every copy."""
    wanted = {"cleaner", "fixtures", "seeds", "tests", "pyproject.toml", "README.md"}
    beside = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "build", "dist"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert wanted <= found <= wanted | beside
