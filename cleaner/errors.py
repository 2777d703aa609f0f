"""The one family of errors that leaves this package."""

from __future__ import annotations


class CleanerError(Exception):
    """Base of every error that cleaner raises; its text is one line that says what to do."""


class InputError(CleanerError):
    """The clip cannot be read: a wrong type, an unreadable file."""


class UnknownKindError(CleanerError):
    """A kind of clip was asked for that no reader reads."""


class PackError(CleanerError):
    """A rule pack is broken: the line names the file, the rule and the key."""


class ModelError(CleanerError):
    """A model file cannot be read, or does not fit this release."""
