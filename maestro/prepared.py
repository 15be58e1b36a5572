"""Hand-written statements that are asked again and again: planned once per connection, not each time.

Over Django's own connection, so inside the caller's transaction, with Django's errors and counted
as its queries are.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """Sends the values beside the statement, where Django writes them into it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Prepared":  # noqa: ANN401
        super().execute(query, params, prepare=True)
        # Where Django's log of queries looks.
        self._query = SimpleNamespace(query=query.encode())  # type: ignore[assignment]
        return self


def ask(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that the statement answers with."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def write(statement: str, values: Mapping[str, Any]) -> int:
    """How many rows it wrote; they are committed, unless a transaction is open."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session = connection.connection
    session.prepare_threshold = 0  # Django's None would forbid it
    wrap: Any = (
        connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    )
    with wrap(_Prepared(session)) as cursor:
        yield cursor
