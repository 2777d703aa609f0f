"""What a page says of its pictures and recordings outside of its text: in JSON-LD, and in
attributes that a gallery's script reads."""

from .attributes import attribute_pictures
from .json_ld import json_ld_pictures, json_ld_recordings
from .kinds import SaidPicture, SaidRecording

__all__ = [
    "SaidPicture",
    "SaidRecording",
    "attribute_pictures",
    "json_ld_pictures",
    "json_ld_recordings",
]
