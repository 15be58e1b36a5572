"""Orchestras: scores deployed."""

from .orchestra import Misfire, Orchestra, OrchestraQuerySet, OrchestraStatus, Overlap
from .references import OrchestraAgent, SecretBinding

__all__ = [
    "Misfire",
    "Orchestra",
    "OrchestraAgent",
    "OrchestraQuerySet",
    "OrchestraStatus",
    "Overlap",
    "SecretBinding",
]
