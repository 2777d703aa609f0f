"""Clean web clips: the article's text, its captions, credits, videos and dates apart from it,
and a reason for every block that was taken out."""

from .article import Article, Caption, Dateline, Video
from .clip import Block, Clip, Image, Kind, Link
from .decision import Decision, Evidence
from .engine import Cleaner, clean
from .errors import CleanerError, InputError, PackError, UnknownKindError
from .labels import Action, Label

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Article",
    "Block",
    "Caption",
    "Cleaner",
    "CleanerError",
    "Clip",
    "Dateline",
    "Decision",
    "Evidence",
    "Image",
    "InputError",
    "Kind",
    "Label",
    "Link",
    "PackError",
    "UnknownKindError",
    "Video",
    "clean",
]
