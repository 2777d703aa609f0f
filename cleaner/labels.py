"""The closed set of labels a block can bear, and what becomes of a block that bears one."""

from __future__ import annotations

from enum import Enum


class Action(str, Enum):
    """What happens to a block: it stays in the text, becomes metadata, or goes."""

    KEEP = "keep"
    METADATA = "metadata"
    REMOVE = "remove"


class Label(str, Enum):
    """What a block is. The names are the field's; `action` says what follows from each."""

    # Set below, once the labels are there: it is asked for with every decision.
    action: Action

    # kept as text
    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    DATELINE = "dateline"
    # moved to metadata
    HEADLINE = "headline"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    TIMESTAMP = "timestamp"
    CAPTION = "caption"
    CREDIT = "credit"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    CORRECTION = "correction"
    AUTHOR_BIO = "author_bio"
    SOURCE = "source"
    FRONT_MATTER = "front_matter"
    # removed
    NAVIGATION = "navigation"
    SHARE = "share"
    RELATED = "related"
    NEWSLETTER = "newsletter"
    APP_PROMPT = "app_prompt"
    NOTIFICATION_PROMPT = "notification_prompt"
    PAYWALL = "paywall"
    CONSENT = "consent"
    ADVERTISEMENT = "advertisement"
    COMMENTS = "comments"
    LEGAL = "legal"
    TOOLS = "tools"
    PLACEHOLDER = "placeholder"
    OTHER_CHROME = "other_chrome"

    # Enum's own is written in Python; a label is looked up for every block.
    __hash__ = str.__hash__


# A text has its title nowhere but in its first lines, and keeps it there. A page says its
# headline in its head as well, and extractors and gold texts alike give it apart: `HEADLINE`.
# A dateline's place and agency are recorded, but its paragraph is the story's first
# sentence: the block itself stays.
_KEPT = frozenset(
    {
        Label.TITLE,
        Label.HEADING,
        Label.PARAGRAPH,
        Label.LIST_ITEM,
        Label.QUOTE,
        Label.TABLE,
        Label.CODE,
        Label.DATELINE,
    }
)
_METADATA = frozenset(
    {
        Label.HEADLINE,
        Label.SUBTITLE,
        Label.BYLINE,
        Label.TIMESTAMP,
        Label.CAPTION,
        Label.CREDIT,
        Label.IMAGE,
        Label.VIDEO,
        Label.AUDIO,
        Label.CORRECTION,
        Label.AUTHOR_BIO,
        Label.SOURCE,
        Label.FRONT_MATTER,
    }
)
_ACTIONS = dict.fromkeys(_KEPT, Action.KEEP) | dict.fromkeys(_METADATA, Action.METADATA)
for _label in Label:
    _label.action = _ACTIONS.get(_label, Action.REMOVE)
