"""The recipes of cleaner/adapters/README.md, each run as it stands in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner

from .corpus import ROOT, seed_files

README = ROOT / "cleaner" / "adapters" / "README.md"
# What each recipe needs, by its heading; the settings of Scrapy are no program.
NEEDS = {
    "datatrove": ["datatrove", "pyarrow"],
    "Spark": ["pyspark", "pyarrow", "pandas"],
    "Ray Data": ["ray", "pyarrow"],
    "Dask": ["dask", "pandas", "pyarrow"],
    "Hugging Face datasets": ["datasets", "pyarrow"],
    "polars": ["polars", "pyarrow"],
    "DuckDB": ["duckdb", "pyarrow"],
    "pandas": ["pandas", "pyarrow"],
    "LangChain": ["langchain_core", "pandas", "pyarrow"],
    "LlamaIndex": ["llama_index", "pandas", "pyarrow"],
}
PRECISE = {"datatrove", "LangChain"}


def recipes() -> dict[str, str]:
    """The Python block under each heading."""
    text = README.read_text("utf-8")
    found = re.findall(r"^##+ ([^\n]+)\n(?:(?!^##).)*?^```python\n(.*?)^```", text, re.M | re.S)
    return dict(found)


def test_each_recipe_is_known_to_the_tests() -> None:
    assert recipes().keys() == NEEDS.keys() | {"Scrapy"}


@pytest.mark.parametrize("name", NEEDS)
def test_the_recipe_gives_the_articles(name: str, tmp_path: Path) -> None:
    for module in NEEDS[name]:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    if name == "Spark" and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java is not installed: Spark runs on it")
    import pyarrow as pa
    import pyarrow.parquet

    pages = [
        {"url": f"https://osk.example/{path.stem}", "html": path.read_text("utf-8")}
        for path in seed_files()
    ]
    pa.parquet.write_table(pa.Table.from_pylist(pages), tmp_path / "pages.parquet")
    written = "\n\nimport json\nwith open('texts.json', 'w') as file:\n    json.dump(texts, file)\n"
    (tmp_path / "recipe.py").write_text(recipes()[name] + written, "utf-8")
    quiet = {
        "PYTHONPATH": str(ROOT),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DISABLE_DOCKER_CPU_WARNING": "1",
        # A busy machine takes longer to start Ray than the half minute that Ray gives itself.
        "RAY_raylet_start_wait_time_s": "300",
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        [sys.executable, "recipe.py"],
        cwd=tmp_path, env={**os.environ, **quiet}, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    texts = json.loads((tmp_path / "texts.json").read_text())
    judge = cleaner.Cleaner(favor="precision" if name in PRECISE else "balanced")
    expected = [judge.clean(page["html"], url=page["url"]).text for page in pages]
    assert sorted(texts) == sorted(expected)


@pytest.mark.parametrize(
    ("engine", "code", "extra"),
    [
        ("datatrove", "import cleaner.adapters.datatrove", "datatrove"),
        ("pyarrow", "import cleaner; cleaner.arrow_schema()", "arrow"),
        ("pyspark", "from cleaner.adapters.spark import clean; clean(None, 'html')", "spark"),
        (
            "itemadapter",
            "from cleaner.adapters.scrapy import CleanPipeline; CleanPipeline(None)",
            "scrapy",
        ),
    ],
)
def test_a_missing_engine_names_its_extra(engine: str, code: str, extra: str) -> None:
    hidden = f"import sys; sys.modules[{engine!r}] = None; {code}"
    done = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert f"pip install 'web-clip-cleaner[{extra}]'" in done.stderr.splitlines()[-1]
