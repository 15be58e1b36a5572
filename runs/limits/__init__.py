"""Limits of skills: how a call gets its place, across all players of all clusters."""

from .places import Places
from .scopes import LimitsOfWorkspaces

__all__ = ["LimitsOfWorkspaces", "Places"]
