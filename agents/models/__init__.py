"""The agent catalog and what a model costs."""

from .agent import Agent, AgentVersion
from .pricing import ModelPrice

__all__ = ["Agent", "AgentVersion", "ModelPrice"]
