"""How each kind of node plays: one module per kind, one table."""

from runs.executor import ScopeWalk, Settled, Settling
from scores.document import NodeDocument

from . import branch, deterministic, gate, llm, map_over, parallel, subscore
from .attempts import Step
from .performance import JSON, Performance
from .pure import play_pure, pure_operation
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

__all__ = ["PLAYERS", "Performance", "begin_node", "play_node"]


async def play_node(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Settle one node. Raises NodeFailed, Parked, Stop or Fenced."""
    settling = begin_node(performance, scope, node, given, iteration)
    return settling if isinstance(settling, Settled) else await settling


def begin_node(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settling:
    """`play_node` as far as it goes without waiting; the rest is awaited in the same task."""
    operation = pure_operation(performance, node, iteration)
    if operation is not None:
        return play_pure(performance, Step(node, iteration, given), operation)
    return _play_with_care(performance, scope, node, given, iteration)


async def _play_with_care(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """From what is recorded, or by playing and recording it."""
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
