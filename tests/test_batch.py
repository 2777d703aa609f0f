"""`cleaner batch`, run as a user runs it: real files, real processes, real kills."""

from __future__ import annotations

import csv
import ctypes
import gzip
import io
import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import Cleaner
from cleaner.batch import progress
from cleaner.batch.names import inside, slug
from cleaner.batch.pool import Pool
from cleaner.batch.settings import WorkSettings
from cleaner.batch.sources import Inputs
from cleaner.batch.task import FilePayload, Outcome, PagePayload, Task

from .commands import ENVIRONMENT, run
from .corpus import FORMS, ROOT
from .strategies import SENTENCES
from .test_cli import PAGE, complaint, usage_error

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e"
MENU = "Home | News | Sport | Weather\n\nSign up for our newsletter"


def story(number: int) -> str:
    """A clip of its own, with chrome around it."""
    body = [SENTENCES[(number + at) % len(SENTENCES)] for at in range(12)]
    paragraphs = (" ".join(body[at : at + 3]) for at in range(0, 12, 3))
    return "\n\n".join([f"Crane number {number} moves", *paragraphs, MENU]) + "\n"


def lines_of(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return [json.loads(line) for line in data.splitlines()]


def errors_of(output: Path) -> list[dict[str, Any]]:
    return lines_of(output.with_name(output.name + ".errors.jsonl"))


def write_rows(path: Path, count: int, **more: Any) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            row = {"id": f"story-{number}", "text": story(number), **more}
            file.write(json.dumps(row) + "\n")
    return path


def balance(done: subprocess.CompletedProcess[str]) -> tuple[int, int, int]:
    """Documents in, out and failed, as the run says it at its end."""
    found = re.search(r"([\d,]+) in = ([\d,]+) out \+ ([\d,]+) errors", done.stderr)
    assert found, done.stderr
    read, written, failed = (int(group.replace(",", "")) for group in found.groups())
    assert read == written + failed
    return read, written, failed


def leftovers(folder: Path) -> list[str]:
    """What a run should not have left: its work folder, its temporary files."""
    return [p.name for p in folder.rglob("*") if "cleaner-batch" in p.name or ".part" in p.name]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "rows.jsonl", 12)


# --- in


def expected(count: int) -> list[tuple[str, str]]:
    cleaner = Cleaner()
    return [(f"story-{n}", cleaner.clean(story(n)).text) for n in range(count)]


def write_packed(path: Path, data: bytes) -> None:
    if path.suffix == ".gz":
        # Two members, as parallel writers and `cat` make them.
        half = len(data) // 2
        path.write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))
    elif path.suffix == ".zst":
        zstd = pytest.importorskip("backports.zstd")
        path.write_bytes(zstd.compress(data))
    else:
        path.write_bytes(data)


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", ["jsonl", "csv", "tsv", "parquet"])
def test_rows_of_every_form_give_the_same_articles(tmp_path: Path, form: str, packing: str) -> None:
    source = [(f"story-{n}", f"https://osk.example/{n}", story(n)) for n in range(7)]
    path = tmp_path / f"in.{form}{packing}"
    names = ("key", "address", "page")
    if form == "parquet":
        if packing:
            pytest.skip("Parquet packs its own columns: a packed Parquet file is none")
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet

        columns = dict(zip(names, map(list, zip(*source, strict=True)), strict=True))
        pyarrow.parquet.write_table(pa.table(columns), path)
    elif form == "jsonl":
        lines = (json.dumps(dict(zip(names, row, strict=True))) for row in source)
        write_packed(path, "\n".join(lines).encode())
    else:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter="," if form == "csv" else "\t")
        writer.writerows([names, *source])
        write_packed(path, text.getvalue().encode())
    out = tmp_path / "out.jsonl"
    columns_named = ["--id-column", "key", "--url-column", "address", "--text-column", "page"]
    done = run("batch", path, "-o", out, *columns_named)
    assert balance(done) == (7, 7, 0)
    found = lines_of(out)
    assert [(row["id"], row["text"]) for row in found] == expected(7)
    assert [row["url"] for row in found] == [url for _, url, _ in source]


def test_standard_input_is_json_lines(tmp_path: Path, rows: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("batch", "-", "-o", out, stdin=rows.read_text(encoding="utf-8"))
    assert balance(done) == (12, 12, 0)
    assert [(row["id"], row["text"]) for row in lines_of(out)] == expected(12)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder as a crawl leaves it: pages in folders, two of one stem, a picture, a hidden
    file, a packed page, a file of rows, a link that leads round in a circle."""
    root = tmp_path / "pages"
    (root / "a" / "deep").mkdir(parents=True)
    (root / "b").mkdir()
    for number, name in enumerate(["a/one.txt", "a/deep/two.md", "b/same.txt", "b/same.md"]):
        (root / name).write_text(story(number), encoding="utf-8")
    (root / "three.txt.gz").write_bytes(gzip.compress(story(4).encode()))
    (root / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (root / ".hidden.txt").write_text("not this one", encoding="utf-8")
    (root / "a" / "round").symlink_to(root, target_is_directory=True)
    write_rows(root / "rows.jsonl", 2)
    return root


def test_a_folder_is_mirrored(tmp_path: Path, tree: Path) -> None:
    out = tmp_path / "out"
    done = run("batch", tree, "-o", out, "-f", "markdown")
    assert balance(done) == (7, 7, 0)
    assert "1 files were passed over" in done.stderr
    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert files == [
        "a/deep/two.md",
        "a/one.md",
        "b/same.md.md",
        "b/same.txt.md",
        "rows.jsonl/00000001-story-0.md",
        "rows.jsonl/00000002-story-1.md",
        "three.md",
    ]
    own = Cleaner().clean(story(0)).to_markdown()
    assert (out / "a/one.md").read_text(encoding="utf-8") == own
    assert leftovers(tmp_path) == []


def test_the_order_is_that_of_names_and_never_changes(tmp_path: Path, tree: Path) -> None:
    orders = []
    for workers in ("1", "3"):
        out = tmp_path / f"out-{workers}.jsonl"
        run("batch", tree, "-o", out, "--workers", workers)
        orders.append(out.read_bytes())
    assert orders[0] == orders[1]
    names = [row["id"] for row in map(json.loads, orders[0].splitlines())]
    assert names == [
        *(f"{tree}/{name}" for name in ("a/deep/two.md", "a/one.txt", "b/same.md", "b/same.txt")),
        "story-0",
        "story-1",
        f"{tree}/three.txt.gz",
    ]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", []),
        ("**/*.txt", ["a/one.txt", "b/same.txt"]),
        ("a/**", ["a/deep/two.md", "a/one.txt"]),
        ("b/same.*", ["b/same.md", "b/same.txt"]),
        ("[ab]/*.md", ["b/same.md"]),
    ],
)
def test_a_pattern_chooses(tmp_path: Path, tree: Path, pattern: str, names: list[str]) -> None:
    out = tmp_path / "out.jsonl"
    run("batch", tree / pattern, "-o", out)
    assert [row["id"] for row in lines_of(out)] == [f"{tree}/{name}" for name in names]


def test_what_is_no_text_is_an_error_of_its_own(tmp_path: Path, tree: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert balance(run("batch", tree / "*.png", "-o", out)) == (1, 0, 1)
    assert [row["id"] for row in errors_of(out)] == [f"{tree}/picture.png"]


def test_an_output_inside_of_the_input_is_no_input(tree: Path) -> None:
    for _ in range(2):
        done = run("batch", tree, "-o", tree / "out.jsonl", "--report", tree / "report.html")
        assert balance(done) == (7, 7, 0)


def test_files_of_one_name_are_kept_apart(tmp_path: Path, tree: Path) -> None:
    (tree / "b" / "one.txt").write_text(story(9), encoding="utf-8")
    out = tmp_path / "out"
    done = run("batch", "pages/a/one.txt", "pages/b/one.txt", "-o", out, "-f", "text", cwd=tmp_path)
    assert balance(done) == (2, 2, 0)
    texts = {p.relative_to(out).as_posix(): p.read_text("utf-8") for p in out.rglob("*.txt")}
    assert texts == {
        f"pages/{where}/one.txt": Cleaner().clean(story(number)).text + "\n"
        for where, number in (("a", 0), ("b", 9))
    }


# --- out


def test_rows_are_the_articles(tmp_path: Path, rows: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("batch", rows, "-o", out)
    article = Cleaner().clean(story(0)).to_dict()
    plain = json.loads(json.dumps(article))
    assert lines_of(out)[0] == {"id": "story-0", "input": str(rows), **plain}


@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_packed_output_is_read_by_the_usual_tools(tmp_path: Path, rows: Path, packing: str) -> None:
    plain, packed = tmp_path / "out.jsonl", tmp_path / f"out.jsonl{packing}"
    run("batch", rows, "-o", plain)
    run("batch", rows, "-o", packed, "--checkpoint", "0.01")
    if packing == ".zst":
        zstd = pytest.importorskip("backports.zstd")
        assert zstd.decompress(packed.read_bytes()) == plain.read_bytes()
    else:
        assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_nothing_in_is_an_output_without_rows(tmp_path: Path, name: str) -> None:
    done = run("batch", "-", "-o", tmp_path / name, stdin="")
    assert balance(done) == (0, 0, 0)
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
        import pyarrow.parquet

        assert pyarrow.parquet.read_table(tmp_path / name).num_rows == 0
    else:
        assert lines_of(tmp_path / name) == []


def test_parquet_has_what_json_lines_have(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow.parquet

    from cleaner.batch.parquet import schema

    pages = sorted((ROOT / "fixtures").glob("*/clip.*"))[::4]
    lines, parquet = tmp_path / "out.jsonl", tmp_path / "out.parquet"
    run("batch", *pages, "-o", lines)
    done = run("batch", *pages, "-o", parquet, "--checkpoint", "0.2")
    assert balance(done) == (len(pages), len(pages), 0)
    table = pyarrow.parquet.read_table(parquet)
    assert table.schema.equals(schema())
    # Every key of every row, captions and evidence too: the schema lags behind no field.
    assert table.to_pylist() == lines_of(lines)


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out/"])
def test_rows_hold_the_fields_that_are_asked_for(tmp_path: Path, rows: Path, name: str) -> None:
    if "parquet" in name:
        pytest.importorskip("pyarrow")
    out = tmp_path / name
    assert balance(run("batch", rows, "-o", out, "--fields", "text,captions")) == (12, 12, 0)
    article = Cleaner().clean(story(0)).to_dict(["text", "captions"])
    if out.is_dir():
        first = min(out.rglob("*.json"))
        assert json.loads(first.read_text("utf-8")) == article
    else:
        assert rows_in(out)[0] == {"id": "story-0", "input": str(rows), **article}


def test_a_field_that_there_is_not_is_told(tmp_path: Path, rows: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert "no field 'body'" in complaint(run("batch", rows, "-o", out, "--fields", "body"))
    told = run("batch", rows, "-o", tmp_path / "x", "-f", "text", "--fields", "text")
    assert "text has no fields" in complaint(told)


# --- nothing lost


def test_each_failure_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    lines = [
        json.dumps({"id": "good", "text": story(1)}),
        "{broken",
        "",
        '"no object"',
        json.dumps({"id": "no text", "other": 1}),
        json.dumps({"id": 7, "text": None}),
        json.dumps({"id": "too large", "text": "x" * (2 << 20)}),
        json.dumps({"text": story(2)}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = run("batch", path, "-o", out, "--max-mb", "1")
    assert done.returncode == 1
    assert balance(done) == (7, 2, 5)
    assert [row["id"] for row in lines_of(out)] == ["good", f"{path}:8"]
    failures = [(row["id"], row["kind"], row["reason"]) for row in errors_of(out)]
    assert [name for name, _, _ in failures] == [
        f"{path}:2",
        f"{path}:4",
        "no text",
        "7",
        f"{path}:7",
    ]
    kinds = {"InputError", "InputLimitError"}
    assert {kind for _, kind, _ in failures} == kinds
    reasons = " ".join(reason for _, _, reason in failures)
    assert all(word in reasons for word in ("no JSON", "no JSON object", "other", "--max-mb"))
    assert "in parse_line" in errors_of(out)[0]["traceback"]


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.csv.gz", "page.html.gz", "rows.parquet"])
def test_a_file_that_breaks_off_is_a_failure(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    noise = random.Random(1).randbytes(40_000).hex()
    row = json.dumps({"text": noise}) if "jsonl" in name else f"id,text\n1,{noise}"
    whole = gzip.compress(f"{row}\n".encode())
    (tmp_path / name).write_bytes(whole[:-2000])
    write_rows(tmp_path / "zz.jsonl", 2)
    out = tmp_path / "out.jsonl"
    done = run("batch", tmp_path / name, tmp_path / "zz.jsonl", "-o", out)
    assert balance(done)[1:] == (2, 1)
    assert "cannot be read" in errors_of(out)[0]["reason"]


class Crash(type(Path())):  # type: ignore[misc]  # Path's class is the system's own
    """A document that ends the process that opens it."""

    def open(self, *_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGSEGV)


class Hang(type(Path())):  # type: ignore[misc]  # as Crash
    """A document that hangs in C code which lets no other Python code run."""

    def open(self, *_: Any, **__: Any) -> Any:
        ctypes.PyDLL(None).sleep(60)


class Fault(type(Path())):  # type: ignore[misc]  # as Crash
    """A document with which memory runs out."""

    def open(self, *_: Any, **__: Any) -> Any:
        raise MemoryError


def file_task(path: Path) -> Task:
    return Task(id=str(path), input=str(path), target="x", payload=FilePayload(path))


def page_task(number: int) -> Task:
    return Task(str(number), "in", "x", PagePayload(story(number)), row=number)


def test_a_crash_and_a_hang_are_failures_of_their_own_documents(tmp_path: Path) -> None:
    bad = [file_task(Crash("crash")), file_task(Hang("hang")), file_task(Fault("fault"))]
    tasks = [page_task(0), bad[0], page_task(1), page_task(2), bad[1], page_task(3), bad[2]]
    begin = time.monotonic()
    with Pool(WorkSettings(seconds=2), 2, tmp_path) as pool:
        done = list(pool.map(tasks))
    assert [task for task, _ in done] == tasks
    failures = {out.id: out.failure for _, out in done if out.failure}
    assert set(failures) == {"crash", "hang", "fault"}
    assert time.monotonic() - begin < 50  # a hang of its own would be of 60
    crash, hang, fault = failures["crash"], failures["hang"], failures["fault"]
    assert (crash.kind, hang.kind, fault.kind) == ("WorkerDied", "TimeLimitError", "MemoryError")
    assert "SIGSEGV" in crash.reason
    # Each traceback leads to the line.
    assert all("in open" in (failure.traceback or "") for failure in (crash, hang, fault))


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """The same by the command, with a page that is merely too large for its time."""
    slow = tmp_path / "slow.html"
    slow.write_text(f"<p>{SENTENCES[0]}</p><ul><li>x</ul>" * 60_000, encoding="utf-8")
    rows = write_rows(tmp_path / "rows.jsonl", 3)
    out = tmp_path / "out.jsonl"
    done = run("batch", slow, rows, "-o", out, "--seconds", "0.5")
    assert balance(done) == (4, 3, 1)
    (failure,) = errors_of(out)
    assert (failure["id"], failure["kind"]) == (str(slow), "TimeLimitError")
    assert "0.5 seconds" in failure["reason"]


# --- kills


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    # Where the tests run in the background their shell has them ignore Ctrl-C, and a new process
    # would as well.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "cleaner", "batch", *map(str, arguments)],
            env=ENVIRONMENT,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def rows_in(output: Path) -> list[Any]:
    """The rows of an output of any form, in order."""
    if output.is_dir():
        files = sorted(p for p in output.rglob("*") if p.is_file())
        return [(p.relative_to(output).as_posix(), p.read_bytes()) for p in files]
    if output.suffix == ".parquet":
        import pyarrow.parquet

        return list(pyarrow.parquet.read_table(output).to_pylist())
    return lines_of(output)


def answered(folder: Path) -> int:
    """How many documents the run says it has answered for, in the folder that it works in."""
    states = [json.loads(path.read_text("utf-8")) for path in folder.rglob("state.json")]
    return sum(state["documents"] for state in states)


def killed_and_resumed(source: Path, out: Path, options: Sequence[str], seed: int) -> None:
    """Kills four runs at random moments, and lets the fifth live."""
    moments = random.Random(seed)
    for number in range(4):
        process = start(source, "-o", out, "--resume", "--checkpoint", "0.1", *options)
        if number % 2:
            # While documents are cleaned; the others die at the start, or soon after it.
            before = answered(out.parent)
            wait_for(lambda seen=before: answered(out.parent) > seen)
            time.sleep(moments.uniform(0, 0.3))
        else:
            time.sleep(moments.uniform(0.2, 1.2))
        assert process.poll() is None, "more rows are needed: it was done before it was killed"
        process.kill()
        process.communicate()
        assert not out.exists() or out.is_dir(), "a killed run shows no part of an output"
    process = start(source, "-o", out, "--resume", "--checkpoint", "0.1", *options)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 1, said


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("out.jsonl", []),
        ("out.jsonl.gz", ["--workers", "1"]),
        ("out.parquet", []),
        ("out", ["-f", "text"]),
        ("report.jsonl", ["--report", "REPORT"]),
    ],
)
def test_a_killed_run_resumes_to_the_same_rows(
    tmp_path: Path, name: str, options: list[str]
) -> None:
    """Five forms, four kills each: twenty."""
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    source = write_rows(tmp_path / "rows.jsonl", 600)
    with source.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    whole, out = tmp_path / "whole" / name, tmp_path / "killed" / name
    said = [str(tmp_path / "r.html") if option == "REPORT" else option for option in options]
    run("batch", source, "-o", whole, *said)
    assert len(rows_in(whole)) == 600
    killed_and_resumed(source, out, said, seed=len(name))
    assert rows_in(out) == rows_in(whole)
    assert errors_of(out) == errors_of(whole)
    assert leftovers(tmp_path) == []
    if "--report" in said:
        assert "601 documents in = 600 out + 1 errors" in Path(said[1]).read_text("utf-8")


def children(pid: int) -> Iterator[int]:
    """The processes that one has started, by /proc."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                yield int(entry.name)


def descendants(pid: int) -> Iterator[int]:
    """The processes below one."""
    for child in children(pid):
        yield child
        yield from descendants(child)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_workers_that_something_else_kills_lose_nothing(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", 1200)
    out = tmp_path / "out.jsonl"
    process, kills, choice = start(source, "-o", out), 0, random.Random(3)
    while process.poll() is None:
        # Children are the server that workers are forked from and its helper; workers are below.
        workers = set(descendants(process.pid)) - set(children(process.pid))
        if workers and kills < 2:  # a third could hit one document thrice, which is then blamed
            os.kill(choice.choice(sorted(workers)), signal.SIGKILL)
            kills += 1
        time.sleep(choice.uniform(0.3, 1.5))
    _, said = process.communicate()
    assert kills == 2, said
    ids = [row["id"] for row in lines_of(out)] + [row["id"] for row in errors_of(out)]
    assert sorted(ids) == sorted(f"story-{n}" for n in range(1200))


@needs_proc
def test_no_process_outlives_a_killed_batch(tmp_path: Path) -> None:
    process = start(write_rows(tmp_path / "rows.jsonl", 2000), "-o", tmp_path / "out.jsonl")
    wait_for(lambda: len(list(descendants(process.pid))) > 2)
    below = list(descendants(process.pid))
    process.kill()
    process.communicate()
    wait_for(lambda: not any(alive(pid) for pid in below))


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def interrupted(source: Path, out: Path, *options: str) -> None:
    """A run that was stopped by Ctrl-C after its first checkpoint."""
    process = start(source, "-o", out, "--checkpoint", "0.05", *options)
    state = out.with_name(f".{out.name}.cleaner-batch") / "state.json"
    wait_for(state.exists)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it: to the workers too
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines() == ["cleaner: interrupted; what is done is kept for --resume"]


def test_an_interrupted_run_is_not_begun_anew_by_mistake(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "rows.jsonl", 800), tmp_path / "out.jsonl"
    interrupted(source, out)
    assert "--resume" in complaint(run("batch", source, "-o", out))
    other = run("batch", source, "-o", out, "--resume", "--favor", "recall")
    assert "other options" in complaint(other)
    with source.open("r+", encoding="utf-8") as file:
        file.write('{"id": "STORY-0"')
    assert "is not the one" in complaint(run("batch", source, "-o", out, "--resume"))


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "rows.jsonl", 800), tmp_path / "out.jsonl"
    first = start(source, "-o", out)
    wait_for((tmp_path / ".out.jsonl.cleaner-batch" / "lock").exists)
    time.sleep(0.2)
    assert "another run" in complaint(run("batch", source, "-o", out, "--resume"))
    first.communicate(timeout=120)
    assert len(lines_of(out)) == 800


# --- disks


def in_small_disk(folder: Path, size: str, line: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of shell with a disk of its own, of this size, on `folder`."""
    mount = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && {line}"
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, to make a full disk")
    probe = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount.partition("&&")[0]],
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        pytest.skip("no disk can be mounted here")
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("output", ["out.jsonl", "out.jsonl.gz", "out.parquet", "out/"])
def test_a_full_disk_ends_with_one_line(tmp_path: Path, output: str) -> None:
    if "parquet" in output:
        pytest.importorskip("pyarrow")
    disk = tmp_path / "disk"
    disk.mkdir()
    source = tmp_path / "rows.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for number in range(300):  # nothing of it can be packed well
            noise = random.Random(number).randbytes(1500).hex()
            file.write(json.dumps({"text": f"{story(number)}\n\n{noise}"}) + "\n")
    command = f"{sys.executable} -m cleaner batch {source} -o {disk}/{output} --checkpoint 0.2"
    done = in_small_disk(disk, "200k", command)
    assert "No space left on device" in complaint(done)


def test_an_unwritable_place_ends_with_one_line(tmp_path: Path, rows: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for place in ("file/out.jsonl", "file/out", "/proc/none/out.jsonl"):
        assert "cannot be" in complaint(run("batch", rows, "-o", tmp_path / place))
    assert "is a folder" in complaint(run("batch", rows, "-o", tmp_path, "-f", "jsonl"))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_an_input_is_never_written_over(tmp_path: Path, rows: Path) -> None:
    before = rows.read_bytes()
    assert "is an input itself" in complaint(run("batch", rows, "-o", rows))
    assert "is an input itself" in complaint(
        run("batch", rows, "-o", tmp_path / "out.jsonl", "--errors", rows)
    )
    assert "holds the input" in complaint(run("batch", rows, "-o", tmp_path, "-f", "text"))
    assert "holds the input" in complaint(
        run("batch", f"{tmp_path}/*.jsonl", "-o", tmp_path, "-f", "text")
    )
    assert rows.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [["rows.jsonl"], ["-o", "out.jsonl"], ["rows.jsonl", "-o", "x.jsonl", "--workers", "0"]],
)
def test_wrong_usage_is_told(tmp_path: Path, rows: Path, arguments: list[str]) -> None:
    usage_error(run("batch", *arguments, cwd=tmp_path))


def test_what_is_not_there_is_told_at_once(tmp_path: Path, rows: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert "No such file" in complaint(run("batch", tmp_path / "none", "-o", out))
    wrong = run("batch", rows, "-o", out, "--rules", tmp_path / "none.toml")
    assert "none.toml" in complaint(wrong)
    assert "name it .jsonl" in complaint(run("batch", rows, "-o", tmp_path / "out.gz"))


# --- names


EVIL = [
    "../../evil",
    "/etc/evil",
    "..\\evil",
    "a/../../../evil",
    "..",
    "nul\0l",
    "\x1b[31m",
    "é" * 300,
]


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "in" / "rows.jsonl"
    path.parent.mkdir()
    rows = [json.dumps({"id": name, "text": story(n)}) for n, name in enumerate(EVIL)]
    path.write_text("\n".join(rows), encoding="utf-8")
    out = tmp_path / "deep" / "out"
    done = run("batch", path, "-o", out, "-f", "text")
    assert balance(done) == (len(EVIL), len(EVIL), 0)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    inside_out = [p for p in files if p.is_relative_to(out)]
    assert len(inside_out) == len(EVIL)
    assert {p.name for p in files} - {p.name for p in inside_out} == {
        "rows.jsonl",
        "out.errors.jsonl",
    }
    assert all(slug(name) == slug(name).strip("./") for name in EVIL)


@pytest.mark.parametrize("target", ["../x", "/x", "a/../../x", "", "a//b", ".", "a\0b"])
def test_a_target_outside_is_refused(tmp_path: Path, target: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        inside(tmp_path, target)


def test_the_terminal_is_told_nothing_that_it_obeys(tmp_path: Path) -> None:
    name = tmp_path / "\x1b[31mred.jsonl"
    name.write_text(json.dumps({"text": story(1)}), encoding="utf-8")
    done = run("batch", name, "-o", tmp_path / "\x1b[2Jout.jsonl")
    missing = run("batch", tmp_path / "\x1b[2Jnone", "-o", tmp_path / "out.jsonl")
    assert balance(done) == (1, 1, 0)
    assert "\x1b" not in done.stderr + missing.stderr


# --- progress


def test_a_terminal_gets_a_bar_with_rate_errors_and_time_left(tmp_path: Path) -> None:
    pytest.importorskip("tqdm")
    source = write_rows(tmp_path / "rows.jsonl", 400)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "batch", str(source), "-o", str(tmp_path / "o.jsonl")],
        env=ENVIRONMENT | {"COLUMNS": "120"},
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:  # how a terminal ends
        pass
    assert process.wait() == 0
    bar = said.decode()
    assert re.search(r"\d+% \|.*\| \d+ documents, [\d.]+/s, 0 errors, \d+:\d\d left", bar)
    assert "400 in = 400 out + 0 errors" in bar


def test_elsewhere_a_line_is_said_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    stream = io.StringIO()
    shown = progress.Progress(1000, documents=10, failed=0, stream=stream)
    shown.step(100, failed=False)
    shown.step(500, failed=True)
    first, second = stream.getvalue().splitlines()
    assert re.fullmatch(r"cleaner: 10%, 11 documents, [\d.,]+/s, 0 errors", first)
    assert re.fullmatch(r"cleaner: 50%, 12 documents, [\d.,]+/s, 1 errors, 0:00 left", second)


# --- the report


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its text, its anchors."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_shows_what_went_and_is_safe(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    rows = [{"id": f"{HOSTILE}{n}", "text": f"{HOSTILE}\n\n{story(n)}"} for n in range(3)]
    rows = [{**row, "url": f"https://www.osk.example/{n}"} for n, row in enumerate(rows)]
    rows.append({"id": "bad", "text": None})  # type: ignore[dict-item]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    out, report = tmp_path / "out.jsonl", tmp_path / "report.html"
    done = run("batch", source, "-o", out, "--report", report, "--kind", "text")
    assert balance(done) == (4, 3, 1)
    html = report.read_text(encoding="utf-8")
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert names & {"script", "img", "iframe", "object", "link", "form", "base"} == set()
    loads = {"src", "srcset", "data", "action", "background", "poster", "formaction"}
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a in loads]
    assert "url(" not in html
    assert "@import" not in html
    assert not set("\x1b\u202e") & set(html)
    # What it is for.
    assert "svg" in names
    for word in ("4 documents in = 3 out + 1 errors", "newsletter", "osk.example", "InputError"):
        assert word in page.text
    removed = {
        evidence["id"]
        for row in lines_of(out)
        for decision in row["decisions"]
        if decision["action"] == "remove"
        for evidence in decision["evidence"][:1]
    }
    assert removed
    assert all(rule in page.text for rule in removed)
    # Links lead to explanations that are on the page.
    anchors = {attrs["href"] for tag, attrs in page.tags if tag == "a"}
    assert anchors
    assert anchors <= {f"#{attrs.get('id')}" for _, attrs in page.tags}
    assert "Crane number 0 moves" in page.text


# --- archives


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", ["warc", "wet", "enex", "json"])
def test_the_pages_of_an_archive_are_documents(tmp_path: Path, form: str, packing: str) -> None:
    """With all that the archive says of them: address, date, status, title."""
    saved = sorted((FORMS / form).glob("*three-*"))
    whole = next(path for path in saved if not path.name.endswith(".jsonl"))
    data = gzip.decompress(whole.read_bytes()) if whole.suffix == ".gz" else whole.read_bytes()
    path = tmp_path / f"saved.{form}{packing}"
    write_packed(path, data)
    expected = [json.loads(a.to_json()) for a in cleaner.clean_archive(data)]
    out = tmp_path / "out.jsonl"
    done = run("batch", path, "-o", out)
    assert balance(done) == (len(expected), len(expected), 0)
    assert len(expected) > 1
    for number, (row, article) in enumerate(zip(lines_of(out), expected, strict=True), 1):
        assert row.pop("id") == f"{path}:{number}"
        assert row.pop("input") == str(path)
        if packing and row["origin"]:  # the packing is one of the forms
            row["origin"]["forms"] = row["origin"]["forms"][1:]
        assert row == article
    # By which the time that is left is known.
    tasks = Inputs([str(path)], WorkSettings()).tasks()
    assert [task.position for task in tasks][-1] == path.stat().st_size


def bundle(path: Path, files: dict[str, bytes]) -> Path:
    """A ZIP or TAR of files."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in files.items():
                packed.writestr(name, data)
        return path
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    write_packed(path if path.suffix != ".tgz" else path.with_suffix(".gz"), held.getvalue())
    if path.suffix == ".tgz":
        path.with_suffix(".gz").rename(path)
    return path


@pytest.mark.parametrize("name", ["p.zip", "p.tar", "p.tar.gz", "p.tar.zst", "p.tgz"])
def test_a_folder_in_one_file_is_read_as_a_folder(tmp_path: Path, name: str) -> None:
    files = {
        "b/one.txt": story(0).encode(),
        "a/../../two.md": story(1).encode(),
        "b/three.html.gz": gzip.compress(PAGE.encode()),
        "picture.png": b"\x89PNG\r\n\x1a\n",
        ".hidden.txt": b"not this one",
        "large.txt": b"x" * (2 << 20),
    }
    (tmp_path / "in").mkdir()
    bundle(tmp_path / "in" / name, files)
    out = tmp_path / "out"
    done = run("batch", tmp_path / "in", "-o", out, "-f", "text", "--max-mb", "1")
    assert balance(done) == (4, 3, 1)
    assert "1 files were passed over" in done.stderr
    texts = {p.relative_to(out).as_posix(): p.read_text("utf-8") for p in out.rglob("*.txt")}
    judge = Cleaner()
    assert texts == {
        f"{name}/00000001-b_one.txt.txt": judge.clean(story(0)).text + "\n",
        f"{name}/00000002-a_.._.._two.md.txt": judge.clean(story(1)).text + "\n",
        f"{name}/00000003-b_three.html.gz.txt": judge.clean(PAGE).text + "\n",
    }
    (failure,) = errors_of(out)
    assert failure["id"] == "large.txt"
    assert "--max-mb" in failure["reason"]


def test_what_is_broken_in_a_bundle_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    noise = {f"{n}.txt": random.Random(n).randbytes(20_000).hex().encode() for n in range(3)}
    packed = bundle(tmp_path / "a.zip", noise)
    data = bytearray(packed.read_bytes())
    data[30_000:30_010] = b"0123456789"  # in the middle of the second
    packed.write_bytes(data)
    torn = bundle(tmp_path / "b.tar.gz", noise)
    torn.write_bytes(torn.read_bytes()[:30_000])
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 is how one begins")
    out = tmp_path / "out.jsonl"
    done = run("batch", *sorted(tmp_path.glob("?.*")), "-o", out)
    assert balance(done) == (6, 3, 3)
    assert [row["id"] for row in lines_of(out)] == ["0.txt", "2.txt", "0.txt"]
    assert [row["id"] for row in errors_of(out)] == [
        "1.txt",
        f"{torn}:2",
        f"{tmp_path / 'c.zip'}:1",
    ]
    assert all("cannot be read" in row["reason"] for row in errors_of(out))


def test_a_pool_that_is_left_ends_its_processes(tmp_path: Path) -> None:
    tasks = (page_task(number) for number in range(10_000))
    with Pool(WorkSettings(), 1, tmp_path) as pool:
        first = next(pool.map(tasks))
    assert isinstance(first[1], Outcome)
