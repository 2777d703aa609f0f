"""What a clip says of itself outside its blocks: a page's metadata, a note's front matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .clip import Clip
from .dates import best, iso_date
from .json_ld import Said, said

_PUBLISHED = ("article:published_time", "datepublished")
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time")
_FRONT_PUBLISHED = ("published", "date", "created")
_FRONT_MODIFIED = ("modified", "updated", "lastmod")


@dataclass(frozen=True)
class Page:
    """What an HTML page, or a clip's front matter, says of itself. Dates are ISO 8601."""

    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    site: str | None = None
    url: str | None = None


def read_page(clip: Clip) -> Page:
    """The metadata of an HTML page, by its `<meta>`, its JSON-LD and trafilatura; for other
    clips their front matter."""
    return _html_page(clip) if clip.kind == "html" else _front_page(clip)


def _front_page(clip: Clip) -> Page:
    facts = clip.facts
    return Page(
        title=facts.get("title"),
        description=facts.get("description"),
        authors=_split(facts.get("author")),
        published=best(_dates(facts, _FRONT_PUBLISHED)),
        modified=best(_dates(facts, _FRONT_MODIFIED)),
        site=facts.get("site"),
        url=facts.get("source") or facts.get("url"),
    )


def _html_page(clip: Clip) -> Page:
    facts = clip.facts
    ld = said(facts["json_ld"]) if "json_ld" in facts else Said()
    published = best([*_dates(facts, _PUBLISHED), ld.published])
    found = _by_trafilatura(clip, dated=published is not None)
    return Page(
        title=found.title or ld.headline or facts.get("title") or None,
        authors=found.authors or ld.authors,
        published=best([published, found.published]),
        modified=best([*_dates(facts, _MODIFIED), ld.modified]),
        site=found.site,
        url=found.url or clip.url,
    )


def _by_trafilatura(clip: Clip, dated: bool) -> Page:
    """What trafilatura reads; where the page is dated already it need not search the text
    for a date, which is half of its cost."""
    from trafilatura import extract_metadata  # half a second to import; only this needs it

    try:
        found = extract_metadata(clip.source, default_url=clip.url, extensive=not dated)
    except Exception:  # noqa: BLE001  # whatever it trips over in a page, the article stands
        return Page()
    if found is None:
        return Page()
    return Page(
        title=found.title,
        authors=_split(found.author),
        published=found.date,
        site=found.sitename,
        url=found.url,
    )


def _split(names: str | None) -> tuple[str, ...]:
    return tuple(name for name in (names or "").split("; ") if name)


def _dates(facts: Mapping[str, str], names: tuple[str, ...]) -> Iterator[str | None]:
    """The dates among a clip's facts, by the facts' names."""
    for name in names:
        if name in facts:
            yield iso_date(facts[name])
