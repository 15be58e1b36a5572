"""Testing a secret: one at a time, remembered and audited."""

import asyncio
from collections.abc import Sequence

from maestro.errors import NotFound
from maestro.workspaces.audit import record
from maestro.workspaces.filling import Filling, fill_from_workspace
from maestro.workspaces.models import Secret, TestOutcome, Workspace
from maestro.workspaces.vault import newest_version, note_test, read_secret
from runs.nodes.secrets import Keyring, keyring_holding

from .alone import alone
from .filled import Filled, asking_for, filled_by
from .trying import Tried, try_all

UNUSED = "No skill and no server asks for it."


def try_secret(secret: Secret, *, by: str) -> Secret:
    """The secret with what came of trying its newest value in each slot that it fills.

    Conflict while another test of it is under way; NotFound or Misconfigured when the vault cannot
    give the value.
    """
    with alone(secret.pk, secret.name):
        version = newest_version(secret)
        read_secret(secret)
        tests = _tests(secret.workspace, filled_by(secret), secret)
        return note_test(secret, tests or [_unused(secret)], version=version, by=by)


def try_environment(workspace: Workspace, slot: str, *, by: str) -> list[dict[str, str]]:
    """What came of trying the environment's value, as `Secret.tests` says it, for each who asks for
    the slot. The audit log alone remembers: what is not kept here can change unseen.

    NotFound where the environment does not fill the slot; Conflict while it is being tested.
    """
    filling = fill_from_workspace(workspace.pk, [slot]).get(slot)
    if filling is None:
        raise NotFound(f"Nothing fills the slot {slot}: set a secret of that name.", slot=slot)
    if filling.secret is not None:
        raise NotFound(f"The secret {slot} fills the slot: test that one.", slot=slot)
    with alone(f"{workspace.pk}:{slot}", slot):
        tests = _tests(workspace, asking_for([slot], workspace.pk), None)
    outcomes = [{name: test[name] for name in ("slot", "asked_by", "outcome")} for test in tests]
    told = {"slot": slot, "filled_by": "environment", "tests": outcomes}
    record(workspace, by, "environment.tested", workspace, told)
    return tests


def _tests(
    workspace: Workspace, slots: Sequence[Filled], secret: Secret | None
) -> list[dict[str, str]]:
    """What came of it in each slot, filled by the secret, or by the environment."""
    asked = [(one, _keyring(secret, one)) for one in slots]
    ended = asyncio.run(try_all(workspace, asked)) if asked else []
    return [_told(one, tried) for one, tried in zip(slots, ended, strict=True)]


def _keyring(secret: Secret | None, one: Filled) -> Keyring:
    name = one.slot.name
    return keyring_holding({name: Filling(name, secret)}, [one.slot], one.asked_by)


def _told(one: Filled, tried: Tried) -> dict[str, str]:
    outcome, message = tried
    return _test(one.slot.name, one.asked_by, outcome, message)


def _unused(secret: Secret) -> dict[str, str]:
    return _test(secret.name, "", TestOutcome.UNTESTABLE, UNUSED)


def _test(slot: str, asked_by: str, outcome: TestOutcome, message: str) -> dict[str, str]:
    told = {"slot": slot, "asked_by": asked_by, "outcome": outcome.value, "message": message}
    return told
