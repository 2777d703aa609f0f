"""MHTML: a page with all that belongs to it as one MIME message (Chrome, Edge, Internet
Explorer, Opera). The root part is the page; other pages are its frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...errors import DamagedError
from ..encoding import decode
from .budget import Budget
from .document import Document
from .frames import appended, framed, joined
from .mime import Part, date, decoded_header, headers, leaves, saved_by_browser

FORM = "mhtml"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def recognise(head: bytes) -> bool:
    """A message that a browser wrote."""
    return saved_by_browser(head)


def documents(data: bytes, budget: Budget) -> Iterator[Document]:
    """The page. Raises `DamagedError` where there is none, `LimitError`."""
    head, _ = headers(data.lstrip())
    parts = list(leaves(data, budget))
    pages = [part for part in parts if part.type in _PAGES]
    if not pages:
        raise DamagedError(("the MHTML holds no HTML part",))
    root = _root(pages, head.get_param("start"))
    url = str(head.get("Snapshot-Content-Location") or root.headers.get("Content-Location") or "")
    texts = {id(part): _text(part, budget) for part in pages}
    frames = _Frames(root, pages, texts, url)
    page = framed(texts[id(root)], frames.resolve, budget)
    others = [texts[id(part)] for part in pages if id(part) not in frames.used]
    yield Document(
        appended(page, others),
        "html",
        url=url if "://" in url else None,
        date=date(head.get("Date")),
        facts=_facts(decoded_header(head.get("Subject"))),
        notes=_cut_off(parts),
    )


def _root(pages: Sequence[Part], start: object) -> Part:
    """The part that the message begins with, else the first page."""
    for part in pages:
        if start and part.headers.get("Content-ID", "").strip("<> ") == str(start).strip("<> "):
            return part
    return pages[0]


def _text(part: Part, budget: Budget) -> str:
    content = part.content
    budget.take(len(content))
    return decode(content, part.charset)


def _facts(subject: str) -> Mapping[str, str]:
    return {"title": subject} if subject else {}


def _cut_off(parts: Sequence[Part]) -> tuple[str, ...]:
    names = (str(part.headers.get("Content-Location") or part.type) for part in parts)
    return tuple(
        f"the MHTML is cut off in the part {name}"
        for name, part in zip(names, parts, strict=True)
        if not part.whole
    )


class _Frames:
    """The pages beside the root, by their names; notes which of them were asked for."""

    def __init__(
        self, root: Part, pages: Sequence[Part], texts: Mapping[int, str], url: str
    ) -> None:
        self._url = url
        self._texts = texts
        self._named: dict[str, int] = {}
        self.used = {id(root)}
        for part in pages:
            location = str(part.headers.get("Content-Location") or "").strip()
            content_id = str(part.headers.get("Content-ID") or "").strip("<> ")
            for name in (location, f"cid:{content_id}" if content_id else ""):
                if name:
                    self._named.setdefault(name, id(part))

    def resolve(self, address: str) -> str | None:
        """The page at an address, once: a page in itself would have no end."""
        part = self._named.get(address)
        if part is None:
            part = self._named.get(joined(self._url, address))
        if part is None or part in self.used:
            return None
        self.used.add(part)
        return self._texts[part]
