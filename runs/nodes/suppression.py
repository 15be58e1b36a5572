"""What answers in place of the world where a mode forbids a call: a rehearsal lets nothing leave the
building, a plan changes nothing anywhere.

Which calls happen says the operation (`Operation.happens_in`), and the dispatcher holds to it by
itself; here is which sample answers, and what the node's row says of it.
"""

from typing import Any

from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from runs.reuse.plans import PLANNED, SAMPLED
from scores.document import SUCCESS, NodeDocument

from .performance import Performance

JSON = dict[str, Any]


def answer(
    performance: Performance, operation: Operation, node: NodeDocument, given: JSON
) -> Outcome | None:
    """The node's own sample, else the operation's; None: the call is a real one.

    InvalidNodeInput where a plan holds back a call that would have been refused.
    """
    mode = performance.run.mode
    if mode == "live":
        return None
    happens = operation.happens_in(mode)
    own = own_sample(node)
    is_real_in_a_plan = happens and node.key not in performance.behind_writes
    if own is not None and (mode == "rehearsal" or not is_real_in_a_plan):
        return own
    if happens:
        return None
    if mode == "plan":
        operation.prepare(given)
    return operation.sampled(given)


def own_sample(node: NodeDocument) -> Outcome | None:
    """`config.sample` of the node: {"port", "output"}."""
    sample = node.config.get("sample")
    if sample is None:
        return None
    return Outcome(sample.get("port", SUCCESS), sample.get("output", {}))


def note_on(performance: Performance, operation: Operation, node: str) -> JSON | None:
    """What a plan says on the row of a call that was answered by a sample."""
    if performance.run.mode != "plan":
        return None
    if operation.happens_in("plan"):
        message = (
            "Answered by the node's sample: it would read what a planned effect has not written."
        )
        return _note(SAMPLED, message, node)
    message = f"{operation.full_name} did not happen: this is a plan, and a sample answered."
    return _note(PLANNED, message, node)


def _note(code: str, message: str, node: str) -> JSON:
    return {"code": code, "message": message, "node": node, "details": {}}
