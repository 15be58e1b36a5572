"""All operations of the skill `data`."""

from agents.skills.data import fields, rows, tables  # noqa: F401  # importing declares them
from agents.skills.data.manifest import skill

__all__ = ["skill"]
