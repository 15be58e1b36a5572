"""Calling an operation outside our own tables, and what tells one such call from another."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Kind, Operation
from agents.skills.outcome import Outcome, canonical
from agents.skills.slot import Slot

from .asking import model_for_operations
from .meter import Meter
from .outage import ask_until_answered
from .performance import Performance
from .secrets import call_with_secrets

JSON = dict[str, Any]
NOT_FOUND = Outcome("", {})  # no answer has an empty port


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


async def look_up_operation(
    performance: Performance,
    operation: Operation,
    given: JSON,
    context: Context,
    *,
    slots: Collection[Slot] | None = None,
) -> Outcome | None:
    """What an earlier call gave, by the operation's own look-up; None: it finds none."""

    async def call(context: Context) -> Outcome:
        found = await registry.look_up(operation, given, context, pool=performance.pool)
        return NOT_FOUND if found is None else found

    asked = operation.secrets if slots is None else slots
    found = await call_with_secrets(performance, operation, asked, context, call)
    return None if found == NOT_FOUND else found


def fingerprint(given: JSON) -> str:
    """The hash of a call's arguments."""
    return hashlib.sha256(canonical(given).encode()).hexdigest()
