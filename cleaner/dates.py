"""Dates as clips write them, to ISO 8601."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time

_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?"
    r"\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.I,
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}|\d{1,2}\s*(?:[ap]\.?m\b|uhr|h\b)", re.I)
_EDGES = " \t\n\u00a0\u3000|/-–—,;:.()[]（）【】=＝：，、،"
# A longer text is no date; dateparser would look through all of it.
_LONGEST = 120
# 2026年11月24日 18時05分, 2026-11-24 18:05:00, 2025/1/21(火) 20:50: the year comes first, and the
# day and the month need not have two digits.
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s?[年년/.-]\s?(?P<month>\d{1,2})\s?[月월/.-]\s?(?P<day>\d{1,2})"
    r"(?:[日일]|(?!\d))(?:\s?\(?(?:星期|週|周)?[日月火水木金土一二三四五六]曜?日?\))?"
    r"(?:[\s,.T-]*(?P<half>午前|午後|上午|下午|凌晨|早上|中午|晚上|오전|오후|[ap]m)?\s?"
    r"(?P<hour>\d{1,2})[:时時點点시]\s?(?P<minute>\d{1,2})?[分분]?(?::?(?P<second>\d{2})秒?)?"
    r"\s?(?P<late>[ap]m)?(?:\s?(?P<zone>JST|KST|GMT|UTC)\b)?)?",
    re.I,
)
_AFTER_NOON = frozenset({"午後", "下午", "晚上", "오후", "pm", "مساء", "م"})
_BEFORE_NOON = frozenset({"午前", "上午", "凌晨", "早上", "오전", "am", "صباحا", "ص"})
_NOON = 12
_ZONES = {"JST": "+09:00", "KST": "+09:00", "GMT": "+00:00", "UTC": "+00:00"}
# Israel's and Ireland's for dateparser; in the stamps of clips it is India's.
_INDIA = re.compile(r"\bIST\b")
# North America's zones, in summer and in winter.
_ZONE_NAMES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_ALL_YEAR = re.compile(r"\b[ECMP]T\b")
# The years of Reiwa, Heisei and Shōwa (Japan) and of the Republic (Taiwan) begin after these.
_ERA = re.compile(r"(?P<era>令和|平成|昭和|民國)\s?(?P<year>\d{1,3}|元)年")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911}
# The months' Arabic names, of Egypt and the Gulf, of the Levant and Iraq, of the Maghreb.
_ARABIC_MONTHS = (
    ("يناير", "كانون الثاني", "جانفي"),
    ("فبراير", "شباط", "فيفري"),
    ("مارس", "اذار"),
    ("ابريل", "نيسان", "افريل"),
    ("مايو", "ايار", "ماي"),
    ("يونيو", "حزيران", "جوان", "يونيه"),
    ("يوليو", "تموز", "جويلية", "يوليوز", "يوليه"),
    ("اغسطس", "اب", "اوت", "غشت"),
    ("سبتمبر", "ايلول", "شتنبر"),
    ("اكتوبر", "تشرين الاول"),
    ("نوفمبر", "تشرين الثاني", "نونبر"),
    ("ديسمبر", "كانون الاول", "دجنبر"),
)
_ARABIC_MONTH = {name: n for n, names in enumerate(_ARABIC_MONTHS, 1) for name in names}
_ARABIC_DATE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s?(?:من\s)?(?P<month>"
    + "|".join(sorted(_ARABIC_MONTH, key=len, reverse=True))
    + r")(?![\u0621-\u064a])[^\d:]{0,20}?(?P<year>\d{4})(?!\d)"
    r"(?:[^\d:]{0,20}(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?"
    r"\s?(?P<late>مساء|م\b|صباحا|ص\b|pm|am)?)?",
    re.I,
)
_ARABIC_SPELLING = str.maketrans(
    "أإآٱ", "اااا", "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/\d{2,4}\b")
# With full stops the day comes first; "03.04" in it is no time of day.
_DOTTED = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}\b")
_MONTHS = 12
_EUROPEAN = re.compile(r"\b(?:GMT|BST|CES?T|WES?T|EES?T|UTC|Uhr|\d{1,2}h\d\d)\b", re.I)
# "10h15", "às 10:15", "25.abr.2019": what dateparser does not read, and what it does.
_SPELLINGS = (
    (re.compile(r"(\d{1,2})\s?[hu]\s?(\d\d)\b", re.I), r"\1:\2"),
    (re.compile(r"\b(?:às|as|à|ore|alle ore|alle|om) (?=\d)", re.I), ""),
    (re.compile(r"\b(\d{1,2})\.([^\W\d_]{3})\.(\d{4})\b"), r"\1 \2 \3"),
)
# Languages in which every country writes the day before the month.
_DAY_FIRST = frozenset({"cs", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "uk"})
_AMERICAN = re.compile(r"\b(?:[ECMP][SD]?T|[ap]\.?m)\b", re.I)
# Left to itself dateparser tries 200 locales on every text, a fifth of a second at first.
_USUAL = ["en", "de", "fr", "es", "it", "pt", "nl"]


def iso_date(text: str, language: str | None = None) -> str | None:
    """The date in `text`, with time and zone as far as it gives them; None where it names no
    day: "3 hours ago", "in May". `language` is the code of the language that it is in, where
    that is known; the usual ones are tried as well."""
    text = text.strip(_EDGES)
    found = _ISO.fullmatch(text)
    if found is not None:
        return _normal(found)
    if not 0 < len(text) <= _LONGEST:
        return None
    return _of_asia(unicodedata.normalize("NFKC", text)) or _parsed(text, language)


def _of_asia(text: str) -> str | None:
    """A date whose year comes first, or of an era, or with an Arabic month; None for others."""
    text = _ERA.sub(_western_year, text)
    found = _YEAR_FIRST.search(text)
    if found is not None:
        return _composed(found, int(found["month"]), (found["half"] or found["late"] or "").lower())
    if "\u0621" <= max(text) <= "\u06ff":
        found = _ARABIC_DATE.search(text.translate(_ARABIC_SPELLING))
        if found is not None:
            return _composed(found, _ARABIC_MONTH[found["month"]], found["late"] or "")
    return None


def _western_year(found: re.Match[str]) -> str:
    year = 1 if found["year"] == "元" else int(found["year"])
    return f"{_ERAS[found['era']] + year}年"


def _composed(found: re.Match[str], month: int, half: str) -> str | None:
    """The date of a match with a year, a day and perhaps an hour; None where there is no such
    day or hour."""
    try:
        day = date(int(found["year"]), month, int(found["day"])).isoformat()
        if found["hour"] is None:
            return day
        hour = int(found["hour"])
        if half in _AFTER_NOON and hour < _NOON:
            hour += _NOON
        elif half in _BEFORE_NOON and hour == _NOON:
            hour = 0
        clock = time(hour, int(found["minute"] or 0))
    except ValueError:
        return None
    zone = _ZONES.get((found.groupdict().get("zone") or "").upper(), "")
    return f"{day}T{clock.isoformat(timespec='minutes')}{zone}"


def _normal(found: re.Match[str]) -> str | None:
    """An ISO date as written, the zone in full; None for a day or an hour that is none."""
    clock, zone = found["time"], (found["zone"] or "").upper()
    try:
        date.fromisoformat(found["day"])
        time.fromisoformat(clock or "00:00")
    except ValueError:
        return None
    if not clock:
        return found["day"]
    if zone == "Z":
        zone = "+00:00"
    elif zone:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return f"{found['day']}T{clock}{zone}"


def _parsed(text: str, language: str | None) -> str | None:
    import dateparser  # slow to import, and wanted only when a date is read

    order = _day_or_month_first(text)
    if order is None and language in _DAY_FIRST:
        order = {"DATE_ORDER": "DMY"}
    if order is None:
        return None
    text = _INDIA.sub("+0530", text)
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    settings = {**order, "PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    own = [language] if language and language not in _USUAL else []
    try:
        try:
            parsed = dateparser.parse(text, languages=[*own, *_USUAL], settings=settings)
        except ValueError:  # a language that it does not know
            parsed = dateparser.parse(text, languages=_USUAL, settings=settings)
    except Exception:  # noqa: BLE001  # whatever a library trips over in a clip, it reads no date
        return None
    if parsed is None:
        return None
    if not _CLOCK.search(_DOTTED.sub(" ", text)):
        return parsed.date().isoformat()
    return _summer_or_winter(parsed, text).isoformat(timespec="minutes")


def _summer_or_winter(moment: datetime, text: str) -> datetime:
    """A moment with the offset that its zone had that day, where its name does not say whether
    it is summer there: "ET", for dateparser Eastern Standard Time all year round."""
    found = _ALL_YEAR.search(text)
    if found is None:
        return moment
    import pytz  # dateparser's own

    zone = pytz.timezone(_ZONE_NAMES[found[0]])
    return zone.localize(moment.replace(tzinfo=None))


def _day_or_month_first(text: str) -> dict[str, str] | None:
    """How "06/01/2026" is to be read: day first where a European clock stands beside it, and
    "06.01.2026" always. Where nothing says which, None: a guess would be wrong half of the time."""
    if _DOTTED.search(text) and not _AMERICAN.search(text):
        return {"DATE_ORDER": "DMY"}
    found = _SLASHED.search(text)
    if found is None or int(found[1]) > _MONTHS or int(found[2]) > _MONTHS or found[1] == found[2]:
        return {}
    if _EUROPEAN.search(text):
        return {"DATE_ORDER": "DMY"}
    return {"DATE_ORDER": "MDY"} if _AMERICAN.search(text) else None


def has_time(moment: str | None) -> bool:
    """Whether an ISO date has a time of day."""
    return moment is not None and "T" in moment


def best(moments: Iterable[str | None]) -> str | None:
    """Of the same event's dates, the most trusted first: the first one that has a time, else
    the first one. Asks for no more of them than it needs."""
    first = None
    for moment in moments:
        if has_time(moment):
            return moment
        first = first or moment
    return first
