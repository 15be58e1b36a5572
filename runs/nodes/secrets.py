"""Secrets at the moment of use: looked up afresh for each call, and kept out of all it says."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from traceback import format_exception

from django.conf import settings
from django.db import InterfaceError, OperationalError

from agents.custody import Custody, Origin
from agents.masking import Mask
from agents.skills.context import Context
from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from agents.skills.slot import Slot
from maestro.errors import MaestroError, MissingSecret, NodeError, Unavailable
from maestro.workspaces.filling import MODEL_SLOT, Filling
from orchestras.slots import fill_slots

from .errors import OperationBroke
from .performance import Performance

log = logging.getLogger(__name__)

DATABASE_WAITS = (0.3, 0.6, 1.2, 2.4, 4.8)  # seconds: a restart of the database takes less

Call = Callable[[Context], Awaitable[Outcome]]
Asked = tuple[str, str | None, tuple[Slot, ...], str]  # as `keyring_of` is told it


class Keyring:
    """The values of some slots for one call, and the custody that says where they may go."""

    def __init__(
        self,
        values: Mapping[str, str],
        missing: Mapping[str, MissingSecret],
        homes: Mapping[str, Iterable[Origin]],
        provider: str = "",
    ) -> None:
        self._values, self._missing, self._homes = values, missing, homes
        self.custody = Custody(values, homes)
        self._provider = provider

    @property
    def mask(self) -> Mask:
        return self.custody.mask

    def secret(self, slot: str) -> str:
        """The value, or MissingSecret that names the mend."""
        if slot in self._values:
            return self._values[slot]
        undeclared = MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
        raise self._missing.get(slot, undeclared)

    def copy(self) -> "Keyring":
        """For another call: what one conceals, or adds to an error, is not the other's."""
        missing = {
            slot: MissingSecret(error.message, **error.details)
            for slot, error in self._missing.items()
        }
        return Keyring(self._values, missing, self._homes, self._provider)

    def provider(self) -> str:
        """Where the model is asked, empty for the deployer's server; EgressRefused where the vault
        keeps the key from there."""
        if self._provider:
            key = self.secret(MODEL_SLOT)
            self.custody.check(Origin.of(self._provider), key.encode())
        return self._provider

    def lent_to(self, context: Context) -> Context:
        """The context with these secrets, and a way out that takes each to its own hosts only."""
        return replace(
            context,
            secret=self.secret,
            conceal=self.custody.conceal,
            http=context.http.holding(self.custody),
        )


async def open_keyring(performance: Performance, slots: Collection[Slot], asker: str) -> Keyring:
    """What fills the slots now, for this run; a slot left empty is refused when it is used.

    `asker` is who needs them, in the words of that refusal. Unavailable when the database is away.
    """
    run = performance.run
    asked = run.workspace_id, run.orchestra_id, tuple(slots), asker
    for wait in (*DATABASE_WAITS, None):
        try:
            return await performance.together.ask(performance.pool, _open_all, asked)
        except (OperationalError, InterfaceError):
            if wait is None or performance.stopping():
                break
            await asyncio.sleep(wait)
    raise Unavailable("The vault cannot be read, because the database does not answer.")


def _open_all(asked: Sequence[Asked]) -> list[Keyring]:
    """One each; the vault is asked once for those who ask the same."""
    opened = {one: keyring_of(*one) for one in dict.fromkeys(asked)}
    return [opened[one].copy() for one in asked]


def keyring_of(
    workspace_id: str, orchestra_id: str | None, slots: Collection[Slot], asker: str
) -> Keyring:
    """What fills the slots now, asked in this thread."""
    filled = fill_slots(workspace_id, orchestra_id, [slot.name for slot in slots])
    return keyring_holding(filled, slots, asker)


def keyring_holding(filled: Mapping[str, Filling], slots: Collection[Slot], asker: str) -> Keyring:
    """The same with what is said to fill them."""
    values: dict[str, str] = {}
    missing: dict[str, MissingSecret] = {}
    homes: dict[str, Collection[Origin]] = {}
    for slot in slots:
        filling = filled.get(slot.name)
        homes[slot.name] = _homes(slot, filling)
        try:
            values[slot.name] = _value(filling, slot.name, asker)
        except MissingSecret as error:
            missing[slot.name] = error
            continue
        if not homes[slot.name] and values[slot.name].startswith("https://"):
            homes[slot.name] = {Origin.of(values[slot.name])}  # a secret address is its own home
    model_key = filled.get(MODEL_SLOT)
    return Keyring(values, missing, homes, model_key.provider if model_key else "")


def _homes(slot: Slot, filling: Filling | None) -> Collection[Origin]:
    """The hosts that the skill names, fewer if the vault names some; where it names none, the
    vault's. The stand-in that the deployer set is always one."""
    said = {Origin.of(host) for host in filling.hosts} if filling else set()
    own = {Origin.of(host) for host in slot.hosts}
    if slot.name == MODEL_SLOT and filling is not None and filling.provider and not said:
        own = {Origin.of(filling.provider)}
    stand_in = getattr(settings, slot.setting) if slot.setting else ""
    homes = own & said if own and said else own | said
    return homes | ({Origin.of(stand_in)} if stand_in else set())


async def call_with_secrets(
    performance: Performance,
    operation: Operation,
    slots: Collection[Slot],
    context: Context,
    call: Call,
) -> Outcome:
    """`call` with a context that knows the secrets in the slots; neither outcome nor error does."""
    if not slots:
        return await call(context)
    keyring = await open_keyring(performance, slots, operation.skill)
    return await call_holding(keyring, operation, context, call)


async def call_holding(
    keyring: Keyring, operation: Operation, context: Context, call: Call
) -> Outcome:
    """`call` with the keyring's secrets; neither outcome nor error knows them.

    What the operation raises without having declared it comes out as OperationBroke.
    """
    try:
        outcome = await call(keyring.lent_to(context))
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
