"""The agent catalog, what a model costs, and what is allowed of a skill."""

from .agent import Agent, AgentQuerySet, AgentVersion
from .limit import SkillLimit
from .pricing import ModelPrice

__all__ = ["Agent", "AgentQuerySet", "AgentVersion", "ModelPrice", "SkillLimit"]
