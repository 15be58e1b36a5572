"""What happened becomes durable here: rows, events and cost in one commit.

Four calls: `intend`, `record`, `record_in(cursor)` and `flush`.
"""

from .entries import Claim, NodeEntry, RunChange, Usage
from .journal import Fenced, Journal, record_in

__all__ = ["Claim", "Fenced", "Journal", "NodeEntry", "RunChange", "Usage", "record_in"]
