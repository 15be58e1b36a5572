"""Testing a secret: one at a time, remembered and audited."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from maestro.errors import Conflict
from maestro.workspaces.filling import Filling
from maestro.workspaces.models import Secret, TestOutcome
from maestro.workspaces.vault import newest_version, note_test, read_secret
from runs.nodes.secrets import Keyring, keyring_holding

from .filled import Filled, filled_by
from .trying import Tried, try_all

UNUSED = "No skill and no server asks for it."
LOCK = "select pg_try_advisory_lock(hashtext('maestro.test'), hashtext(%s))"
UNLOCK = "select pg_advisory_unlock(hashtext('maestro.test'), hashtext(%s))"


def try_secret(secret: Secret, *, by: str) -> Secret:
    """The secret with what came of trying its newest value in each slot that it fills.

    Conflict while another test of it is under way; NotFound or Misconfigured when the vault cannot
    give the value.
    """
    with _alone(secret):
        version = newest_version(secret)
        read_secret(secret)
        slots = filled_by(secret)
        asked = [(one, _keyring(secret, one)) for one in slots]
        ended = asyncio.run(try_all(secret.workspace, asked)) if asked else []
        tests = [_told(one, tried) for one, tried in zip(slots, ended, strict=True)]
        return note_test(secret, tests or [_unused(secret)], version=version, by=by)


def _keyring(secret: Secret, one: Filled) -> Keyring:
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


@contextmanager
def _alone(secret: Secret) -> Iterator[None]:
    """A lock that ends with the connection: no transaction is held open while a service is asked."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [secret.pk])
        if not cursor.fetchone()[0]:
            raise Conflict(f"{secret} is being tested; its result is there in a moment.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(UNLOCK, [secret.pk])
