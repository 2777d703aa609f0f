"""The one family of errors that leaves this package."""

from __future__ import annotations


class CleanerError(Exception):
    """Base of every error that cleaner raises; its text is one line that says what to do."""


class InputError(CleanerError):
    """The clip cannot be read: a wrong type, an unreadable file."""


class UnknownFormError(InputError):
    """The bytes are in no form that is known: a picture, a PDF, a program."""


class DamagedError(InputError):
    """A saved page or an archive is broken or cut off. `problems` names each part that could
    not be read, a line for each; what could be read was given before this was raised."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[DamagedError], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class ManyPagesError(InputError):
    """One page was asked for of an archive that holds several."""


class LimitError(InputError):
    """The input is larger, or packed in more layers, than is read."""


class MissingExtraError(CleanerError):
    """The input needs a library that is not installed; the line names the extra."""


class UnknownKindError(CleanerError):
    """A kind of clip was asked for that no reader reads."""


class PackError(CleanerError):
    """A rule pack is broken: the line names the file, the rule and the key."""


class ModelError(CleanerError):
    """A model file cannot be read, or does not fit this release."""
