"""How each kind of node plays: one module per kind, one table."""

from runs.executor import ScopeWalk, Settled
from scores.document import NodeDocument

from . import branch, deterministic, gate, llm, map_over, parallel, subscore
from .performance import JSON, Performance
from .taking_over import take_over

PLAYERS = {
    ("deterministic", ""): deterministic.play,
    ("llm", ""): llm.play,
    ("control", "map_over"): map_over.play,
    ("control", "branch"): branch.play,
    ("control", "gate"): gate.play,
    ("control", "parallel"): parallel.play,
    ("control", "subscore"): subscore.play,
}

__all__ = ["PLAYERS", "Performance", "play_node"]


async def play_node(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Settle one node: from what is recorded, or by playing and recording it.

    Raises NodeFailed, Parked, Stop or Fenced.
    """
    known = performance.settled_before(node, iteration)
    if known is not None:
        return known
    refusal = performance.refuse_input(node, given)
    if refusal is not None:
        return performance.fail(node, iteration, given, refusal)
    taken = await take_over(performance, node, given, iteration)
    if taken is not None:
        return taken
    play = PLAYERS[node.kind, node.subkind]
    return await play(performance, scope, node, given, iteration)
