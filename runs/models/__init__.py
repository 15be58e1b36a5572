"""Runs, what each node did, and who plays them."""

from .choices import Mode, NodeStatus, RunStatus, Trigger
from .cluster import Cluster, Player
from .event import RunEvent
from .node import RunNode
from .place import SkillPlaces
from .run import Run, RunQuerySet

__all__ = [
    "Cluster",
    "Mode",
    "NodeStatus",
    "Player",
    "Run",
    "RunEvent",
    "RunNode",
    "RunQuerySet",
    "RunStatus",
    "SkillPlaces",
    "Trigger",
]
