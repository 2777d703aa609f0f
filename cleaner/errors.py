"""The one family of errors that leaves this package."""

from __future__ import annotations

from typing import ClassVar


class CleanerError(Exception):
    """Base of every error that cleaner raises; its text is one line that says what to do."""

    def __init__(self, message: str = "") -> None:
        # It may quote what a clip calls itself.
        super().__init__(" ".join(message.split()))


class InputError(CleanerError):
    """The clip cannot be read: a wrong type, an unreadable file."""


class UnknownFormError(InputError):
    """The bytes are in no form that is known: a picture, a PDF, a program."""


class DamagedError(InputError):
    """A saved page or an archive is broken or cut off. `problems` names each part that could
    not be read, a line for each; what could be read was given before this was raised."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(" ".join(problem.split()) for problem in problems)

    def __reduce__(self) -> tuple[type[DamagedError], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class ManyPagesError(InputError):
    """One page was asked for of an archive that holds several."""


class LimitError(InputError):
    """There is more of something than `cleaner.Limits` allows. `limit` is the name of its field,
    `found` how much there is, or how much there was when it was stopped, `allowed` the limit."""

    limit: ClassVar[str]
    _unit: ClassVar[str]
    _option: ClassVar[str] = ""

    def __init__(self, found: float, allowed: float) -> None:
        super().__init__(
            f"at least {found:,.7g} {self._unit}, where {allowed:,.7g} are allowed: give"
            f" cleaner.Limits({self.limit}=...){self._option} to allow more"
        )
        self.found = found
        self.allowed = allowed

    def __reduce__(self) -> tuple[type[LimitError], tuple[float, float]]:
        return type(self), (self.found, self.allowed)


class InputLimitError(LimitError):
    """The clip, or a page of an archive, is too large."""

    limit = "input_bytes"
    _unit = "bytes in one clip"
    _option = ", or --max-mb,"


class UnpackedLimitError(LimitError):
    """A page is too large once it is unpacked."""

    limit = "unpacked_bytes"
    _unit = "bytes in one page once unpacked"


class RatioLimitError(LimitError):
    """A file unpacks to so much more than it is that it is taken for a bomb."""

    limit = "ratio"
    _unit = "times as many bytes unpacked as packed"


class PartsLimitError(LimitError):
    """A page comes in too many parts."""

    limit = "parts"
    _unit = "parts in one page"


class NestingLimitError(LimitError):
    """A page is packed in too many layers."""

    limit = "nesting"
    _unit = "layers around one page"


class BlocksLimitError(LimitError):
    """A clip has too many blocks."""

    limit = "blocks"
    _unit = "blocks in one clip"


class TimeLimitError(LimitError):
    """A clip takes too long."""

    limit = "seconds"
    _unit = "seconds for one clip"
    _option = ", or --seconds,"


class MissingExtraError(CleanerError):
    """The input needs a library that is not installed; the line names the extra."""


class UnknownKindError(CleanerError):
    """A kind of clip was asked for that no reader reads."""


class PackError(CleanerError):
    """A rule pack is broken: the line names the file, the rule and the key."""


class ModelError(CleanerError):
    """A model file cannot be read, or does not fit this release."""
