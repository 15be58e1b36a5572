"""`branch`: the first condition that holds picks the port; the input passes through."""

from functools import lru_cache

from agents.conditions import Condition, compile_condition
from maestro.errors import NodeError
from runs.executor import ScopeWalk, Settled
from runs.models.choices import NodeStatus
from scores.configs import BranchConfig
from scores.document import NodeDocument

from .performance import JSON, Performance


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Conditions that lacked a field count as false; the row says which."""
    config = BranchConfig.model_validate(node.config)
    try:
        port, missing = choose(config, given)
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    await performance.record(
        performance.entry(
            node,
            iteration,
            NodeStatus.SUCCEEDED,
            port=port,
            input=given,
            output=given,
            error=_lacking(missing, node.key),
        )
    )
    return Settled(NodeStatus.SUCCEEDED, port, given)


def choose(config: BranchConfig, given: JSON) -> tuple[str, JSON]:
    """The port, and by port the field that its condition lacked. Raises NodeErrors."""
    missing: JSON = {}
    for condition in config.conditions:
        verdict = _compiled(condition.when).holds(given)
        if verdict.missing:
            missing[condition.port] = verdict.missing
        if verdict.holds:
            return condition.port, missing
    return config.else_port, missing


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Condition:
    return compile_condition(text)


def _lacking(missing: JSON, node: str) -> JSON | None:
    if not missing:
        return None
    named = ", ".join(f"{field} (for {port})" for port, field in missing.items())
    return {
        "code": "missing_field",
        "message": f"Counted as false, because the input lacks {named}.",
        "node": node,
        "details": {"missing": missing},
    }
