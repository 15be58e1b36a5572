"""The tools of one session: each call a row of its own, writes under a key of their own."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from agents.llm.exchange import ToolAnswer, ToolCall
from agents.skills.context import Context
from agents.skills.operation import Effect, Operation
from agents.skills.outcome import Outcome, check_json
from maestro.errors import (
    InvalidNodeInput,
    InvalidNodeOutput,
    MissingSecret,
    NodeError,
    OutcomeUnknown,
)
from runs.budgets import BudgetReached
from runs.crash import crash_point
from runs.executor import Parked, Stop
from runs.journal import Fenced, NodeEntry
from runs.models.choices import NodeStatus

from ..attempts import Step
from ..calling import call_operation, fingerprint
from ..errors import OperationBroke, error_json
from ..ledger import Intent, Undecided, asks_a_person, not_begun, settle_unanswered
from ..local import LocalCall, play_local
from ..looking_back import Receipt, Receipts
from ..meter import Meter
from ..performance import Performance
from ..suppression import note_on
from .agent import PinnedAgent
from .helping import Help

log = logging.getLogger(__name__)
JSON = dict[str, Any]


class DoneBefore(NodeError):
    """An earlier, unfinished session has done this with other arguments; the model is told."""

    code = "done_before"


@dataclass(frozen=True, slots=True)
class Use:
    """One call: the operation, what it is given, and its row, all but how it ends."""

    operation: Operation
    given: JSON
    context: Context
    row: NodeEntry
    meter: Meter


@dataclass(frozen=True, slots=True)
class Helpers:
    """Agents that may be called, by the name of the tool, and the meter of whoever calls them."""

    agents: Mapping[str, PinnedAgent]
    meter: Meter


class Toolbox:
    """What a session of one attempt may call. `cut`: a write of it was cancelled in flight."""

    def __init__(
        self,
        performance: Performance,
        step: Step,
        attempt: int,
        operations: dict[str, Operation],
        receipts: Receipts,
        helpers: Helpers | None = None,
    ) -> None:
        self.cut = False
        self._performance, self._step, self._attempt = performance, step, attempt
        self._operations, self._receipts = operations, receipts
        self._helpers = helpers or Helpers({}, performance.meter())
        self._one_by_one = asyncio.Lock()  # of two equal writes the second must see the first
        self._numbers = count(1)

    async def call(self, asked: ToolCall) -> ToolAnswer:
        """Do what the model asks for; what goes wrong is told to the model.

        A missing secret is not the model's to mend: MissingSecret fails the node. Raises Undecided,
        Parked, Stop or Fenced as well.
        """
        if asked.name in self._helpers.agents:
            return await self._ask_helper(self._helpers.agents[asked.name], asked)
        use = self._use(self._operations[asked.name], asked.arguments, next(self._numbers))
        try:
            outcome = await self._noted(use, asked.arguments)
        except NodeError as error:
            if isinstance(error, MissingSecret | BudgetReached):
                raise
            return ToolAnswer(_told(error), is_error=True)
        return ToolAnswer(_shown(use.operation, outcome))

    async def _ask_helper(self, agent: PinnedAgent, asked: ToolCall) -> ToolAnswer:
        """Its own tools are calls of this node, too, and it writes nothing twice that this one wrote."""
        performance, step = self._performance, self._step
        above, number = self._helpers.meter, next(self._numbers)
        work = Help(performance, step, agent, number, self._attempt, above)
        below = Helpers(agent.helpers, work.meter)
        tools = Toolbox(performance, step, self._attempt, agent.operations, self._receipts, below)
        tools._one_by_one, tools._numbers = self._one_by_one, self._numbers
        try:
            return ToolAnswer(await work.answer(asked, tools.call))
        except (MissingSecret, BudgetReached):
            raise
        except NodeError as error:
            return ToolAnswer(_told(error), is_error=True)
        finally:
            self.cut |= tools.cut

    async def carry_out(
        self, operation: Operation, given: JSON, number: int, source: int
    ) -> Outcome:
        """A call that was approved in a plan, where `source` is its row; no model hears of it.

        Raises NodeErrors, Undecided, Parked, Stop or Fenced.
        """
        use = self._use(operation, given, number)
        use = replace(use, row=replace(use.row, source_node_id=source))
        return await self._noted(use, given)

    def leave_out(
        self, operation: Operation, given: JSON, number: int, source: int, note: JSON
    ) -> None:
        """A call of a plan that was dropped."""
        use = self._use(operation, given, number)
        row = replace(use.row, source_node_id=source, idempotency_key=None, arguments_sha256=None)
        self._note(replace(use, row=row), NodeStatus.SKIPPED, error=note)

    def _use(self, operation: Operation, arguments: object, number: int) -> Use:
        performance, step = self._performance, self._step
        context = performance.context(step.node, step.iteration)
        given = arguments if isinstance(arguments, dict) and _is_storable(arguments) else {}
        row = performance.entry(
            step.node,
            step.iteration,
            NodeStatus.RUNNING,
            attempt=self._attempt,
            call=number,
            input=given,
            operation=operation.full_name,
            effect=operation.effect.value,
            started_at=datetime.now(UTC),
        )
        writes = operation.effect in (Effect.WRITE, Effect.LOCAL)
        if writes and operation.happens_in(context.mode):
            sha256 = fingerprint(given)
            key = f"{context.idempotency_key}/{operation.full_name}/{sha256}"
            context = replace(context, idempotency_key=key)
            row = replace(row, idempotency_key=key, arguments_sha256=sha256)
        return Use(operation, given, context, row, performance.meter())

    async def _noted(self, use: Use, arguments: object) -> Outcome:
        """What goes wrong stands on the call's row, and is a NodeError."""
        try:
            return await self._do(use, arguments)
        except NodeError as error:
            self._note_failure(use, error)
            raise
        except (Undecided, Parked, Stop, Fenced):
            raise
        except Exception as broken:
            log.error(
                "%s broke in %s", use.operation.full_name, use.context.run_id, exc_info=broken
            )
            told = OperationBroke.by(broken)
            self._note_failure(use, told)
            raise told from broken

    async def _do(self, use: Use, arguments: object) -> Outcome:
        if use.given is not arguments:
            raise InvalidNodeInput(f"{use.operation.full_name} takes one JSON object")
        use.operation.prepare(use.given)
        if not use.operation.happens_in(use.context.mode):
            note = note_on(self._performance, use.operation, use.row.node_key)
            return self._note_success(use, use.operation.sampled(use.given), note)
        if use.row.idempotency_key is None:
            async with self._place(use):
                return self._note_success(use, await self._dispatch(use))
        async with self._one_by_one:
            return await self._once_per_key(use, use.row.idempotency_key)

    async def _once_per_key(self, use: Use, key: str) -> Outcome:
        receipt = self._receipts.claim(key)
        if receipt is not None:
            return self._note_success(use, receipt.outcome, _answered_before(use.row.node_key))
        if use.operation.effect is Effect.WRITE and not use.operation.is_idempotent():
            _refuse_other_words(use.operation, self._receipts)
        async with self._place(use):
            outcome = await (self._local(use) if _is_local(use) else self._write(use))
        self._receipts.by_key[key] = Receipt(use.operation.full_name, use.given, outcome)
        return outcome

    def _place(self, use: Use) -> AbstractAsyncContextManager[None]:
        """In the loop, however long: a session that was parked would begin anew."""
        return self._performance.place(use.operation, may_park=False)

    async def _local(self, use: Use) -> Outcome:
        call = LocalCall(use.operation, use.given, use.context, use.row)
        return await play_local(self._performance, call)

    async def _write(self, use: Use) -> Outcome:
        try:
            return await self._write_durably(use)
        except asyncio.CancelledError:
            self.cut = True
            raise

    async def _write_durably(self, use: Use) -> Outcome:
        """Intent durable, then the effect, then its receipt durable before the model knows."""
        use = replace(use, row=replace(use.row, started_at=datetime.now(UTC)))
        journal, claim = self._performance.journal, self._performance.run.claim
        await journal.flush(claim, journal.intend(use.row))
        if not self._performance.holds() or journal.is_cancelled(claim):
            note = not_begun(use.operation.full_name, use.row.node_key)
            self._note(use, NodeStatus.CANCELLED, error=note)
            raise Stop
        crash_point("tool.intended")
        try:
            outcome = await self._dispatch(use)
        except OutcomeUnknown as unknown:
            outcome = await self._settle(use, unknown)
        crash_point("tool.done")
        self._note_success(use, outcome)
        await journal.flush(claim)
        return outcome

    async def _settle(self, use: Use, unknown: OutcomeUnknown) -> Outcome:
        began = use.row.started_at or datetime.now(UTC)
        intent = Intent(use.operation, use.given, use.context, began)
        try:
            return await settle_unanswered(self._performance, intent, unknown)
        except Undecided as undecided:
            error = asks_a_person(use.operation.full_name, use.row.node_key, undecided.why)
            self._note(use, NodeStatus.NEEDS_ATTENTION, error=error)
            raise

    async def _dispatch(self, use: Use) -> Outcome:
        return await call_operation(
            self._performance, use.operation, use.given, use.context, use.meter
        )

    def _note_success(self, use: Use, outcome: Outcome, note: JSON | None = None) -> Outcome:
        self._note(use, NodeStatus.SUCCEEDED, port=outcome.port, output=outcome.output, error=note)
        return outcome

    def _note_failure(self, use: Use, error: NodeError) -> None:
        self._note(use, NodeStatus.FAILED, error=error_json(error, use.row.node_key))

    def _note(self, use: Use, status: NodeStatus, **columns: Any) -> None:
        columns |= {"finished_at": datetime.now(UTC), **use.meter.columns()}
        self._performance.journal.record(replace(use.row, status=status, **columns))


def _is_local(use: Use) -> bool:
    return use.operation.effect is Effect.LOCAL


def _is_storable(arguments: JSON) -> bool:
    try:
        check_json(arguments)
    except InvalidNodeOutput:
        return False
    return True


def _refuse_other_words(operation: Operation, receipts: Receipts) -> None:
    """A model that begins anew may word a mail anew; sent once, it must not be sent again."""
    done = receipts.left_open(operation.full_name)
    if done is not None:
        message = (
            f"{operation.full_name} was already called for this input, before the work was cut off "
            "and begun again, with the arguments in `done`. Call it with exactly those arguments: it "
            "is not done again, and you get its answer. After that you may call it with others."
        )
        raise DoneBefore(message, done=done.arguments)


def _answered_before(node: str) -> JSON:
    message = "Not done again: answered with what the same call gave before."
    return {"code": "answered_from_receipt", "message": message, "node": node, "details": {}}


def _shown(operation: Operation, outcome: Outcome) -> JSON:
    """The output; with its port, where the operation has several."""
    if len(operation.ports) == 1:
        return outcome.output
    return {"port": outcome.port, "output": outcome.output}


def _told(error: NodeError) -> JSON:
    return {"error": error.as_json()}
