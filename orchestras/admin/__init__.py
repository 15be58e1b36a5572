"""Pages of orchestras; of secrets, which they bind; and of workspaces, whose time zone moves their fires."""

from . import orchestra, secret, workspace

__all__ = ["orchestra", "secret", "workspace"]
