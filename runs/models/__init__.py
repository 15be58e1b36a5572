"""Runs, what each node did, and who plays them."""

from .budget import Account, Reservation
from .choices import RETRY_AT, Decision, Mode, NodeStatus, Reuse, RunStatus, Trigger
from .cluster import Cluster, Player
from .effect import EffectDecision
from .event import RunEvent
from .node import RunNode
from .place import SkillPlaces
from .run import Run, RunQuerySet
from .trial import Trial

__all__ = [
    "RETRY_AT",
    "Account",
    "Cluster",
    "Decision",
    "EffectDecision",
    "Mode",
    "NodeStatus",
    "Player",
    "Reservation",
    "Reuse",
    "Run",
    "RunEvent",
    "RunNode",
    "RunQuerySet",
    "RunStatus",
    "SkillPlaces",
    "Trial",
    "Trigger",
]
