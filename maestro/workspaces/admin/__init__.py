"""Pages of who may come in, people and programs, of what was told, and of who did what."""

from . import keys, people, told

__all__ = ["keys", "people", "told"]
