"""What a workspace allows of its skills: written here, kept by the players of `runs`."""

from .actions import LIMITS_CHANNEL, drop_limit, save_limit

__all__ = ["LIMITS_CHANNEL", "drop_limit", "save_limit"]
