"""What can be done with scores, one module per kind of verb."""

from .catalog import ScoreFields, create_score, delete_score, edit_score, uses_of
from .graph import SavedGraph, read_graph, save_graph

__all__ = [
    "SavedGraph",
    "ScoreFields",
    "create_score",
    "delete_score",
    "edit_score",
    "read_graph",
    "save_graph",
    "uses_of",
]
