"""Calling an operation outside our own tables, and what tells one such call from another."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Kind, Operation
from agents.skills.outcome import Outcome
from agents.skills.slot import Slot

from .asking import model_for_operations
from .meter import Meter
from .outage import ask_until_answered
from .performance import Performance
from .secrets import call_with_secrets

JSON = dict[str, Any]


async def call_operation(
    performance: Performance,
    operation: Operation,
    given: JSON,
    context: Context,
    meter: Meter,
    *,
    slots: Collection[Slot] | None = None,
    timeout_seconds: float | None = None,
) -> Outcome:
    """With the secrets in `slots` (None: its skill's), in the player's pool if it is a `def`, and
    with a model if it is one of those that ask one. Raises the operation's errors."""

    async def call(context: Context) -> Outcome:
        async def once() -> Outcome:
            return await registry.call(
                operation, given, context, pool=performance.pool, timeout_seconds=timeout_seconds
            )

        if operation.inside:
            return await ask_until_answered(performance, operation, once)
        return await once()

    if operation.kind is Kind.LLM:
        asking = model_for_operations(performance, meter, operation.full_name)
        context = replace(context, ask_model=asking)
    asked = operation.secrets if slots is None else slots
    return await call_with_secrets(performance, operation, asked, context, call)


def fingerprint(given: JSON) -> str:
    """The hash of a call's arguments."""
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def cut_in_half(operation: str, node: str) -> JSON:
    """The error of a call that nobody can say the end of."""
    return {
        "code": "cut_in_half",
        "message": f"{operation} may have happened once: it was cut off before its answer was "
        "recorded. Look there, then say whether it did.",
        "node": node,
        "details": {},
    }
