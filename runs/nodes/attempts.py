"""Trying a node again: its policy says how often, on which errors, after which wait."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from maestro.errors import NodeError
from runs.executor import NodeFailed, Parked, Settled, Stop
from runs.journal import Fenced, NodeEntry
from runs.models.choices import NodeStatus
from scores.document import NodeDocument, RetryPolicy

from .errors import OperationBroke, error_json
from .performance import JSON, Performance, may_retry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One node of one iteration, with the input it plays on."""

    node: NodeDocument
    iteration: str
    given: JSON


async def play_attempts(
    performance: Performance,
    step: Step,
    play_once: Callable[[int], Awaitable[Settled]],
    *,
    repeatable: bool,
    **columns: Any,
) -> Settled:
    """Call `play_once(attempt)` until it settles or the policy is spent.

    `repeatable` False: one attempt, whatever the policy says. `columns` go on failed rows.
    """
    last = performance.last_attempt(step.node, step.iteration)
    attempt = first_attempt(last.number, last.status) if last else 1
    while True:
        try:
            return await play_once(attempt)
        except (Stop, Parked, NodeFailed, Fenced):
            raise
        except Exception as broken:
            error = broken if isinstance(broken, NodeError) else _foresee(broken, performance, step)
            columns["attempt"] = attempt
            if not repeatable or not may_retry(step.node.retry, attempt, error.code):
                return performance.fail(step.node, step.iteration, step.given, error, **columns)
            await performance.record(_failed(performance, step, error, columns))
        await asyncio.sleep(wait_seconds(step.node.retry, attempt, error))
        if performance.stopping():
            raise Stop
        attempt += 1


def first_attempt(last: int, status: NodeStatus) -> int:
    """An intent cut in half is the same attempt, played on; anything else was one of its own."""
    return last if status in (NodeStatus.RUNNING, NodeStatus.NEEDS_ATTENTION) else last + 1


def wait_seconds(policy: RetryPolicy, attempt: int, error: NodeError) -> float:
    """Doubling from `backoff_seconds`, with jitter so that neighbours do not ask in step.

    What the far end asked for (`retry_after`, seconds) is a floor, the policy's maximum a roof.
    """
    doubled = policy.backoff_seconds * 2 ** (attempt - 1)
    asked = float(str(error.details.get("retry_after") or 0))
    jittered: float = random.uniform(0.5, 1) * doubled
    return min(policy.max_seconds, max(jittered, asked))


def _foresee(broken: Exception, performance: Performance, step: Step) -> NodeError:
    log.error("%s broke in %s", step.node.key, performance.run.id, exc_info=broken)
    return OperationBroke.by(broken)


def _failed(performance: Performance, step: Step, error: NodeError, columns: JSON) -> NodeEntry:
    return performance.entry(
        step.node,
        step.iteration,
        NodeStatus.FAILED,
        input=step.given,
        error=error_json(error, step.node.key),
        **columns,
    )
