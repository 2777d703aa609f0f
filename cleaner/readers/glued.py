"""Lines that a dump ran together: a picture's credit or a field, and the story behind it.

Scrapers drop the breaks between elements, so that a story begins in the middle of a line:
"Mira Toll/Getty Images(LUDVIK) -- The bridge …", "… in Ludvik. (AP Photo/Mira Toll)The bridge …".
"""

from __future__ import annotations

import re

from ..credits import credit_line

# A story's dateline in brackets, as radio stations write it, behind anything but a space.
_DATELINE = re.compile(r"(?<=[^\s(\[/])\((?=[A-ZÀ-Þ]{3}[^()\n]{0,40}\)\s+(?:--?|–|—)\s)")
# A credit in brackets, and at once the first word of a sentence.
_BRACKETS = re.compile(r"\([^()\n]{2,100}\)(?=[\"“'‘«„]?[A-ZÀ-Þ])")
# An agency behind a slash, and at once the first word of a sentence.
_AGENCY = re.compile(
    r"(?<=\S/)(?:Getty Images|Associated Press|Reuters|REUTERS|AFP|AP|EPA|dpa)"
    r"(?=[A-ZÀ-Þ][a-zß-ÿ]{2,}\s)"
)
# A scraper's field in front of the first line: "date 2021-12-03 The bridge …".
_FIELD = re.compile(r"date \d{4}-\d\d(?:-\d\d)?(?= \S)")
# What a caption and its credit take; a dateline that stands further behind is another story's.
_FARTHEST = 600


def story_start(line: str) -> int | None:
    """Where in a line a story begins that was run into the credit or the field before it."""
    if line.startswith("date "):
        field = _FIELD.match(line)
        return field.end() if field is not None else None
    if ")" not in line and "/" not in line:
        return None
    head = line[:_FARTHEST]
    dateline = _DATELINE.search(head)
    if dateline is not None:
        return dateline.start()
    for brackets in _BRACKETS.finditer(head):
        credit = credit_line(brackets[0])
        if credit is not None and credit.strength == "sure":
            return brackets.end()
    agency = _AGENCY.search(head)
    return agency.end() if agency is not None else None
