"""What answers in place of the world while rehearsing: nothing leaves the building."""

from typing import Any

from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import Outcome
from scores.document import SUCCESS, NodeDocument

JSON = dict[str, Any]


def answer(operation: Operation, node: NodeDocument, given: JSON) -> Outcome | None:
    """The node's own sample, else the operation's; None: it changes nothing and may run."""
    own = own_sample(node)
    if own is not None:
        return own
    harmless = operation.effect is Effect.NONE or operation.inside
    if harmless and operation.kind is not Kind.LLM:
        return None
    return Outcome(operation.sample.port, operation.sample.suited_to(given))


def own_sample(node: NodeDocument) -> Outcome | None:
    """`config.sample` of the node: {"port", "output"}."""
    sample = node.config.get("sample")
    if sample is None:
        return None
    return Outcome(sample.get("port", SUCCESS), sample.get("output", {}))
