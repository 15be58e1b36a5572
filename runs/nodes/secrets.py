"""Secrets at the moment of use: looked up afresh for each call, and kept out of all it says."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from traceback import format_exception

from django.db import InterfaceError, OperationalError, close_old_connections

from agents.skills.context import Context
from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from maestro.errors import MaestroError, MissingSecret, NodeError, Unavailable
from orchestras.slots import Filling, fill_slots

from .errors import OperationBroke
from .masking import Mask
from .performance import ClaimedRun, Performance

log = logging.getLogger(__name__)

DATABASE_WAITS = (0.3, 0.6, 1.2, 2.4, 4.8)  # seconds: a restart of the database takes less

Call = Callable[[Context], Awaitable[Outcome]]


class Keyring:
    """The values of some slots for one call, and the mask that keeps them out of what comes of it."""

    def __init__(self, values: Mapping[str, str], missing: Mapping[str, MissingSecret]) -> None:
        self._values, self._missing = values, missing
        self.mask = Mask(values)

    def secret(self, slot: str) -> str:
        """The value, or MissingSecret that names the mend."""
        if slot in self._values:
            return self._values[slot]
        undeclared = MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
        raise self._missing.get(slot, undeclared)

    def conceal(self, slot: str, value: str) -> None:
        """Mask what was had in exchange for a secret, like an access token."""
        self.mask.add(slot, value)


async def open_keyring(performance: Performance, slots: Collection[str], asker: str) -> Keyring:
    """What fills the slots now, for this run; a slot left empty is refused when it is used.

    `asker` is who needs them, in the words of that refusal. Unavailable when the database is away.
    """
    loop = asyncio.get_running_loop()
    for wait in (*DATABASE_WAITS, None):
        try:
            return await loop.run_in_executor(
                performance.pool, _open_in_thread, performance.run, slots, asker
            )
        except (OperationalError, InterfaceError):
            if wait is None or performance.stopping():
                break
            await asyncio.sleep(wait)
    raise Unavailable("The vault cannot be read, because the database does not answer.")


def _open_in_thread(run: ClaimedRun, slots: Collection[str], asker: str) -> Keyring:
    close_old_connections()
    try:
        return _opened(run, slots, asker)
    finally:
        close_old_connections()


def _opened(run: ClaimedRun, slots: Collection[str], asker: str) -> Keyring:
    filled = fill_slots(run.workspace_id, run.orchestra_id, slots)
    values: dict[str, str] = {}
    missing: dict[str, MissingSecret] = {}
    for slot in slots:
        try:
            values[slot] = _value(filled.get(slot), slot, asker)
        except MissingSecret as error:
            missing[slot] = error
    return Keyring(values, missing)


async def call_with_secrets(
    performance: Performance, operation: Operation, context: Context, call: Call
) -> Outcome:
    """`call` with a context that knows the operation's secrets; neither outcome nor error does.

    What the operation raises without having declared it comes out as OperationBroke.
    """
    if not operation.secrets:
        return await call(context)
    keyring = await open_keyring(performance, operation.secrets, operation.skill)
    try:
        outcome = await call(replace(context, secret=keyring.secret, conceal=keyring.conceal))
    except NodeError as error:
        raise silenced(error, keyring.mask) from None
    except Exception as broken:
        told = keyring.mask.apply("".join(format_exception(broken)), cut=True)
        log.error("%s broke in %s\n%s", operation.full_name, context.run_id, told)
        raise OperationBroke.by(broken) from None
    return Outcome(outcome.port, keyring.mask.apply(outcome.output))


def silenced(error: NodeError, mask: Mask) -> NodeError:
    """The error itself, its message and details without secrets."""
    error.message = mask.apply(error.message, cut=True)
    error.details = mask.apply(error.details, cut=True)
    error.args = (error.message,)
    return error


def _value(filling: Filling | None, slot: str, asker: str) -> str:
    if filling is None:
        message = (
            f"{asker} needs a secret for the slot {slot}: set one named {slot} in the vault, or "
            "bind one to this slot in the orchestra."
        )
        raise MissingSecret(message, slot=slot, skill=asker)
    try:
        return filling.value()
    except MaestroError as refusal:
        message = f"{asker} needs the slot {slot}, which cannot be read. {refusal.message}"
        raise MissingSecret(message, slot=slot, skill=asker) from None
