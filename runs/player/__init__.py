"""A player: one worker process that plays many runs at once in one loop."""

from .player import play

__all__ = ["play"]
