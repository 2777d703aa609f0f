"""The labelled data that the benchmarks read."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CLIPS = DATA / "clips-dev.jsonl.xz"
PAGES = tuple(
    DATA / f"pages-{name}.jsonl.xz" for name in ("wcxb-dev-0", "wcxb-dev-1", "fundus-dev")
)
