"""One call of an operation by hand: with the workspace's secrets, in the words of a node, audited."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from django.db import transaction

from agents.egress import open_way_out
from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import JSON, Outcome
from maestro.errors import Conflict, MaestroError, NodeError
from maestro.workspaces.audit import record
from maestro.workspaces.models import Workspace
from runs.by_hand import context_by_hand
from runs.nodes.errors import OperationBroke
from runs.nodes.secrets import Keyring, call_holding, keyring_of

MAX_SECONDS = 30


@dataclass(frozen=True)
class Trial:
    """How it ended: an outcome or an error, both without secrets."""

    outcome: Outcome | None
    error: MaestroError | None
    milliseconds: int


def changes_something(operation: Operation) -> bool:
    return operation.effect in (Effect.WRITE, Effect.LOCAL)


def try_operation(
    workspace: Workspace, operation: Operation, given: JSON, *, by: str, confirmed: bool
) -> Trial:
    """Call it, for real. What the operation refuses is the trial's error.

    Conflict for a write that nobody confirmed, and for one that asks a model, whose cost only a
    run can account for.
    """
    if operation.kind is Kind.LLM:
        raise Conflict(
            f"{operation.full_name} asks a model, and what that costs is kept with a run: play it "
            "in a score."
        )
    if changes_something(operation) and not confirmed:
        message = f"{operation.full_name} changes something; confirm that it is to happen"
        raise Conflict(message, effect=operation.effect.value)
    began = time.monotonic()
    try:
        trial = Trial(_call(workspace, operation, given), None, 0)
    except NodeError as error:
        trial = Trial(None, error, 0)
    taken = round((time.monotonic() - began) * 1000)
    ended = trial.error.code if trial.error else trial.outcome.port if trial.outcome else ""
    details = {"operation": operation.full_name, "effect": operation.effect.value, "ended": ended}
    record(workspace, by, "operation.tried", workspace, details)
    return Trial(trial.outcome, trial.error, taken)


def _call(workspace: Workspace, operation: Operation, given: JSON) -> Outcome:
    slots = operation.slots_for(given)
    keyring = keyring_of(workspace.pk, None, slots, operation.skill)
    if operation.effect is Effect.LOCAL or (operation.inside and not operation.is_async):
        return _call_here(workspace, operation, given)
    return asyncio.run(_call_outside(workspace, operation, given, keyring))


def _call_here(workspace: Workspace, operation: Operation, given: JSON) -> Outcome:
    """In one transaction, as a node would."""
    try:
        with transaction.atomic():
            return operation.call_local(given, context_by_hand(workspace, open_way_out()))
    except NodeError:
        raise
    except Exception as broken:
        raise OperationBroke.by(broken) from broken


async def _call_outside(
    workspace: Workspace, operation: Operation, given: JSON, keyring: Keyring
) -> Outcome:
    async with aclosing(open_way_out()) as http:

        async def call(context: Context) -> Outcome:
            seconds = min(MAX_SECONDS, operation.timeout_seconds)
            return await registry.call(operation, given, context, timeout_seconds=seconds)

        return await call_holding(keyring, operation, context_by_hand(workspace, http), call)
