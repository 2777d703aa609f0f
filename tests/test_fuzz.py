"""Any bytes give an article or one documented error: what `python -m tests.fuzz` searches for
hours is looked at here for seconds, beside all that it ever found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .broken_forms import FORMS, damaged_files
from .fuzz.check import CORPUS, TARGETS, check
from .test_invariants import at_most

FILES = [path for target in TARGETS for path in sorted((CORPUS / target).iterdir())]
# As the engine has it.
SECONDS = 10.0


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_stays_mended(path: object) -> None:
    file = CORPUS / str(path)
    with at_most(SECONDS):
        check(file.parent.name, file.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=40)
@given(data=st.data())
def test_damaged_files_give_an_article_or_a_documented_error(
    target: str, data: st.DataObject
) -> None:
    broken = data.draw(damaged_files(CORPUS / target))
    with at_most(SECONDS):
        check(target, broken)


@pytest.mark.parametrize("target", FORMS)
@settings(max_examples=40)
@given(data=st.data())
def test_forms_of_wrong_parts_give_an_article_or_a_documented_error(
    target: str, data: st.DataObject
) -> None:
    made = data.draw(FORMS[target])
    with at_most(SECONDS):
        check(target, made)
