"""Pages of scores, their graphs and their versions."""

from . import score, version

__all__ = ["score", "version"]
