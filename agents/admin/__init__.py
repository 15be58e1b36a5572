"""Pages of agents, their versions, and what models cost."""

from . import agent, price, version

__all__ = ["agent", "price", "version"]
