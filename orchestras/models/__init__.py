"""Orchestras: scores deployed."""

from .orchestra import Misfire, Orchestra, OrchestraQuerySet, Overlap
from .references import OrchestraAgent, SecretBinding

__all__ = [
    "Misfire",
    "Orchestra",
    "OrchestraAgent",
    "OrchestraQuerySet",
    "Overlap",
    "SecretBinding",
]
