"""The clips that lie in the repository: fixtures with what is expected of them, and seeds."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
# The pages of the quality gate: folders of another layout, which tests/gate.py reads.
GATE = FIXTURES / "gate"
# Saved pages in all forms, which test_forms.py reads.
FORMS = FIXTURES / "forms"
SEEDS = ROOT / "seeds"
KINDS = {".txt": "text", ".md": "markdown", ".html": "html"}


def fixture_folders() -> list[Path]:
    """The folder of every fixture. The pages of the gate and the saved forms have tests of their
    own."""
    return sorted(
        path for path in FIXTURES.iterdir() if path.is_dir() and path not in (GATE, FORMS)
    )


def seed_files() -> list[Path]:
    """Every seed clip."""
    return sorted(path for path in SEEDS.iterdir() if path.suffix in KINDS)


def clip_file(folder: Path) -> Path:
    """The one clip in a fixture's folder."""
    clips = sorted(path for path in folder.iterdir() if path.stem == "clip")
    assert len(clips) == 1, f"{folder.name}: exactly one clip.{{txt,md,html}}, not {clips}"
    assert clips[0].suffix in KINDS, f"{folder.name}: no reader for {clips[0].name}"
    return clips[0]


def clip_files() -> list[Path]:
    """The clips of all fixtures, then the seeds."""
    return [clip_file(folder) for folder in fixture_folders()] + seed_files()


def kind_of(path: Path) -> str:
    """The kind of clip that a file's name says it is."""
    return KINDS[path.suffix]
