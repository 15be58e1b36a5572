"""Which ports of a node are never taken, whatever it is given."""

import re

from agents.conditions import compile_condition
from maestro.errors import NodeError
from scores.configs import BranchConfig, GateConfig, config_of
from scores.document import ON_ERROR, NodeDocument

from .issue import Words, words

READS_INPUT = re.compile(r"\binput\b")


def never_taken(node: NodeDocument) -> dict[str, Words]:
    """By port, why it is not, and what to do about it."""
    config = config_of(node)
    if isinstance(config, GateConfig) and config.expires_after_seconds is None:
        setting = "config.expires_after_seconds"
        return {
            "expired": words("{node} waits for ever; set {setting}", node=node.key, setting=setting)
        }
    if node.subkind == "parallel" and node.input_schema is None:
        return {ON_ERROR: Words(f"nothing can go wrong at {node.key}; take the edge out")}
    shadowed = _shadowed(node, config) if isinstance(config, BranchConfig) else {}
    return {port: words("{why}", why=why) for port, why in shadowed.items()}


def _shadowed(node: NodeDocument, config: BranchConfig) -> dict[str, str]:
    """Ports of a branch whose conditions never hold, or only when an earlier one does."""
    able: set[str] = set()
    shadowed: dict[str, str] = {}
    asked: set[str] = set()
    for case in config.conditions:
        always = _constant(case.when)
        if always is False or case.when in asked:
            told = "never holds" if always is False else "stands before, for another port"
            shadowed[case.port] = f"its condition {case.when} {told}; change it"
            continue
        asked.add(case.when)
        able.add(case.port)
        if always:
            rest = [*(c.port for c in config.conditions), config.else_port]
            said = f"the condition {case.when} of {node.key}.{case.port} always holds; change it"
            return {**shadowed, **dict.fromkeys(set(rest) - able, said)}
    return {port: why for port, why in shadowed.items() if port not in able | {config.else_port}}


def _constant(condition: str) -> bool | None:
    """What it says of any input; None: that depends."""
    if READS_INPUT.search(condition):
        return None
    try:
        return compile_condition(condition).holds({}).holds
    except NodeError:
        return None
