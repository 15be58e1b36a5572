"""Scores: directed graphs of typed nodes, versioned at each save."""

from .edge import Edge
from .node import Kind, Node, OnError, Subkind
from .score import Score, ScoreVersion

__all__ = ["Edge", "Kind", "Node", "OnError", "Score", "ScoreVersion", "Subkind"]
