"""The time between two attempts: short waits pass in the loop, long ones park the run."""

import asyncio
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from maestro.errors import NodeError
from runs.executor import Parked, Stop
from runs.models.choices import RETRY_AT
from scores.document import RetryPolicy

from .performance import Performance

IN_LOOP_SECONDS = 5
LONGEST_ASKED_SECONDS = 86_400


async def wait_until(performance: Performance, moment: datetime) -> None:
    """Come back at `moment`. Raises Parked when that is long, Stop when the player stops meanwhile."""
    seconds = (moment - datetime.now(UTC)).total_seconds()
    if seconds > IN_LOOP_SECONDS:
        raise Parked("retry", resume_at=moment)
    await asyncio.sleep(max(0, seconds))
    if performance.stopping():
        raise Stop


def time_of_retry(error: dict[str, Any] | None) -> datetime | None:
    """When a recorded failure said it would be tried again; None when it is final."""
    told = (error or {}).get("details", {}).get(RETRY_AT)
    return datetime.fromisoformat(told) if told else None


def wait_seconds(policy: RetryPolicy, attempt: int, error: NodeError) -> float:
    """Doubling from `backoff_seconds` up to `max_seconds`, with jitter so that neighbours do not
    ask in step. Never sooner than the far end asked for (`retry_after`), up to a day."""
    doubled = min(policy.max_seconds, policy.backoff_seconds * 2 ** (attempt - 1))
    jittered: float = random.uniform(0.5, 1) * doubled
    return max(jittered, _asked_seconds(error))


def next_time(policy: RetryPolicy, attempt: int, error: NodeError) -> datetime:
    """When to try again after `attempt` failed with `error`."""
    return datetime.now(UTC) + timedelta(seconds=wait_seconds(policy, attempt, error))


def _asked_seconds(error: NodeError) -> float:
    """A far end may say anything."""
    try:
        asked = float(str(error.details.get("retry_after") or 0))
    except ValueError:
        return 0
    return 0 if math.isnan(asked) else min(LONGEST_ASKED_SECONDS, asked)
