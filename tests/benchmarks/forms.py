"""CPU of each form beside the plain page that it holds, on the same pages, in turn, in one run.

    python -m tests.benchmarks.forms [--pages N]

The pages are those of ../shared/data, put into each form as its programs write it: whole, where a
reader view or a print view would leave most of the frame out. What is text in its form (WET) is
compared with the same text as a clip. Ratios of the sums; `text` alone is asked for, as what
follows is the same for all.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import plistlib
import quopri
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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


def _reader_view(page: str) -> bytes:
    """As Firefox has it: its toolbar, and the page's address over the article."""
    head = (
        '<div id="toolbar" class="toolbar-container"><button>Close Reader View</button></div>'
        '<div class="header reader-header"><a class="domain reader-domain"'
        ' href="https://osk.example/x">osk.example</a>'
        '<div class="credits reader-credits">Jo Lind</div></div>'
    )
    return _in_body(page, head, "")


def _print_view(page: str) -> bytes:
    link = '<p class="print-link"><a href="javascript:window.print()">Print this page</a></p>'
    return _in_body(page, link, '<p class="print-source">Source: https://osk.example/x</p>')


def _in_body(page: str, first: str, last: str) -> bytes:
    begun = re.sub(r"<body\b[^<>]*>", lambda tag: tag[0] + first, page, count=1)
    return begun.replace("</body>", f"{last}</body>", 1).encode("utf-8", "replace")


def _amp(page: str) -> bytes:
    """Its pictures are elements of its own, which stand once more in a `<noscript>`."""
    marked = page.replace("<html", "<html amp", 1)
    picture = r'<amp-img layout="responsive" \1></amp-img><noscript><img \1></noscript>'
    return re.sub(r"<img\b([^<>]*)>", picture, marked).encode("utf-8", "replace")


def _wet(text: str) -> bytes:
    body = text.encode("utf-8", "replace")
    return (
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://osk.example/x\r\n"
        "WARC-Date: 2023-05-03T10:00:00Z\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body + b"\r\n\r\n"  # fmt: skip


def _first(line: str) -> Callable[[str], bytes]:
    return lambda page: page.replace("<html", f"{line}<html", 1).encode("utf-8", "replace")


FORMS: Mapping[str, Callable[[str], bytes]] = {
    "plain": lambda page: page.encode("utf-8", "replace"),
    "saved page": _first("<!-- saved from url=(0021)https://osk.example/x -->"),
    "singlefile": lambda page: (
        f"<!--\n Page saved with SingleFile \n url: https://osk.example/x \n-->{page}{_PICTURE}"
    ).encode("utf-8", "replace"),
    "wayback": _wayback,
    "reader view": _reader_view,
    "print view": _print_view,
    "amp": _amp,
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
# What is made of the text of a page, and not of its HTML.
TEXTS: Mapping[str, Callable[[str], bytes]] = {
    "plain text": lambda text: text.encode("utf-8", "replace"),
    "wet": _wet,
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
    texts = ["\n".join(block.text for block in judge.clean(page).clip.blocks) for page in pages]
    _compare(judge, pages, FORMS)
    _compare(judge, texts, TEXTS)


def _compare(
    judge: Cleaner, clips: Sequence[str], forms: Mapping[str, Callable[[str], bytes]]
) -> None:
    """Prints the time of each form beside that of the first."""
    seconds: dict[str, float] = defaultdict(float)
    plain, *_ = forms
    for at, clip in enumerate([*clips[:_WARM_UP], *clips]):
        # The second time each form is in another place: what runs first finds cold caches.
        names = list(forms)
        names = names[at % len(names) :] + names[: at % len(names)]
        for name in names:
            data = forms[name](clip)
            start = time.process_time()
            text = judge.clean(data).text
            taken = time.process_time() - start
            assert text or not judge.clean(clip).text, name
            if at >= _WARM_UP:
                seconds[name] += taken
    print(f"{len(clips)} clips, {1000 * seconds[plain] / len(clips):.1f} ms of CPU each as {plain}")
    for name in forms:
        ratio = seconds[name] / seconds[plain]
        print(f"{name:12} {ratio:.2f}{'  TOO SLOW' if ratio > MOST else ''}")


if __name__ == "__main__":
    main()
