"""Many documents: found, cleaned by processes, written out, none lost and none twice."""

from .runner import Summary, run
from .settings import Settings

__all__ = ["Settings", "Summary", "run"]
