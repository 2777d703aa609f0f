"""Fuzzing: each reader is given bytes that an engine makes up, steered by what they reach.

    python -m tests.fuzz [TARGET]... [--runs N | --seconds N] [--seed N] [--keep FOLDER]

Needs the extra `fuzz` (atheris). `check.py` says what has to hold for any bytes; `corpus/` has a
folder of small files for each target, whose name is the target's. A crash found is an input that
is made small, put into the corpus under a name that says what it is, and mended:
tests/test_fuzz.py gives each file of the corpus to `check` in every run of the tests.
"""
