"""The rule engine: packs of TOML in, evidence for blocks out."""

from .loader import Pack, load_packs
from .matcher import RuleSet
from .schema import Rule
from .spoken import Hit

__all__ = ["Hit", "Pack", "Rule", "RuleSet", "load_packs"]
