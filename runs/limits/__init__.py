"""Limits of skills: how a call gets its place, across all players of all clusters."""

from .admission import claim_by_hand
from .places import Places
from .scopes import LimitsOfWorkspaces

__all__ = ["LimitsOfWorkspaces", "Places", "claim_by_hand"]
