"""Pipelines over REST: who is in them, what was done about whom, and who hears of moves."""

from ninja import Router

from . import contacts, hooks, pipelines

__all__ = ["router"]

router = Router(tags=["Pipelines"])
for part in (pipelines, contacts, hooks):
    router.add_router("", part.router)
