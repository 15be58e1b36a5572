"""What can be done with agents, one module per kind of verb."""

from .catalog import create_agent, delete_agent, save_agent, uses_of
from .copies import AgentCopy, copy_agent, copy_helpers, restore_version

__all__ = [
    "AgentCopy",
    "copy_agent",
    "copy_helpers",
    "create_agent",
    "delete_agent",
    "restore_version",
    "save_agent",
    "uses_of",
]
