"""Who wrote a story: the clip's own byline beside what its page says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .shape import fold, tokens

_PARTS = re.compile(r"\s*(?:[,;|/&]|\s(?:and|und|et|y|og|och|en|e|i)\s)\s*")
_BEFORE = re.compile(r"^(?:by|von|par|por|di|door|av|af)[:\s]\s*", re.I)
# An address, an account: no name.
_ADDRESS = re.compile(r"://|@|^www\.")
# Pages write what somebody is behind the name, as if it were another one, or what the desk is.
_ROLES = frozenset(
    "journalist reporter editor redakteur redakteurin autor autorin correspondent contributor"
    " redaktion nachrichten news admin guest staff author 기자 記者 记者".split()
) | {"staff writer", "staff writers", "staff report", "staff reports", "staff reporter"}
_BEHIND = re.compile(r"\s*(?:기자|記者|记者|\([^()]*\))$")
# A field, and a name, of so many characters is none; of so many names no more are read.
_MOST_CHARS, _NAME_CHARS, _MOST = 1000, 80, 50
# What may be a name that stands alone: two to four words, each with a capital.
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s+){1,3}[^\W\d_][\w.'’-]*")
_SMALL = frozenset("van von de der den di da del la le du al el bin ter ten dos".split())
# No person has one of these words in the name: what stands before a date and a number, what
# buttons and menus say. Months and days that are names too (June, Jan, Domingo) are not among them.
_NO_NAMES = frozenset(
    """the and for with from since until about after before published updated posted modified
    copyright copy link share sharing social read listen watch video photo photos news more home
    menu subscribe sign log your our this that all live travel sports weather business politics
    special coverage breaking monday tuesday wednesday thursday friday saturday sunday february
    july september october november december two three four five six seven eight nine ten
    seit bis nach vor für mit aus über bei alle lesen hören teilen drucken mehr namen artikel
    startseite veröffentlicht aktualisiert stand montag dienstag mittwoch donnerstag freitag
    samstag sonntag januar februar oktober dezember zwei drei vier fünf sechs sieben acht neun
    zehn depuis publié publiée mis mise jour pour avec dans sur lire écouter partager accueil
    février juillet septembre octobre novembre décembre desde publicado publicada actualizado para
    sobre leer escuchar compartir inicio enero febrero septiembre octubre noviembre diciembre
    pubblicato aggiornato leggi ascolta condividi gennaio febbraio luglio settembre ottobre
    novembre dicembre atualizado leia ouça ouvir partilhar compartilhar janeiro fevereiro setembro
    outubro dezembro sinds gepubliceerd bijgewerkt lees lezen luisteren delen januari februari
    oktober od opublikowano czytaj słuchaj udostępnij styczeń luty październik listopad grudzień
    опубликовано обновлено читать слушать поделиться января февраля октября ноября декабря
    yayınlanma güncelleme oku dinle paylaş ocak şubat eylül ekim kasım aralık نشر تحديث شارك اقرأ
    """.split()
)
# Where dumps glue one name to the next, or to what somebody is: "Ines FalkbergTove Brandt".
_GLUED = re.compile(r"\b([^\W\d_][a-zß-ÿ]{4,})(?=[A-ZÀ-Þ][a-zß-ÿ])")


def split(names: str) -> tuple[str, ...]:
    """The names in what a page writes into one field: "Ines Falk und Tove Brandt, dpa"."""
    if _ADDRESS.search(names, 0, _MOST_CHARS):
        return ()
    found = []
    for part in _PARTS.split(_BEFORE.sub("", names[:_MOST_CHARS].strip()))[:_MOST]:
        name = _BEHIND.sub("", part.strip(" .\t\n\u00a0"))
        if name and len(name) <= _NAME_CHARS and not name.isdigit() and name.lower() not in _ROLES:
            found.append(name)
    return tuple(dict.fromkeys(found))


def looks_like_name(text: str) -> bool:
    """Whether a text may be a person's name: a few words, each with a capital."""
    if _NAME.fullmatch(text, 0, _NAME_CHARS) is None:
        return False
    first, *others = text.split()
    if len(others[-1]) == 1 or any(word.lower() in _NO_NAMES for word in (first, *others)):
        return False
    return first[0].isupper() and all(word[0].isupper() or word in _SMALL for word in others)


def parted(names: str) -> str:
    """Names with a comma where a dump glued them together."""
    return _GLUED.sub(r"\1, ", names)


def is_role(name: str) -> bool:
    """Whether what stands as a name says what somebody is, or names the desk."""
    return name.lower() in _ROLES


def is_site(name: str, site: str | None, url: str | None) -> bool:
    """Whether a name is the site's own, by its name or its address."""
    words = tokens(fold(name)[0])
    named = tokens(fold(site or "")[0])
    host = fold(url or "")[0].partition("//")[2].partition("/")[0]
    if not words:
        return False
    return set(words) <= set(named) or (len(name) > 1 and "".join(words) in host.replace(".", ""))


def authors(
    own: Sequence[str], page: Sequence[str], groups: Sequence[str], sure: bool
) -> list[str]:
    """The authors: `own` are the names in the clip's byline, `page` the persons that the page
    names, `groups` its other authors: the site itself, an agency.

    A page knows where a name ends that stands in the byline. Where its data is `sure`, for it
    speaks of the article alone, it also knows which of the bylines on it is that of the story.
    """
    known = page and all(any(name in each for each in own) for name in page)
    if page and (sure or not own or known) and not set(own) > set(page):
        return [*page, *groups]
    return list(own or groups)
