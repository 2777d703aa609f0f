"""What flows through a batch: a document to clean, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..readers.forms import Found


@dataclass(frozen=True)
class FilePayload:
    """A file that the worker reads itself, so that reading is shared out too."""

    path: Path


@dataclass(frozen=True)
class LinePayload:
    """A line of JSON, as it stands: the worker takes it apart."""

    line: bytes


@dataclass(frozen=True)
class PagePayload:
    """A document that was read already."""

    source: str | bytes
    url: str | None = None


@dataclass(frozen=True)
class SavedPayload:
    """A page out of an archive, with what the archive says of it."""

    found: Found


@dataclass(frozen=True)
class RefusedPayload:
    """A document, or the rest of a file, that cannot be read."""

    kind: str
    reason: str


Payload = FilePayload | LinePayload | PagePayload | SavedPayload | RefusedPayload


@dataclass(frozen=True)
class Task:
    """One document of the input.

    `id` names it; `input` is the file that it is in. `target` is where its article goes below
    an output folder, without suffix; `row` its number in a file of many, which then makes a
    part of the target's name. `size` is what it holds in memory, in bytes; `position` how much
    of the whole input, in bytes as they lie on the disk, is read with it.
    """

    id: str
    input: str
    target: str
    payload: Payload
    row: int | None = None
    size: int = 0
    position: int = 0

    def fingerprint(self, before: bytes) -> bytes:
        """A digest of this document and, by `before`, of all before it. A file counts by its
        name and size: it is not read again for this."""
        digest = hashlib.blake2b(before, digest_size=16)
        digest.update(self.id.encode("utf-8", "surrogatepass"))
        match self.payload:
            case LinePayload(line):
                digest.update(line)
            case PagePayload(source, url):
                digest.update(_whole(source) + _whole(url or ""))
            case SavedPayload(found):
                digest.update(_whole(found.document.source) + _whole(found.document.url or ""))
            case FilePayload():
                digest.update(str(self.size).encode())
            case RefusedPayload(_, reason):
                digest.update(reason.encode("utf-8", "replace"))
        return digest.digest()


def _whole(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


@dataclass(frozen=True)
class Failure:
    """Why a document has no article: the kind of error, one line, and where it arose."""

    kind: str
    reason: str
    traceback: str | None = None


@dataclass(frozen=True)
class Facts:
    """What the report counts of a document. Lengths are characters of its blocks' text."""

    seconds: float
    before: int
    after: int
    site: str
    # Blocks and characters that left the text, by label; blocks, by the rule that was named.
    labels: dict[str, tuple[int, int]] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    # Sign, label, text and reasons of each block, where the document is worth showing.
    explanation: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a document: its article, written out, or its failure."""

    id: str
    output: bytes | None = None
    failure: Failure | None = None
    facts: Facts | None = None
