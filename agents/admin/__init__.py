"""Pages of agents, their versions, what models cost, and what is allowed of skills."""

from . import agent, limit, price, version

__all__ = ["agent", "limit", "price", "version"]
