"""One call of an operation by hand: with the workspace's secrets, in the words of a node, audited."""

import time
from contextlib import aclosing
from dataclasses import dataclass, replace

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from agents.egress import open_way_out
from agents.llm import Models
from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import JSON, Outcome
from agents.skills.slot import Slot
from maestro.errors import Conflict, MaestroError, NodeError
from maestro.workspaces.audit import record
from maestro.workspaces.filling import MODEL_SLOT
from maestro.workspaces.models import Workspace
from runs.by_hand import context_by_hand
from runs.limits import LimitsOfWorkspaces
from runs.models import Trial
from runs.nodes.errors import OperationBroke
from runs.nodes.secrets import Keyring, call_holding, keyring_of

from .asking import model_for_trial
from .booking import Book
from .places import limits_in, place_of_trial
from .price import price_of, prices_of

MAX_SECONDS = 30
MAX_SECONDS_OF_MODEL = 120


@dataclass(frozen=True)
class Tried:
    """How it ended: an outcome or an error, both without secrets; `booked` is what a model cost."""

    outcome: Outcome | None
    error: MaestroError | None
    milliseconds: int
    booked: Trial | None = None


@dataclass(frozen=True)
class _Try:
    """All that a call needs, read before it begins."""

    workspace: Workspace
    operation: Operation
    given: JSON
    keyring: Keyring
    limits: LimitsOfWorkspaces
    book: Book
    model_key: Keyring | None
    prices: JSON

    @property
    def seconds(self) -> float:
        most = MAX_SECONDS_OF_MODEL if self.model_key else MAX_SECONDS
        return min(most, self.operation.timeout_seconds)


def changes_something(operation: Operation) -> bool:
    return operation.effect in (Effect.WRITE, Effect.LOCAL)


def must_be_confirmed(operation: Operation) -> bool:
    """What changes something, and what costs something."""
    return changes_something(operation) or operation.kind is Kind.LLM


def try_operation(
    workspace: Workspace, operation: Operation, given: JSON, *, by: str, confirmed: bool
) -> Tried:
    """Call it, for real. What the operation refuses is the trial's error.

    Conflict for a write, or for one that asks a model, that nobody confirmed (the message says what
    it may cost), and where a limited skill has no place within seconds.
    """
    if must_be_confirmed(operation) and not confirmed:
        raise _ask_first(workspace, operation, given)
    book = Book(workspace, operation.full_name, by)
    began = time.monotonic()
    outcome, error = None, None
    try:
        # A loop of its own, whose calls to the database come back to this thread.
        outcome = async_to_sync(_play, force_new_loop=True)(
            _ready(workspace, operation, given, book)
        )
    except NodeError as refusal:
        error = refusal
    tried = Tried(outcome, error, round((time.monotonic() - began) * 1000), book.trial)
    _note(workspace, operation, tried, by)
    return tried


def _note(workspace: Workspace, operation: Operation, tried: Tried, by: str) -> None:
    error, outcome, booked = tried.error, tried.outcome, tried.booked
    ended = error.code if error else outcome.port if outcome else ""
    details: JSON = {
        "operation": operation.full_name,
        "effect": operation.effect.value,
        "ended": ended,
    }
    if booked is not None:
        details |= {"model": booked.model, "cost_microdollars": booked.cost_microdollars}
    record(workspace, by, "operation.tried", workspace, details)


def _ask_first(workspace: Workspace, operation: Operation, given: JSON) -> Conflict:
    told = {"effect": operation.effect.value}
    if operation.kind is not Kind.LLM:
        message = f"{operation.full_name} changes something; confirm that it is to happen"
        return Conflict(message, **told)
    price = price_of(workspace, operation, given)
    message = f"{operation.full_name} asks {price.model}, {price.in_words}; confirm that it is to"
    return Conflict(message, **told, price=price.as_json())


def _ready(workspace: Workspace, operation: Operation, given: JSON, book: Book) -> _Try:
    keyring = keyring_of(workspace.pk, None, operation.slots_for(given), operation.skill)
    limits = limits_in(workspace)
    if operation.kind is not Kind.LLM:
        return _Try(workspace, operation, given, keyring, limits, book, None, {})
    model_key = keyring_of(workspace.pk, None, [Slot(MODEL_SLOT)], operation.full_name)
    prices = prices_of(workspace.default_model)
    return _Try(workspace, operation, given, keyring, limits, book, model_key, prices)


async def _play(one: _Try) -> Outcome:
    operation = one.operation
    async with place_of_trial(one.workspace, operation, one.limits, one.seconds):
        if operation.effect is Effect.LOCAL or (operation.inside and not operation.is_async):
            return await sync_to_async(_call_here)(one)
        return await _call_outside(one)


def _call_here(one: _Try) -> Outcome:
    """In one transaction, as a node would."""
    context = context_by_hand(one.workspace, open_way_out())
    try:
        with transaction.atomic():
            return one.operation.call_local(one.given, context)
    except NodeError:
        raise
    except Exception as broken:
        raise OperationBroke.by(broken) from broken


async def _call_outside(one: _Try) -> Outcome:
    async with aclosing(open_way_out()) as http, aclosing(Models()) as models:
        context = context_by_hand(one.workspace, http)
        if one.model_key is not None:
            default = one.workspace.default_model
            asking = model_for_trial(models, one.model_key, one.book, default, one.prices)
            context = replace(context, ask_model=asking)

        async def call(context: Context) -> Outcome:
            operation, seconds = one.operation, one.seconds
            return await registry.call(operation, one.given, context, timeout_seconds=seconds)

        return await call_holding(one.keyring, one.operation, context, call)
