"""All operations of the skill `data`."""

from agents.skills.data import (  # noqa: F401  # importing declares them
    documents,
    fields,
    groups,
    rows,
    tables,
)
from agents.skills.data.manifest import skill

__all__ = ["skill"]
