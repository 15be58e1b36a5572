"""An intent without a receipt: what became of a write that was begun under a key.

One that acts once per key is repeated under it; one that can be looked up is; a person is asked
about all others, and where a look-up cannot tell.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.skills.context import Context
from agents.skills.guarantee import LookUp
from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from agents.skills.slot import Slot
from maestro.errors import NodeError, TimedOut, Unavailable
from runs.executor import Parked

from .calling import look_up_operation
from .performance import Performance
from .waiting import wait_until

JSON = dict[str, Any]
PASSING = ("unavailable", "rate_limited", "timeout")  # errors of a look-up that may be over soon
LOOKED_FOR_SECONDS = 600
LOOK_AGAIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Intent:
    """A call that was begun; `context` has the key it was begun under."""

    operation: Operation
    given: JSON
    context: Context
    began: datetime
    slots: Collection[Slot] | None = None  # None: those of its skill


class Undecided(Exception):
    """Nobody but a person can say whether it happened."""

    def __init__(self, operation: str, why: str = "") -> None:
        super().__init__(operation)
        self.operation = operation
        self.why = why


class Unanswered(TimedOut):
    """A write that acts once per key gave no answer: asked again, it happens once."""


class NotDone(Unavailable):
    """A write gave no answer, and its look-up says that it has not happened."""


async def settle(performance: Performance, intent: Intent) -> Outcome | None:
    """What the call gave, by its look-up; None: it may be made (again).

    Raises Undecided, or Parked while it is too early to tell.
    """
    operation = intent.operation
    if operation.is_idempotent():
        return None
    if operation.look_up is None:
        raise Undecided(operation.full_name)
    found = await _look(performance, intent)
    if found is None and not _has_settled(operation.look_up, intent):
        await wait_until(performance, _settles_at(operation.look_up, intent))
        found = await _look(performance, intent)
    if found is None and not operation.look_up.denies:
        raise Undecided(operation.full_name, "A look-up did not find it, which proves nothing.")
    return found


async def settle_unanswered(performance: Performance, intent: Intent, error: NodeError) -> Outcome:
    """The same while the call's attempt is still played: what it gave.

    Raises Unanswered or NotDone where the node may be tried again, Undecided, or Parked.
    """
    found = await settle(performance, intent)
    if found is not None:
        return found
    if intent.operation.is_idempotent():
        raise Unanswered(f"{error.message}. Asked again, it happens once", **error.details)
    raise NotDone(f"{error.message}. A look-up says that it has not happened", **error.details)


async def _look(performance: Performance, intent: Intent) -> Outcome | None:
    try:
        return await look_up_operation(
            performance, intent.operation, intent.given, intent.context, slots=intent.slots
        )
    except NodeError as error:
        now = datetime.now(UTC)
        if error.code in PASSING and now < intent.began + timedelta(seconds=LOOKED_FOR_SECONDS):
            raise Parked("retry", now + timedelta(seconds=LOOK_AGAIN_SECONDS)) from None
        why = f"A look-up could not tell: {error.message}"
        raise Undecided(intent.operation.full_name, why) from None


def _settles_at(look_up: LookUp, intent: Intent) -> datetime:
    return intent.began + timedelta(seconds=look_up.settles_seconds)


def _has_settled(look_up: LookUp, intent: Intent) -> bool:
    return _settles_at(look_up, intent) <= datetime.now(UTC)


def asks_a_person(operation: str, node: str, why: str = "") -> JSON:
    """The error of a call that nobody can say the end of."""
    message = (
        f"{operation} may have happened once: it was cut off before its answer was recorded. "
        f"{why} Look there, then say whether it did."
    )
    return _told("cut_in_half", message.replace("  ", " "), node)


def other_arguments(operation: str, node: str) -> JSON:
    """The error of a call that would carry an earlier one's key with other arguments."""
    message = (
        f"{operation} was begun under this key with other arguments, those shown here, and cut off "
        "before its answer was recorded. Look whether it happened, then say so."
    )
    return _told("other_arguments", message, node)


def found_by_look_up(operation: str, node: str) -> JSON:
    """The note on a call whose answer was lost, and found."""
    message = f"{operation} was cut off before its answer was recorded; a look-up found it done."
    return _told("found_by_look_up", message, node)


def not_done(operation: str, node: str) -> JSON:
    """The note on an attempt that, as it turned out, did nothing."""
    message = (
        f"{operation} was cut off before its answer was recorded; a look-up says it was not done."
    )
    return _told("not_done", message, node)


def not_begun(operation: str, node: str) -> JSON:
    """The note on an attempt that was stopped between its intent and its call."""
    return _told("not_begun", f"{operation} was not begun: its run was stopped before.", node)


def _told(code: str, message: str, node: str) -> JSON:
    return {"code": code, "message": message, "node": node, "details": {}}
