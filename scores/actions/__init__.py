"""What can be done with scores, one module per kind of verb."""

from .catalog import ScoreFields, create_score, delete_score, edit_score, uses_of
from .clone import clone_score
from .draft import Draft, drop_draft, keep_draft, read_draft
from .graph import SavedGraph, read_graph, restore_graph, save_graph
from .promote import Promoted, promote_score
from .repoint import OwnAgent, create_agent_for_node, fork_agent, pin_agent
from .swap import Merged, SwapPreview, merge_agents, preview_swap, swap_agent

__all__ = [
    "Draft",
    "Merged",
    "OwnAgent",
    "Promoted",
    "SavedGraph",
    "ScoreFields",
    "SwapPreview",
    "clone_score",
    "create_agent_for_node",
    "create_score",
    "delete_score",
    "drop_draft",
    "edit_score",
    "fork_agent",
    "keep_draft",
    "merge_agents",
    "pin_agent",
    "preview_swap",
    "promote_score",
    "read_draft",
    "read_graph",
    "restore_graph",
    "save_graph",
    "swap_agent",
    "uses_of",
]
