"""CPU of each form beside the plain page that it holds, on the same pages, in turn, in one run.

    python -m tests.benchmarks.forms [--pages N]

The pages are those of ../shared/data, put into each form as its programs write it. Ratios of the
sums; `text` alone is asked for, as what follows is the same for all.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import plistlib
import quopri
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from importlib import import_module

from cleaner import Cleaner

from .files import PAGES
from .speed import sample

# What the issue asks for.
MOST = 1.3
_WARM_UP = 10
_DATE = "Wed, 3 May 2023 10:00:00 -0000"
# A picture as SingleFile writes it out.
_PICTURE = f'<img src="data:image/png;base64,{"iVBORw0K" * 4000}">'


def _mhtml(page: str) -> bytes:
    part = quopri.encodestring(page.encode())
    return (
        f"From: <Saved by Blink>\r\nSubject: x\r\nDate: {_DATE}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        "Content-Location: https://osk.example/x\r\n\r\n"
    ).encode() + part + b"\r\n--b--\r\n"  # fmt: skip


def _mail(page: str) -> bytes:
    return (
        f"Received: x\r\nFrom: j@osk.example\r\nSubject: x\r\nDate: {_DATE}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(page.encode())


def _webarchive(page: str) -> bytes:
    main = {
        "WebResourceData": page.encode(),
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8",
        "WebResourceURL": "https://osk.example/x",
    }
    return plistlib.dumps({"WebMainResource": main}, fmt=plistlib.FMT_BINARY)


def _warc(page: str) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    return (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://osk.example/x\r\n"
        "WARC-Date: 2023-05-03T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    ).encode() + block + b"\r\n\r\n"  # fmt: skip


def _enex(page: str) -> bytes:
    held = page.replace("]]>", "]]&gt;").replace("\x00", "").encode("utf-8", "replace")
    return (
        b"<en-export><note><title>x</title><content><![CDATA[%s]]></content></note></en-export>"
        % (held,)
    )


def _wayback(page: str) -> bytes:
    head = '<script>__wm.wombat("http://osk.example/x","20230503100000","x","web")</script>'
    return page.replace("<head>", f"<head>{head}", 1).encode("utf-8", "replace")


def _first(line: str) -> Callable[[str], bytes]:
    return lambda page: page.replace("<html", f"{line}<html", 1).encode("utf-8", "replace")


FORMS: Mapping[str, Callable[[str], bytes]] = {
    "plain": lambda page: page.encode("utf-8", "replace"),
    "saved page": _first("<!-- saved from url=(0021)https://osk.example/x -->"),
    "singlefile": lambda page: (
        f"<!--\n Page saved with SingleFile \n url: https://osk.example/x \n-->{page}{_PICTURE}"
    ).encode("utf-8", "replace"),
    "wayback": _wayback,
    "mhtml": _mhtml,
    "eml": _mail,
    "webarchive": _webarchive,
    "warc": _warc,
    "warc.gz": lambda page: gzip.compress(_warc(page)),
    "enex": _enex,
    "json": lambda page: json.dumps({"rawHtml": page, "metadata": {"title": "x"}}).encode(),
    "gzip": lambda page: gzip.compress(page.encode()),
    "zstd": lambda page: _zstd(page.encode()),
    "brotli": lambda page: _brotli(page.encode()),
}


def _zstd(data: bytes) -> bytes:
    from backports import zstd

    return bytes(zstd.compress(data))


def _brotli(data: bytes) -> bytes:
    return bytes(import_module("brotli").compress(data, quality=5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    args = parser.parse_args()
    pages = [row.source for row in sample(PAGES, args.pages)]
    judge = Cleaner()
    seconds: dict[str, float] = defaultdict(float)
    for at, page in enumerate([*pages[:_WARM_UP], *pages]):
        # The second time each form is in another place: what runs first finds cold caches.
        names = list(FORMS)
        names = names[at % len(names) :] + names[: at % len(names)]
        for name in names:
            data = FORMS[name](page)
            start = time.process_time()
            text = judge.clean(data).text
            taken = time.process_time() - start
            assert text or not judge.clean(page).text, name
            if at >= _WARM_UP:
                seconds[name] += taken
    plain = seconds["plain"]
    print(f"{len(pages)} pages, {1000 * plain / len(pages):.1f} ms of CPU each as plain HTML")
    for name in FORMS:
        taken = seconds[name]
        print(f"{name:12} {taken / plain:.2f}{'  TOO SLOW' if taken > MOST * plain else ''}")


if __name__ == "__main__":
    main()
