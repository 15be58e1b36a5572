"""An LLM node: an agent at work on the node's input; rehearsed, it is answered without a model; in an
audition it works on what another run recorded."""

from runs.executor import ScopeWalk, Settled
from scores.document import NodeDocument

from ..performance import JSON, Performance
from .applied import has_to_be_approved, play_applied
from .auditioned import play_auditioned
from .live import play_live
from .rehearsed import play_rehearsed


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Raises NodeFailed, Parked, Stop or Fenced, as every node."""
    if performance.run.mode == "rehearsal":
        return await play_rehearsed(performance, node, given, iteration)
    if performance.run.is_audition:
        return await play_auditioned(performance, node, given, iteration)
    if has_to_be_approved(performance, node):
        return await play_applied(performance, node, given, iteration)
    return await play_live(performance, node, given, iteration)
