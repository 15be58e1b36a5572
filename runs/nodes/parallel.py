"""`parallel`: its input goes out by all of its branches at once."""

from runs.executor import ScopeWalk, Settled
from runs.models.choices import NodeStatus
from scores.document import EVERY, NodeDocument

from .performance import JSON, Performance


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Nothing can go wrong here; how the branches come together says the `join` of what follows."""
    await performance.record(
        performance.entry(
            node, iteration, NodeStatus.SUCCEEDED, port=EVERY, input=given, output=given
        )
    )
    return Settled(NodeStatus.SUCCEEDED, EVERY, given)
