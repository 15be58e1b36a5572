"""The agent catalog and what a model costs."""

from .agent import Agent, AgentQuerySet, AgentVersion
from .pricing import ModelPrice

__all__ = ["Agent", "AgentQuerySet", "AgentVersion", "ModelPrice"]
