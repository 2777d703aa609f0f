"""What a clip says of itself outside its blocks: a page's metadata, a note's front matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .authors import is_site, split
from .clip import Clip
from .dates import best, iso_date
from .json_ld import Said, said

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "parsely-pub-date",
    "dc.date.issued",
    "sailthru.date",
    "date",
    "pubdate",
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "lastmod")
_AUTHOR = (
    "author",
    "article:author",
    "articleauthor",
    "article:byline",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
)
_FRONT_PUBLISHED = ("published", "date", "created")
_FRONT_MODIFIED = ("modified", "updated", "lastmod")


@dataclass(frozen=True)
class Page:
    """What an HTML page, or a clip's front matter, says of itself. Dates are ISO 8601.

    `titles` are what it gives as its title in several places, the most trusted first;
    `authors` are persons, `groups` its other authors: an agency, the site itself; they are `sure`
    where the page's data names them as those of the article.
    """

    titles: tuple[str, ...] = ()
    description: str | None = None
    authors: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sure: bool = False
    published: str | None = None
    modified: str | None = None
    site: str | None = None
    url: str | None = None


def read_page(clip: Clip) -> Page:
    """The metadata of an HTML page, by its `<meta>` and its JSON-LD; for other clips their
    front matter."""
    return _html_page(clip) if clip.kind == "html" else _front_page(clip)


def _front_page(clip: Clip) -> Page:
    facts = clip.facts
    return Page(
        titles=(facts["title"],) if facts.get("title") else (),
        description=facts.get("description"),
        authors=split(facts.get("author", "")),
        published=best(_dates(facts, _FRONT_PUBLISHED)),
        modified=best(_dates(facts, _FRONT_MODIFIED)),
        site=facts.get("site"),
        url=facts.get("source") or facts.get("url"),
    )


def _html_page(clip: Clip) -> Page:
    facts = clip.facts
    ld = said(facts["json_ld"]) if "json_ld" in facts else Said()
    site = _site(facts, ld) or _host(clip.url)
    authors, groups = _authors(facts, ld, site, clip.url)
    return Page(
        titles=given(ld.headline, facts.get("og:title"), facts.get("title")),
        authors=authors,
        groups=groups,
        sure=bool(ld.authors),
        published=best([*_dates(facts, _PUBLISHED), ld.published]),
        modified=best([*_dates(facts, _MODIFIED), ld.modified]),
        site=site,
        url=clip.url or facts.get("og:url"),
    )


def given(*titles: str | None) -> tuple[str, ...]:
    """The titles that are given, in order."""
    return tuple(" ".join(title.split()) for title in titles if title and title.strip())


def _site(facts: Mapping[str, str], ld: Said) -> str | None:
    named = (facts.get("og:site_name"), ld.publisher, facts.get("application-name"))
    return next((name.strip() for name in named if name and "://" not in name), None)


def _host(url: str | None) -> str | None:
    host = (url or "").partition("//")[2].partition("/")[0].rpartition("@")[2]
    return host.partition(":")[0].lower().removeprefix("www.") or None


def _authors(
    facts: Mapping[str, str], ld: Said, site: str | None, url: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The persons and the groups that wrote a page: those of the first place that names a
    person."""
    given = [ld.authors, *([facts[name]] for name in _AUTHOR if name in facts)]
    groups: tuple[str, ...] = ()
    for place in given:
        others = [field for field in place if field in ld.groups or _names_site(field, site, url)]
        persons = tuple(name for field in place if field not in others for name in split(field))
        if persons:
            return tuple(dict.fromkeys(persons)), tuple(others)
        groups = groups or tuple(others)
    return (), groups


def _names_site(field: str, site: str | None, url: str | None) -> bool:
    """Whether the site itself is among the authors that a field names, perhaps with its town."""
    return any(is_site(name, site, url) for name in split(field))


def _dates(facts: Mapping[str, str], names: tuple[str, ...]) -> Iterator[str | None]:
    """The dates among a clip's facts, by the facts' names."""
    for name in names:
        if name in facts:
            yield iso_date(facts[name])
