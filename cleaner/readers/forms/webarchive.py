"""Safari's `.webarchive`: a page with its frames as a property list, binary or XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import DamagedError
from ..encoding import decode
from .budget import Budget
from .document import Document
from .frames import appended, framed, joined

FORM = "webarchive"
_BINARY = b"bplist00"
_MAIN, _FRAMES = "WebMainResource", "WebSubframeArchives"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def recognise(head: bytes) -> bool:
    """A binary property list, or one in XML that names what a web archive has."""
    if head.startswith(_BINARY):
        return True
    return b"<plist" in head[:1000] and _MAIN.encode() in head


def documents(data: bytes, budget: Budget) -> Iterator[Document]:
    """The page. Raises `DamagedError`, `LimitError`."""
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        archive = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, RecursionError, LookupError,
            TypeError, AttributeError) as error:  # fmt: skip
        # What a broken XML list raises, plistlib does not say: an encoding that nobody knows, an
        # end without a beginning.
        raise DamagedError((f"the property list is broken ({error})",)) from error
    main = archive.get(_MAIN) if isinstance(archive, dict) else None
    if not isinstance(main, dict):
        raise DamagedError((f"the property list is no web archive: it has no {_MAIN}",))
    page, url = _page(archive, budget, 1), _url(main)
    media = main.get("WebResourceMIMEType")
    kind = "html" if not isinstance(media, str) or media in _PAGES else "auto"
    yield Document(page, kind, url=url or None)


def _page(archive: Mapping[str, Any], budget: Budget, depth: int) -> str:
    """The page of an archive with the pages of its frames in it."""
    budget.layer(depth)
    main = archive[_MAIN]
    data = main.get("WebResourceData")
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    elif not isinstance(data, bytes):
        # A list may have anything in any place; of a number `bytes` would make as many zeros.
        data = b""
    budget.take(len(data))
    charset = main.get("WebResourceTextEncodingName")
    text = decode(data, charset if isinstance(charset, str) else None)
    frames: dict[str, str] = {}
    unnamed = []
    held_frames = archive.get(_FRAMES)
    for frame in held_frames if isinstance(held_frames, list) else ():
        if not isinstance(frame, dict) or not isinstance(frame.get(_MAIN), dict):
            continue
        budget.part()
        held, url = _page(frame, budget, depth + 1), _url(frame[_MAIN])
        if url in frames or not url:
            unnamed.append(held)
        else:
            frames[url] = held
    base = _url(main)
    text = framed(text, lambda address: frames.pop(joined(base, address), None), budget)
    return appended(text, [*frames.values(), *unnamed])


def _url(resource: Mapping[str, Any]) -> str:
    url = resource.get("WebResourceURL")
    return url if isinstance(url, str) else ""
