"""What every worker needs sooner or later. The process that workers are forked from imports it
once, so that none of them, and none that takes another's place, has to wait for it."""

import dateparser
import numpy as np
import trafilatura

from . import work

__all__ = ["dateparser", "np", "trafilatura", "work"]
