"""Pages of pipelines, of their people, and of who hears of moves."""

from . import contacts, hooks, pipelines

__all__ = ["contacts", "hooks", "pipelines"]
