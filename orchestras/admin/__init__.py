"""Pages of orchestras, and of workspaces, whose time zone moves the orchestras' fires."""

from . import orchestra, workspace

__all__ = ["orchestra", "workspace"]
