"""What never happens, whatever a clip holds: a connection, a file that nobody named, a script or
a foreign load in what is written, code out of a pack or a model. That `explain` prints nothing that
a terminal obeys is in test_cli, that the report of a batch runs nothing in test_batch."""

from __future__ import annotations

import ast
import plistlib
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleaner
from cleaner import Cleaner

from .corpus import FORMS, ROOT
from .strategies import SENTENCES
from .test_architecture import FILES
from .test_forms import MAIL, mhtml, record

STORY = f"<p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"


# --- connections


class Listener:
    """A server on this machine that counts who calls."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/"
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


def calling(url: str) -> str:
    """A page with all that makes programs fetch something."""
    return f"""<?xml version="1.0"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "{url}dtd" [
  <!ENTITY fetched SYSTEM "{url}entity"> <!ENTITY % all SYSTEM "{url}parameter"> %all;
]>
<?xml-stylesheet href="{url}xsl" type="text/xsl"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:xi="http://www.w3.org/2001/XInclude"
  manifest="{url}manifest"><head><base href="{url}"/><link rel="stylesheet" href="{url}css"/>
<link rel="canonical" href="{url}story"/><link rel="preload" href="{url}preload"/>
<meta http-equiv="refresh" content="0;url={url}refresh"/><meta property="og:url" content="{url}"/>
<script type="application/ld+json">{{"@context": "{url}context", "url": "{url}ld"}}</script>
<script src="{url}script"></script><style>@import url({url}import);</style></head>
<body background="{url}background"><xi:include href="{url}include" parse="text"/>{STORY}
<img src="{url}img" srcset="{url}img2 2x"/><iframe src="{url}frame"></iframe>&fetched;
<video src="{url}video" poster="{url}poster"></video><object data="{url}object"></object>
<svg><image href="{url}svg"/><use href="{url}use#x"/></svg><embed src="{url}embed"/>
<p style="background: url({url}style)">Here.</p></body></html>"""


def forms_of(page: str, url: str) -> dict[str, bytes]:
    """The page in forms that name what could be fetched as well."""
    data = page.encode()
    dtd = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{url}dtd" [<!ENTITY f SYSTEM "{url}f">]>'
    mail = MAIL + f'Content-Type: message/external-body; access-type=URL; URL="{url}body"\n\n'
    archive = {
        "WebMainResource": {
            "WebResourceData": data,
            "WebResourceMIMEType": "text/html",
            "WebResourceURL": url,
        }
    }
    return {
        "html": data,
        "mhtml": mhtml((url, page)),
        "mail": (MAIL + f"Content-Type: text/html\n\n{page}").encode(),
        "external body": mail.encode(),
        "webarchive": plistlib.dumps(archive),
        "webarchive with a DTD": plistlib.dumps(archive).replace(
            b"<!DOCTYPE plist", f'<!DOCTYPE plist [<!ENTITY f SYSTEM "{url}f">]><!-- '.encode()
        ),
        "warc": record(url, data),
        "enex": f"{dtd}<en-export><note><title>&f;</title><content><![CDATA[{dtd}<en-note>{STORY}"
        f'<en-media src="{url}media"/></en-note>]]></content></note></en-export>'.encode(),
        "markdown": f"# Osk\n\n{SENTENCES[0]}\n\n![x]({url}img)\n\n[l]: {url}ref\n".encode(),
    }


def outcome(data: bytes, judge: Cleaner) -> tuple[str, str]:
    """All that is written of a clip's articles, and the error that it ends in."""
    said = ""
    try:
        for article in judge.clean_archive(data):
            said += article.to_json() + article.to_markdown(images=True)
    except cleaner.CleanerError as error:
        return said, str(error)
    return said, ""


def test_nothing_that_a_clip_names_is_fetched(listener: Listener, cleaner_: Cleaner) -> None:
    for form, data in forms_of(calling(listener.url), listener.url).items():
        said, error = outcome(data, cleaner_)
        assert said or form in ("webarchive with a DTD", "external body"), error
    # It listens.
    socket.create_connection(("127.0.0.1", int(listener.url.split(":")[2].strip("/")))).close()
    for _ in range(100):
        if listener.calls:
            break
        threading.Event().wait(0.05)
    assert listener.calls == 1


def test_no_form_opens_a_connection_or_a_file_beside_it() -> None:
    """The same by Python's own account, for every saved page of the fixtures."""
    code = f"""
import sys
from pathlib import Path
import cleaner
forms = sorted(path for path in Path({str(FORMS)!r}).glob("*/*"))
read = [(path, path.read_bytes()) for path in forms]
judge = cleaner.Cleaner()
def all_of(data):
    try:
        for article in judge.clean_archive(data):
            article.to_json(), article.to_markdown(images=True)
    except cleaner.CleanerError as error:
        print(error)
for _, data in read:
    all_of(data)  # libraries read their own files at their first use
def guard(event, arguments):
    if event.split(".")[0] in ("socket", "urllib", "subprocess", "shutil", "ftplib", "http"):
        print(event, arguments)
    if event in ("open", "os.mkdir", "os.remove", "os.rename", "os.system"):
        print(event, arguments)
sys.addaudithook(guard)
for _, data in read:
    all_of(data)
print("done", len(read))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert len(said) == 1, said
    assert re.fullmatch(r"done \d\d+", said[0])


# --- files


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("Locked away for good.", encoding="utf-8")
    return path


def test_no_file_of_the_machine_comes_into_an_article(secret: Path, cleaner_: Cleaner) -> None:
    address = secret.as_uri()
    page = (
        f'<!DOCTYPE html [<!ENTITY s SYSTEM "{address}">]><html xmlns:xi='
        f'"http://www.w3.org/2001/XInclude"><body>{STORY}<p>&s; osk</p><xi:include href="{address}"'
        f' parse="text"/><iframe src="{address}"></iframe><object data="{address}"></object>'
    )
    for data in forms_of(page, address).values():
        assert "Locked away" not in "".join(outcome(data, cleaner_))


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize("root", ["en-export", "html", "plist"])
def test_entities_do_not_grow(root: str, cleaner_: Cleaner) -> None:
    text = {
        "en-export": f"<note><title>&e9;</title><content>&e9; {STORY}</content></note>",
        "html": f"<body><p>&e9; {STORY}</p></body>",
        "plist": "<dict><key>WebMainResource</key><string>&e9;</string></dict>",
    }[root]
    source = (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY e0 "lol">{BOMB}]><{root}>{text}</{root}>'
    )
    assert len("".join(outcome(source.encode(), cleaner_))) < 50_000


EVIL = ["../../evil", "/evil", "..\\..\\evil", "file:///evil", "a/../../../evil"]


def test_a_name_in_an_archive_is_no_place_to_write_to(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "in"
    folder.mkdir(parents=True)
    warc = b"".join(record(name, STORY.encode()) for name in EVIL)
    (folder / "crawl.warc").write_bytes(warc)
    for number, name in enumerate(EVIL):
        saved = mhtml((name, STORY), (name, STORY)).replace(
            b"Subject: Osk", b"Subject: " + name.encode()
        )
        (folder / f"page-{number}.mhtml").write_bytes(saved)
    inputs = sorted(folder.iterdir())
    _command("clean", *inputs, "-o", f"{tmp_path}/deep/cleaned/")
    _command("batch", *inputs, "-o", tmp_path / "deep" / "batch", "-f", "text")
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - set(inputs)
    places = (tmp_path / "deep" / "cleaned", tmp_path / "deep" / "batch")
    inside = {path for path in written if any(path.is_relative_to(place) for place in places)}
    assert {path.name for path in written - inside} == {"batch.errors.jsonl"}
    assert len(inside) == 2 * (len(EVIL) + len(EVIL))


def _command(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# --- what is written


ALIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\\<script>alert(1)</script>",
    "\\\\<script>alert(1)</script>",
    "<!-- <script>",
    "</p><iframe src=//evil.example>",
    "![x](http://evil.example/p.png)",
    "![x][evil]",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "```\n<script>alert(1)</script>",
]


def shown(markdown: str) -> str:
    """What is left of markdown where all that is escaped or code is out of it."""
    body = markdown.rpartition("\n---\n")[2] if markdown.startswith("---\n") else markdown
    body = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", body)
    return re.sub(r"\\.", "", body)


@pytest.mark.parametrize("alive", ALIVE)
def test_markdown_runs_and_loads_nothing_that_a_text_is_about(
    alive: str, cleaner_: Cleaner
) -> None:
    quoted = alive.replace("&", "&amp;").replace("<", "&lt;")
    sentence = f"Nobody in the council {alive} could remember. {SENTENCES[1]}"
    escaped = f"Nobody in the council {quoted} could remember. {SENTENCES[1]}"
    page = (
        f"<h1>{quoted}</h1><p>{escaped}</p><h2>{quoted}</h2><ul><li>{escaped}</ul><blockquote>"
        f"{escaped}</blockquote><table><tr><td>{escaped}<td>x</table><pre>{quoted}\n~~~~</pre><figure>"
        f'<img src="p.png" alt="{quoted}"><figcaption>{escaped} Photo: Jo Lind/AFP'
    )
    for article in (cleaner_.clean(page, "html"), cleaner_.clean(sentence, "text")):
        text = shown(article.to_markdown())
        assert re.search(r"<[A-Za-z/!?]|!\[|\]\(", text) is None, text
        pictures = shown(article.to_markdown(images=True)).replace("](p.png)", "")
        assert re.search(r"<[A-Za-z/!?]|\]\(", pictures) is None, pictures


def test_markdown_that_was_made_safe_reads_as_the_same_text(cleaner_: Cleaner) -> None:
    for alive in ALIVE[:-1]:
        text = f"Nobody in the council {alive} could remember. {SENTENCES[1]}"
        article = cleaner_.clean(text, "text")
        assert cleaner_.clean(article.to_markdown(), "markdown").text == article.text


# --- code


_RUNS = {"eval", "exec", "compile", "__import__"}
_LOADERS = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "runpy", "imp"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_module_runs_code_or_unpickles(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in _RUNS
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = {alias.name for alias in node.names}
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert not ({module, *named} & _LOADERS)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


def test_what_ships_is_data() -> None:
    suffixes = {path.suffix for path in (ROOT / "cleaner").rglob("*") if path.is_file()}
    assert suffixes <= {".py", ".pyc", ".toml", ".json", ".jsonl", ".npz", ".md", ".typed", ""}
