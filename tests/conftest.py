"""What all tests share: how hard hypothesis looks, one cleaner, and `--update-fixtures`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from jsonschema_rs import Draft202012Validator

import cleaner

# One deadline for the whole suite would measure the machine; the tests that are about time
# (test_invariants) measure it themselves.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", max_examples=60, deadline=None, suppress_health_check=_SLOW)
settings.register_profile(
    "ci",
    # Always the same ones: more of them cost the gate minutes and find nothing new.
    max_examples=10,
    deadline=None,
    suppress_health_check=_SLOW,
    derandomize=True,
    print_blob=True,
)
settings.load_profile("ci" if os.environ.get("CI") else "default")

REWRITTEN = pytest.StashKey[list[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-fixtures",
        action="store_true",
        help="rewrite each fixture's article.txt with what cleaner makes of its clip; "
        "read the difference before you commit it",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REWRITTEN] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--update-fixtures"):
        return
    rewritten = config.stash[REWRITTEN]
    terminalreporter.section("--update-fixtures")
    terminalreporter.line(f"rewrote {len(rewritten)} article.txt; article.json is yours to write")
    for path in rewritten:
        terminalreporter.line(f"  {path}")


@pytest.fixture(scope="session")
def cleaner_() -> cleaner.Cleaner:
    """The cleaner with the rules that ship."""
    return cleaner.Cleaner()


@pytest.fixture(scope="session", autouse=True)
def _written_articles_keep_to_the_schema() -> Iterator[None]:
    """Each article that any test writes out is checked against the schema that ships."""
    schema = cleaner.article_schema()
    # A schema that is none itself is refused here.
    validator = Draft202012Validator(schema)
    written = cleaner.Article.to_dict

    def checked(article: cleaner.Article, fields: Collection[str] | None = None) -> dict[str, Any]:
        data = written(article, fields)
        if fields is None:  # some fields alone are no whole article
            validator.validate(data)
        return data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaner.Article, "to_dict", checked)
        yield
