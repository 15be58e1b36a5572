"""Pages of who may come in, people and programs, of secrets, of what was told, and of who did what."""

from . import keys, people, secret, told

__all__ = ["keys", "people", "secret", "told"]
