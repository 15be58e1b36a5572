"""Pages of who may come in, of secrets, of what was told, and of who did what."""

from . import people, secret, told

__all__ = ["people", "secret", "told"]
