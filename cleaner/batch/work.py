"""What a worker does: a document in, its article or its failure out. Runs in the processes."""

from __future__ import annotations

import gc
import heapq
import json
import time
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..article import Article, encodable
from ..engine import Cleaner
from ..errors import InputError
from ..labels import Action
from ..limits import Limits
from ..output import written
from ..readers import clip_of
from .packing import damage, open_unpacked
from .rows import identity, parse_line, text_and_url, too_large
from .settings import WorkSettings
from .task import (
    Facts,
    Failure,
    FilePayload,
    LinePayload,
    Outcome,
    PagePayload,
    Payload,
    RefusedPayload,
    SavedPayload,
    Task,
)

_FIRST = "<html lang=en><title>Harbour</title><p>By Jo Lind, May 3, 2023</p><p>The crane stays.</p>"
# How many documents a list of the report shows.
SHOWN = 12
_SHOWN_BLOCKS, _SHOWN_TEXT = 150, 120
# The most changed of tiny clips would be all that the report shows.
LEAST_SHOWN = 500


def build_cleaner(settings: WorkSettings) -> Cleaner:
    """The cleaner that the settings ask for. The rules' tables are 100,000 objects that live
    as long as the worker: collecting garbage among them only costs."""
    gc.disable()
    try:
        return Cleaner(
            settings.rules, favor=settings.favor, model=settings.model, limits=settings.limits
        )
    finally:
        gc.freeze()
        gc.enable()


class Work:
    """Cleans documents with one cleaner, built once."""

    def __init__(self, settings: WorkSettings) -> None:
        self._settings = settings
        self._cleaner = build_cleaner(settings)
        self._write = _writer(settings)
        self._shown = Shown()
        # What is imported and read at the first clip must not count against the first clip.
        self._write(self._cleaner.limited(Limits()).clean(_FIRST, "html"), "", "")

    def do(self, task: Task) -> Outcome:
        """The outcome for a task. No error leaves but those that end the process."""
        name = task.id
        try:
            row = None
            if isinstance(task.payload, LinePayload):
                row = parse_line(task.payload.line)
                name = identity(row, self._settings.columns) or name
            return self._cleaned(task, name, row)
        except Exception as error:  # noqa: BLE001  # whatever a document raises is its own failure
            return Outcome(encodable(name), failure=failure_of(error))

    def _cleaned(self, task: Task, name: str, row: dict[str, Any] | None) -> Outcome:
        clip = self._clip(task.payload, row)
        begin = time.perf_counter()
        article = clip()
        output = self._write(article, name, task.input)
        seconds = time.perf_counter() - begin
        facts = None
        if self._settings.reported:
            facts = facts_of(article, seconds, self._shown)
        return Outcome(encodable(name), output, facts=facts)

    def _clip(self, payload: Payload, row: dict[str, Any] | None) -> Callable[[], Article]:
        """What cleans the document; it is read already. Raises `InputError`."""
        kind = self._settings.kind
        source: str | bytes
        url: str | None
        match payload:
            case SavedPayload(found):
                return lambda: self._cleaner.judge(clip_of(found, kind, self._settings.limits))
            case RefusedPayload(_, reason):
                raise InputError(reason)
            case FilePayload(path):
                source, url = read_file(path, self._settings.max_bytes), None
            case PagePayload(source, url):
                pass
            case LinePayload():
                source, url = text_and_url(row or {}, self._settings.columns)
        return lambda: self._cleaner.clean(source, kind, url)


def failure_of(error: Exception) -> Failure:
    """What the errors file says of an error."""
    reason = " ".join(str(error).split()) or type(error).__name__
    lines = "".join(traceback.format_exception(error))
    return Failure(type(error).__name__, encodable(reason), encodable(lines))


def read_file(path: Path, most: int) -> bytes:
    """A file, unpacked where it is packed. Raises `InputError` where that fails or where it
    holds more than `most` bytes."""
    name = str(path)
    try:
        with path.open("rb") as raw:
            data = open_unpacked(raw, name).read(most + 1)
    except damage(name) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InputError(f"{name}: cannot be read ({reason})") from error
    if len(data) > most:
        raise InputError(f"{name}: {too_large(most).reason}")
    return data


# --- the article, written out


def _writer(settings: WorkSettings) -> Callable[[Article, str, str], bytes]:
    form, fields = settings.form, settings.fields
    if form == "parquet":
        from .parquet import row_writer, schema

        row = row_writer(schema(fields))
        return lambda article, name, source: row(record(article, name, source, fields))
    if form == "jsonl":
        return lambda article, name, source: json_line(record(article, name, source, fields))
    if form == "json":
        return lambda article, _name, _source: (article.to_json(2, fields) + "\n").encode()
    return lambda article, _name, _source: written(article, form).encode()


def record(
    article: Article, name: str, source: str, fields: Collection[str] | None = None
) -> dict[str, Any]:
    """A row of the output: the article under its id and the file that it came from."""
    return {"id": encodable(name), "input": encodable(source), **article.to_dict(fields)}


def json_line(row: dict[str, Any]) -> bytes:
    """A row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


# --- what the report counts


class Shown:
    """The documents of this worker that a report may show: its slowest and its most changed.
    What the whole batch will show is among what its workers would."""

    def __init__(self) -> None:
        self._slowest: list[float] = []
        self._changed: list[float] = []

    def wants(self, seconds: float, before: int, after: int) -> bool:
        """Whether this document is one of them, so far."""
        slow = _enters(self._slowest, seconds)
        changed = before >= LEAST_SHOWN and _enters(self._changed, 1 - after / before)
        return slow or changed


def _enters(heap: list[float], value: float) -> bool:
    if len(heap) < SHOWN:
        heapq.heappush(heap, value)
        return True
    return value > heap[0] and heapq.heapreplace(heap, value) != value


def facts_of(article: Article, seconds: float, shown: Shown) -> Facts:
    """Counts what the report says of an article."""
    before = after = 0
    labels: dict[str, tuple[int, int]] = {}
    rules: dict[str, int] = {}
    for decision in article.decisions:
        size = len(decision.block.text)
        before += size
        if decision.action is Action.KEEP:
            after += size
            continue
        label = decision.label.value
        blocks, chars = labels.get(label, (0, 0))
        labels[label] = (blocks + 1, chars + size)
        if decision.action is Action.REMOVE and decision.evidence:
            rule = decision.evidence[0].id
            rules[rule] = rules.get(rule, 0) + 1
    wanted = shown.wants(seconds, before, after)
    return Facts(
        seconds=round(seconds, 4),
        before=before,
        after=after,
        # The page's own idea of its URL costs half an extraction; a report is not worth that.
        site=site_of(article.clip.url),
        labels=labels,
        rules=rules,
        explanation=explanation(article) if wanted else (),
    )


def site_of(url: str | None) -> str:
    """The host of a URL without `www.`, empty where there is none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return encodable(host.removeprefix("www."))[:100]


def explanation(article: Article) -> tuple[tuple[str, str, str, str], ...]:
    """What became of the first blocks, and why, for people."""
    signs = {Action.KEEP: " ", Action.METADATA: ">", Action.REMOVE: "-"}
    return tuple(
        (
            signs[decision.action],
            decision.label.value,
            encodable(decision.block.text[:_SHOWN_TEXT]),
            ", ".join(evidence.id for evidence in decision.evidence),
        )
        for decision in article.decisions[:_SHOWN_BLOCKS]
    )
