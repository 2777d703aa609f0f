"""Reports for people: what became of every block of a clip, and why."""

from .terminal import explain

__all__ = ["explain"]
