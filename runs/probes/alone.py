"""One test of a secret at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from maestro.errors import Conflict

LOCK = "select pg_try_advisory_lock(hashtext('maestro.test'), hashtext(%s))"
UNLOCK = "select pg_advisory_unlock(hashtext('maestro.test'), hashtext(%s))"


@contextmanager
def alone(key: str, name: str) -> Iterator[None]:
    """A lock that ends with the connection: no transaction is held open while a service is asked.

    Conflict while another holds it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [key])
        if not cursor.fetchone()[0]:
            raise Conflict(f"{name} is being tested; its result is there in a moment.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(UNLOCK, [key])
