"""What the page of a run shows: its nodes as a tree over time, and one of them in detail."""

from .page import RunPage, run_page

__all__ = ["RunPage", "run_page"]
