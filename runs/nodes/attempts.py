"""Trying a node again: its policy says how often, on which errors, after which wait."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from maestro.errors import NodeError
from runs.budgets import BudgetReached
from runs.executor import NodeFailed, Parked, Settled, Stop
from runs.journal import Fenced, NodeEntry
from runs.models.choices import RETRY_AT, NodeStatus
from scores.document import NodeDocument

from .errors import OperationBroke, error_json
from .performance import JSON, Performance, may_retry
from .waiting import next_time, time_of_retry, wait_until

log = logging.getLogger(__name__)


class Step(NamedTuple):
    """One node of one iteration, with the input it plays on."""

    node: NodeDocument
    iteration: str
    given: JSON


async def play_attempts(
    performance: Performance,
    step: Step,
    play_once: Callable[[int], Awaitable[Settled]],
    *,
    repeatable: Callable[[NodeError], bool],
    columns: Callable[[], JSON],
) -> Settled:
    """Call `play_once(attempt)` until it settles or the policy is spent.

    `repeatable(error)` False: no further attempt, whatever the policy says. `columns()`: what a failed attempt's
    row says besides its error, asked when it has failed.
    """
    last = performance.last_attempt(step.node, step.iteration)
    attempt = first_attempt(last.number, last.status) if last else 1
    again = time_of_retry(last.error) if last else None
    while True:
        if again is not None:
            await wait_until(performance, again)
        try:
            return await play_once(attempt)
        except (Stop, Parked, NodeFailed, Fenced):
            raise
        except BudgetReached as reached:
            raise await _paused(
                performance, step, reached, {**columns(), "attempt": attempt}
            ) from None
        except Exception as broken:
            error = broken if isinstance(broken, NodeError) else _foresee(broken, performance, step)
            row = {**columns(), "attempt": attempt}
            error.details.pop(RETRY_AT, None)
            if not repeatable(error) or not may_retry(step.node.retry, attempt, error.code):
                return performance.fail(step.node, step.iteration, step.given, error, **row)
            again = next_time(step.node.retry, attempt, error)
            error.details[RETRY_AT] = again.isoformat()
            await performance.record(_ended(performance, step, NodeStatus.FAILED, error, row))
        attempt += 1


async def _paused(
    performance: Performance, step: Step, reached: BudgetReached, columns: JSON
) -> Parked:
    """This attempt is over; the next one plays when there is money."""
    entry = _ended(performance, step, NodeStatus.CANCELLED, reached, columns)
    journal = performance.journal
    await journal.flush(performance.run.claim, journal.record(entry))
    at = reached.details.get("resume_at")
    return Parked("budget", resume_at=datetime.fromisoformat(str(at)) if at else None)


def first_attempt(last: int, status: NodeStatus) -> int:
    """An intent cut in half is the same attempt, played on; anything else was one of its own."""
    return last if status in (NodeStatus.RUNNING, NodeStatus.NEEDS_ATTENTION) else last + 1


def _foresee(broken: Exception, performance: Performance, step: Step) -> NodeError:
    log.error("%s broke in %s", step.node.key, performance.run.id, exc_info=broken)
    return OperationBroke.by(broken)


def _ended(
    performance: Performance, step: Step, status: NodeStatus, error: NodeError, columns: JSON
) -> NodeEntry:
    return performance.entry(
        step.node,
        step.iteration,
        status,
        input=step.given,
        error=error_json(error, step.node.key),
        **columns,
    )
