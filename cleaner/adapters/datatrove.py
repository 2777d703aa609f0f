"""datatrove: a pipeline step that turns documents of HTML, text or markdown into articles."""

from __future__ import annotations

import contextlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cleaner import Action, Article, arrow_schema, article_schema

from .setup import Setup

try:
    from datatrove.data import Document, Media, MediaType
    from datatrove.pipeline.base import PipelineStep
except ImportError as error:
    raise ImportError("datatrove is missing: pip install 'web-clip-cleaner[datatrove]'") from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa
    from datatrove.pipeline.writers.disk_base import DiskWriter

# Of an article's fields all but these become metadata; of the decisions the exclusion writer has
# what matters.
_NOT_METADATA = frozenset({"text", "decisions", "schema_version"})
_WRITTEN = ("text", *(f for f in article_schema()["properties"] if f not in _NOT_METADATA))


class CleanClips(PipelineStep):
    """Puts the article's text into `text`, all else of it into `metadata["article"]`, and the
    pictures of its captions into `media`, where datatrove's writers take them.

    What was removed goes to `exclusion_writer`: a document a clip, under the clip's id, with the
    removed lines as its text and their labels and reasons in `metadata["removed"]`. A document
    on which cleaning fails or leaves no text goes there whole, with `filter_reason`, and no
    further. A document's address is taken from `metadata[url_key]`.

    Statistics, beside those of datatrove: `cleaned`, `dropped_failed`, `dropped_empty`, and
    `blocks_kept`, `blocks_moved`, `blocks_removed`.
    """

    name = "🧹 cleaner"
    type = "🔻 - FILTER"

    def __init__(
        self,
        exclusion_writer: DiskWriter | None = None,
        kind: str = "auto",
        url_key: str = "url",
        setup: Setup | None = None,
    ) -> None:
        super().__init__()
        self.exclusion_writer = exclusion_writer
        self.kind = kind
        self.url_key = url_key
        self.setup = setup or Setup()

    def run(
        self,
        data: Iterable[Document],
        rank: int = 0,
        world_size: int = 1,  # noqa: ARG002  # datatrove gives it to every step
    ) -> Iterator[Document]:
        """The documents that have an article. datatrove calls it, once a task."""
        self.setup.cleaner()  # read before the first document is timed
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for document in data:
                self.stat_update("total")
                with self.track_time():
                    kept, excluded = self._cleaned(document)
                if writer is not None and excluded is not None:
                    writer.write(excluded, rank)
                if kept is not None:
                    self.stat_update("forwarded", "cleaned")
                    self.update_doc_stats(kept)
                    yield kept

    def _cleaned(self, document: Document) -> tuple[Document | None, Document | None]:
        """What goes on, and what is excluded."""
        url = document.metadata.get(self.url_key)
        cleaner = self.setup.cleaner()
        try:
            article = cleaner.clean(document.text, self.kind, None if url is None else str(url))
            written = article.to_dict(_WRITTEN)
        except Exception as error:  # noqa: BLE001  # one document must not end a task
            return None, self._dropped(document, "failed", f"{type(error).__name__}: {error}")
        self._count(article)
        if not article.text:
            return None, self._dropped(document, "empty", "no text")
        excluded = _removed(document, article)
        document.text = written.pop("text")
        document.metadata["article"] = written
        document.media.extend(_pictures(document.id, article))
        return document, excluded

    def _dropped(self, document: Document, reason: str, line: str) -> Document:
        self.stat_update("dropped", f"dropped_{reason}")
        document.metadata["filter_reason"] = line
        return document

    def _count(self, article: Article) -> None:
        for decision in article.decisions:
            self.stat_update(f"blocks_{_COUNTED[decision.action]}")


_COUNTED = MappingProxyType(
    {Action.KEEP: "kept", Action.METADATA: "moved", Action.REMOVE: "removed"}
)


def parquet_schema(*metadata: str) -> pa.Schema:
    """The Arrow schema for a `ParquetWriter` behind this step.

    `metadata` names what else the documents' metadata has, as text ("url", "date", "file_path").
    Without a schema that writer guesses the types by its first documents, and fails at the
    first with a date where those had none.
    """
    import pyarrow as pa

    article = [field for field in arrow_schema() if field.name not in _NOT_METADATA]
    caption = pa.struct([("caption", pa.string()), ("credits", pa.list_(pa.string()))])
    media = pa.struct(
        [
            ("id", pa.string()),
            ("type", pa.int64()),
            ("url", pa.string()),
            ("alt", pa.string()),
            ("path", pa.string()),
            ("offset", pa.int64()),
            ("length", pa.int64()),
            ("metadata", caption),
        ]
    )
    own = [(name, pa.string()) for name in metadata]
    return pa.schema(
        [
            ("text", pa.string()),
            ("id", pa.string()),
            ("media", pa.list_(media)),
            ("metadata", pa.struct([*own, ("article", pa.struct(article))])),
        ]
    )


def _removed(document: Document, article: Article) -> Document | None:
    removed = [each for each in article.decisions if each.action is Action.REMOVE]
    if not removed:
        return None
    rows: list[dict[str, Any]] = [
        {
            "block": each.block.index,
            "text": _encodable(each.block.text),
            "label": each.label.value,
            "reasons": [evidence.id for evidence in each.evidence],
        }
        for each in removed
    ]
    text = "\n".join(row["text"] for row in rows)
    # The clip's own metadata stays with it: a writer's file name may be made of it.
    return Document(text, document.id, metadata={**document.metadata, "removed": rows})


def _pictures(name: str, article: Article) -> list[Media]:
    pictures = [caption for caption in article.captions if caption.image and caption.image.src]
    return [
        Media(
            id=f"{name}/caption-{number}",
            type=MediaType.IMAGE,
            url=_encodable(caption.image.src),
            alt=_encodable(caption.image.alt),
            metadata={
                "caption": _encodable(caption.text),
                "credits": [_encodable(credit) for credit in caption.credits],
            },
        )
        for number, caption in enumerate(pictures)
        if caption.image is not None
    ]


def _encodable(text: str) -> str:
    """Without lone surrogates, which no writer can write."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
