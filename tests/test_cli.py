"""The command, run as a user runs it: files and pipes, and processes where it is about them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.classifier import SHIPPED
from cleaner.rules_command import BUILT_IN
from cleaner.thresholds import Favor

from .commands import ENVIRONMENT, run
from .corpus import GATE, ROOT, SEEDS
from .strategies import SENTENCES
from .test_article import front_matter

STORY = "\n\n".join(
    ["Harbour crane stays where it is", *(" ".join(SENTENCES[at : at + 5]) for at in range(4))]
)
CHROME = "Sign up for our newsletter"
CLIP = f"{STORY}\n\n{CHROME}\n"
PAGE = f"<html><title>Crane</title><p>{SENTENCES[0]}</p></html>"
HOSTILE = f"\x1b[31mRed\x1b[0m \u202eesrever\u202c \x9b2J {SENTENCES[0]}"
ESCAPES = ("\x1b", "\x9b", "\u202e", "\u202c")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of shell, with `cleaner` for the command."""
    command = f"{shlex.quote(sys.executable)} -m cleaner"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("cleaner", command, 1)],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def complaint(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The one line that a failed run says."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("cleaner: ")
    return lines[0]


def usage_error(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.txt"
    path.write_text(CLIP, encoding="utf-8")
    return path


# --- clean: in and out


def test_a_file_is_cleaned(clip: Path) -> None:
    done = run("clean", clip)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{STORY}\n", "")


@pytest.mark.parametrize("dash", [[], ["-"]], ids=["none", "dash"])
def test_standard_input_is_cleaned(dash: list[str]) -> None:
    assert run("clean", *dash, stdin=CLIP).stdout == f"{STORY}\n"


def test_an_empty_clip_is_an_empty_article() -> None:
    done = run("clean", stdin="")
    assert (done.returncode, done.stdout) == (0, "\n")


def test_a_kind_and_an_address_can_be_given() -> None:
    done = run("clean", "--kind", "text", "--url", "https://osk.example/", "-f", "json", stdin=PAGE)
    article = json.loads(done.stdout)
    assert (article["kind"], article["url"]) == ("text", "https://osk.example/")
    assert json.loads(run("clean", "-f", "json", stdin=PAGE).stdout)["kind"] == "html"


def test_a_file_can_be_written(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    done = run("clean", clip, "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == f"{STORY}\n"


def make_clips(folder: Path, names: Sequence[str]) -> list[Path]:
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{SENTENCES[number]}\n", encoding="utf-8")
    return paths


def test_several_clips_go_into_a_folder_under_their_names(tmp_path: Path) -> None:
    paths = make_clips(tmp_path, ["a.html", "b.v2.md", "sub/c"])
    done = run("clean", *paths, "-f", "markdown", "-o", tmp_path / "new" / "out")
    assert (done.returncode, done.stderr) == (0, "")
    written = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "new/out").iterdir()}
    assert set(written) == {"a.md", "b.v2.md", "c.md"}
    assert all(SENTENCES[i] in written[n] for i, n in enumerate(["a.md", "b.v2.md", "c.md"]))


def test_several_clips_on_one_output_have_headings(tmp_path: Path) -> None:
    make_clips(tmp_path, ["a.txt", "b.txt"])
    done = run("clean", "a.txt", "-", "b.txt", cwd=tmp_path, stdin="Third.")
    assert done.stdout == (
        f"==> a.txt <==\n{SENTENCES[0]}\n"
        "\n==> standard input <==\nThird.\n"
        f"\n==> b.txt <==\n{SENTENCES[1]}\n"
    )


def test_a_heading_holds_no_line_end_of_a_name(tmp_path: Path) -> None:
    make_clips(tmp_path, ["a\nb\x1b[31m.txt", "c.txt"])
    heading = run("clean", *sorted(os.listdir(tmp_path)), cwd=tmp_path).stdout.splitlines()[0]  # noqa: PTH208  # names, not paths
    assert heading == r"==> a\x0ab\x1b[31m.txt <=="


def test_two_clips_of_one_name_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    paths = make_clips(tmp_path, ["a/x.txt", "b/x.html"])
    done = run("clean", *paths, "-o", tmp_path / "out")
    assert "x.txt would be written twice" in usage_error(done)
    assert not (tmp_path / "out").exists()


def test_a_clip_is_never_written_over(tmp_path: Path) -> None:
    paths = make_clips(tmp_path, ["a.txt", "b.txt"])
    assert "a.txt is a clip itself" in usage_error(run("clean", *paths, "-o", tmp_path))
    assert paths[0].read_text(encoding="utf-8") == f"{SENTENCES[0]}\n"


# --- clean: forms


def test_json_is_json(clip: Path) -> None:
    article = json.loads(run("clean", "-f", "json", clip).stdout)
    assert article["text"] == STORY
    assert [d["text"] for d in article["decisions"] if d["action"] == "remove"] == [CHROME]


def test_json_lines_are_lines_of_json_that_name_their_clip(tmp_path: Path) -> None:
    make_clips(tmp_path, ["a.txt", "b.txt"])
    lines = run("clean", "-f", "jsonl", "a.txt", "b.txt", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(line)["input"] for line in lines] == ["a.txt", "b.txt"]
    assert [json.loads(line)["text"] for line in lines] == list(SENTENCES[:2])
    run("clean", "-f", "jsonl", "a.txt", "b.txt", "-o", "all.jsonl", cwd=tmp_path)
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines() == lines


def test_several_clips_are_no_single_json(clip: Path) -> None:
    assert "jsonl" in usage_error(run("clean", "-f", "json", clip, clip))


def test_markdown_has_front_matter() -> None:
    done = run("clean", "-f", "markdown", SEEDS / "library.html")
    fields, body = front_matter(done.stdout)
    assert fields["site"] == "Coldbrook Courier"
    assert body.startswith("# Library that lends people")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_what_utf_8_cannot_hold_is_written_all_the_same(form: str, tmp_path: Path) -> None:
    # The name is no UTF-8, and UTF-7 would decode the bytes to half a surrogate pair.
    name = os.fsdecode(b"clip\xff.html")
    (tmp_path / name).write_bytes(b'<meta charset="utf-7"><p>+2AA- \xff here')
    done = run("clean", "-f", form, name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "here" in done.stdout


def test_a_c_locale_prints_every_letter(tmp_path: Path) -> None:
    clip = tmp_path / "clip.txt"
    clip.write_text("Die größte Glocke 灯台", encoding="utf-8")
    environment = {**ENVIRONMENT, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "clean", str(clip)],
        env=environment,
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.decode("utf-8") == "Die größte Glocke 灯台\n"


# --- clean: what fails


@pytest.mark.parametrize("bad", ["missing.txt", "folder"])
def test_an_unreadable_clip_is_named_and_the_others_are_cleaned(bad: str, tmp_path: Path) -> None:
    make_clips(tmp_path, ["a.txt", "b.txt"])
    (tmp_path / "folder").mkdir()
    done = run("clean", "a.txt", bad, "b.txt", "-o", "out", cwd=tmp_path)
    assert f"{bad}: cannot be read" in complaint(done)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.txt", "b.txt"]


def test_an_unreadable_clip_leaves_no_file(tmp_path: Path) -> None:
    for form in ("text", "jsonl"):
        complaint(run("clean", "missing", "-f", form, "-o", "out", cwd=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_is_said_once(clip: Path) -> None:
    line = complaint(run("clean", clip, clip, "--kind", "pdf"))
    assert "pdf" in line
    assert "html" in line


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        ("[[rule]\n", "pack.toml"),
        ('[[rule]]\nid = "x.y"\nlabel = "nonsense"\nbecause = "x"\nlines = ["x"]\n', "nonsense"),
        ('[[rule]]\nid = "x.y"\nlabel = "share"\nbecause = "x"\nlinse = ["x"]\n', "linse"),
    ],
    ids=["no TOML", "unknown label", "unknown key"],
)
def test_a_broken_pack_is_one_clear_line(pack: str, said: str, clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(pack, encoding="utf-8")
    for command in (["clean", clip], ["explain", clip], ["rules", "list"]):
        assert said in complaint(run(*command, "--rules", path))


def test_a_pack_that_is_not_there_is_one_clear_line(clip: Path, tmp_path: Path) -> None:
    assert "none.toml" in complaint(run("clean", clip, "--rules", tmp_path / "none.toml"))


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("several", [False, True])
def test_a_place_under_a_file_is_one_clear_line(clip: Path, tmp_path: Path, several: bool) -> None:
    before = tree(tmp_path)
    inputs = [clip, SEEDS / "harbour.md"] if several else [clip]
    assert "cannot be written" in complaint(run("clean", *inputs, "-o", clip / "out"))
    assert tree(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_one_clear_line(clip: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    done = run("clean", clip, SEEDS / "harbour.md", "-o", clip)
    assert "not a folder" in complaint(done)
    assert tree(tmp_path) == before


def test_what_cannot_be_replaced_leaves_no_part(clip: Path, tmp_path: Path) -> None:
    # A folder stands where the article should go: the new file cannot take its place.
    (tmp_path / "out" / "clip.txt" / "x").mkdir(parents=True)
    before = tree(tmp_path)
    assert "clip.txt: cannot be written" in complaint(run("clean", clip, "-o", tmp_path / "out"))
    assert tree(tmp_path) == before


def test_an_old_file_is_replaced_and_keeps_its_mode_and_a_link_stays(
    clip: Path, tmp_path: Path
) -> None:
    old, link = tmp_path / "old.txt", tmp_path / "link.txt"
    old.write_text("old", encoding="utf-8")
    old.chmod(0o600)
    link.symlink_to(old)
    assert run("clean", clip, "-o", link).returncode == 0
    assert link.is_symlink()
    assert old.read_text(encoding="utf-8") == f"{STORY}\n"
    assert old.stat().st_mode & 0o777 == 0o600
    assert tree(tmp_path) == ["clip.txt", "link.txt", "old.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_clear_line(clip: Path) -> None:
    done = shell(f"cleaner clean {clip} > /dev/full")
    assert "standard output" in complaint(done)


def test_a_device_is_written_to_and_not_replaced(clip: Path) -> None:
    done = run("clean", clip, "-o", os.devnull)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not Path(os.devnull).is_file()


def test_usage_is_explained() -> None:
    assert "usage: cleaner" in usage_error(run())
    assert "--form" in usage_error(run("clean", "-f", "pdf"))


# --- the classifier


FAVORS: tuple[Favor, ...] = ("precision", "balanced", "recall")


def first_clip_on_which_settings_differ() -> tuple[Path, dict[Favor, str]]:
    """A page of the gate, and its text by setting."""
    workers = {favor: Cleaner(favor=favor) for favor in FAVORS}
    for path in sorted(GATE.glob("*/page.html")):
        texts = {favor: worker.clean(path.read_bytes()).text for favor, worker in workers.items()}
        if len(set(texts.values())) == len(FAVORS):
            return path, texts
    pytest.fail("no page of the gate is cleaned otherwise by another setting")


def test_precision_and_recall_can_be_favored() -> None:
    path, texts = first_clip_on_which_settings_differ()
    assert len(texts["precision"]) < len(texts["balanced"]) < len(texts["recall"])
    assert run("clean", path).stdout == texts["balanced"] + "\n"
    for favor, text in texts.items():
        assert run("clean", "--favor", favor, path).stdout == text + "\n"


def test_another_favor_is_wrong_usage(clip: Path) -> None:
    assert "recall" in usage_error(run("clean", "--favor", "speed", clip))


SCORE = r"classifier\.text [01]\.\d\d \([a-z ]+ [+-]\d+\.\d(, [a-z ]+ [+-]\d+\.\d){0,2}\)\]$"


def test_explain_says_how_likely_a_block_is_text_and_what_weighed_most(clip: Path) -> None:
    lines = run("explain", clip).stdout.splitlines()
    story = [line for line in lines[:-1] if any(text[:40] in line for text in SENTENCES)]
    assert len(story) == 4
    assert [line for line in story if not re.search(SCORE, line)] == []


def test_without_a_model_rules_decide_alone(clip: Path) -> None:
    done = run("explain", "--no-model", clip)
    assert done.stdout.splitlines()[-1] == "text clip: 5 blocks kept, 0 to metadata, 1 removed"
    assert "classifier" not in done.stdout
    alone = Cleaner(model=False).clean((SEEDS / "library.html").read_bytes()).text
    assert run("clean", "--no-model", SEEDS / "library.html").stdout == alone + "\n"


def test_a_model_of_ones_own_can_be_given(clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(SHIPPED / "text.npz", folder)
    assert run("explain", "--model", folder, clip).stdout == run("explain", clip).stdout
    # It has no model for pages: there the rules decide.
    page = run("explain", "--model", folder, SEEDS / "library.html").stdout
    assert page == run("explain", "--no-model", SEEDS / "library.html").stdout


def test_a_folder_that_is_no_model_is_one_clear_line(clip: Path, tmp_path: Path) -> None:
    for command in ("clean", "explain"):
        assert "neither html.npz" in complaint(run(command, clip, "--model", tmp_path))
    (tmp_path / "text.npz").write_bytes(b"PK")
    for command in ("clean", "explain"):
        line = complaint(run(command, clip, "--model", tmp_path))
        assert f"{tmp_path / 'text.npz'}: no model that can be read" in line


def test_a_model_and_none_are_wrong_usage(clip: Path, tmp_path: Path) -> None:
    usage_error(run("clean", clip, "--model", tmp_path, "--no-model"))


# --- explain


def test_explain_says_what_became_of_every_block(clip: Path) -> None:
    lines = run("explain", clip).stdout.splitlines()
    assert len(lines) == len(CLIP.split("\n\n")) + 1
    assert CHROME in lines[-2].replace("[", "").replace("]", "")
    assert "newsletter" in lines[-2]
    assert lines[-1] == "text clip: 5 blocks kept, 0 to metadata, 1 removed"


@pytest.mark.parametrize("options", [[], ["--kind", "html"]])
def test_explain_in_a_pipe_holds_nothing_that_a_terminal_obeys(options: list[str]) -> None:
    done = run("explain", *options, stdin=HOSTILE)
    assert done.returncode == 0
    assert not set(ESCAPES) & set(done.stdout)
    assert "\\u202e" in done.stdout


def test_explain_escapes_every_control_character_of_a_text() -> None:
    done = run("explain", stdin=HOSTILE)
    assert r"\x1b[31mRed\x1b[0m \u202eesrever\u202c \x9b2J" in done.stdout


def test_explain_as_json_is_the_article(clip: Path) -> None:
    explained = json.loads(run("explain", "--json", clip).stdout)
    weighed = [e.pop("weights") for d in explained["decisions"] for e in d["evidence"]]
    assert any(weighed)
    cleaned = json.loads(run("clean", "-f", "json", clip).stdout)
    assert [e.pop("weights") for d in cleaned["decisions"] for e in d["evidence"]] == [
        [] for _ in weighed
    ]
    assert explained == cleaned


def test_explain_of_a_missing_file_is_one_clear_line() -> None:
    assert "missing.txt: cannot be read" in complaint(run("explain", "missing.txt"))


# --- rules

PACK = """\
[[rule]]
id = "own.banner"
label = "advertisement"
because = "the banner of our own site"
lines = ["Osk loves herons"]
fires = ["{prose}\\nOsk loves herons\\n{prose}"]
silent = ["{prose}\\nOsk loves herons, and nobody can say why.\\n{prose}"]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.toml"
    path.write_text(PACK, encoding="utf-8")
    return path


def test_rules_are_listed_one_a_line(pack: Path) -> None:
    shipped = run("rules", "list")
    assert shipped.returncode == 0
    lines = run("rules", "list", "--rules", pack).stdout.splitlines()
    assert set(shipped.stdout.splitlines()) < set(lines)
    own = [line for line in lines if line.startswith("own.banner ")]
    assert len(own) == 1
    assert "the banner of our own site" in own[0]


def test_a_rule_is_shown_with_its_examples(pack: Path) -> None:
    done = run("rules", "show", "own.banner", "--rules", pack)
    assert done.returncode == 0
    assert "the banner of our own site" in done.stdout
    assert "nobody can say why" in done.stdout


def test_an_unknown_rule_is_one_clear_line_with_those_that_are_near() -> None:
    assert "ad.label" in complaint(run("rules", "show", "ad.lab"))
    assert "cleaner rules list" in complaint(run("rules", "show", "no-such-rule"))


def test_rules_show_knows_every_reason_of_the_engine() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "cleaner").rglob("*.py")]
    given = {
        name
        for source in sources
        for name in re.findall(r'"((?:context|reader)\.[a-z-]+)"', source)
    }
    given |= {f"classifier.{path.stem}" for path in SHIPPED.glob("*.npz")}
    assert given == set(BUILT_IN)


def test_own_rules_take_part(pack: Path) -> None:
    done = run("clean", "--rules", pack, stdin=f"{STORY}\n\nOsk loves herons\n")
    assert done.stdout == f"{STORY}\n"


def test_rules_check_passes_a_good_pack_and_fails_a_bad_one(pack: Path, tmp_path: Path) -> None:
    good = run("rules", "check", pack)
    assert (good.returncode, good.stderr) == (0, ""), good.stdout
    bad = tmp_path / "bad.toml"
    bad.write_text(PACK.replace("Osk loves herons\\n", "Osk hates herons\\n", 1), encoding="utf-8")
    done = run("rules", "check", bad)
    assert done.returncode == 1
    assert "own.banner" in done.stdout
    assert "Traceback" not in done.stderr


# --- help, pipes, and what is loaded

COMMANDS = [
    [],
    ["clean"],
    ["explain"],
    ["rules"],
    ["rules", "list"],
    ["rules", "show"],
    ["rules", "check"],
    ["train"],
    ["evaluate"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_shows_an_example(command: list[str]) -> None:
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    example = " ".join(done.stdout.partition("example")[2].split())
    assert " ".join(["cleaner", *command]) in example


def test_the_version_is_that_of_the_package() -> None:
    import cleaner

    assert run("--version").stdout == f"cleaner {cleaner.__version__}\n"


@pytest.mark.parametrize(
    "line",
    [
        "cleaner rules list | head -n 1",
        f"cleaner clean -f json {SEEDS / 'summit.txt'} | head -n 1",
        f"cleaner explain {SEEDS / 'summit.txt'} | true",
        "cleaner --help | true",
    ],
)
def test_a_reader_that_leaves_is_no_error(line: str) -> None:
    done = shell(line)
    assert (done.returncode, done.stderr) == (0, "")


def loaded(code: str, *options: str) -> set[str]:
    """The top-level modules that a process has loaded after it ran `code`."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *options, *shlex.split(code)],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    names = (line.rpartition("|")[2].strip() for line in done.stderr.splitlines())
    return {name.split(".")[0] for name in names}


HEAVY = {
    "lxml", "trafilatura", "regex", "dateparser", "charset_normalizer", "tomllib", "tomli",
    "numpy", "tqdm", "ftfy", "email", "plistlib",
}  # fmt: skip


def test_the_command_is_imported_without_the_heavy_libraries() -> None:
    modules = loaded("-c 'import cleaner.cli'")
    assert "cleaner" in modules
    assert modules & HEAVY == set()


def test_help_does_not_wait_for_the_heavy_libraries() -> None:
    modules = loaded("-m cleaner --help")
    assert "argparse" in modules
    assert modules & HEAVY == set()


def test_every_public_name_is_found_and_no_other() -> None:
    import cleaner

    assert {name: getattr(cleaner, name).__name__ for name in cleaner.__all__} == {
        name: name for name in cleaner.__all__
    }
    assert set(cleaner.__all__) <= set(dir(cleaner))
    with pytest.raises(AttributeError, match="no attribute 'scrub'"):
        _ = cleaner.scrub  # type: ignore[attr-defined]  # the wrong use is what is tested
