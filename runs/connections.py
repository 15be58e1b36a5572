"""Connections of our own beside Django's: the journal's, the lease's, the keep's, the listeners'.

They end a transaction or a wait that a frozen process left behind, and notice a lost host in
seconds, so that no lock of a dead player outlives its lease by much. Statements are planned once, and
by their indexes: a plan that was made while a table was all but empty would read the whole of it
when ten thousand runs are queued (a claim took 270 ms instead of 6), until statistics are taken anew.
"""

import asyncio
import contextlib
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

RUNS_CHANNEL = "maestro_runs"  # a run may be claimed, or was asked to cancel
PLACES_CHANNEL = "maestro_places"  # a place of a limited skill is free in the workspace named
EVENTS_CHANNEL = "maestro_run_events"  # the payload: the run that has news; empty: any may have
WORDS_CHANNEL = "maestro_run_words"  # what a model is saying right now, as JSON

SESSION = {
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "5s",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",  # where PostgreSQL counts what is off as costs, it would compile each statement
}
KEEPALIVES: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 11_000,  # ms; while something sent is unconfirmed, keepalives are not sent
}
SESSION_OPTIONS = " ".join(f"-c {name}={value}" for name, value in SESSION.items())


def conninfo() -> str:
    """libpq's words for the database that Django uses."""
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    return make_conninfo(
        dbname=database["NAME"],
        user=database.get("USER") or None,
        password=database.get("PASSWORD") or None,
        host=database.get("HOST") or None,
        port=database.get("PORT") or None,
        **{name: options[name] for name in ("sslmode", "sslrootcert") if name in options},
        **KEEPALIVES,
        options=SESSION_OPTIONS,
        connect_timeout=2,
    )


def harden_connections() -> None:
    """Give Django's connections in this process the same limits."""
    options = settings.DATABASES["default"].setdefault("OPTIONS", {})
    if SESSION_OPTIONS not in options.get("options", ""):
        options.update(KEEPALIVES)
        options["options"] = f"{options.get('options', '')} {SESSION_OPTIONS}".strip()


def connect() -> psycopg.Connection:
    """A connection that commits each statement by itself."""
    return psycopg.connect(conninfo(), autocommit=True)


async def connect_async() -> psycopg.AsyncConnection:
    """The same for a loop; statements are prepared at their first use."""
    return await psycopg.AsyncConnection.connect(conninfo(), autocommit=True, prepare_threshold=1)


class Reconnecting:
    """One such connection, opened again when it was lost."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection | None = None
        self._connecting = asyncio.Lock()

    async def connected(self) -> psycopg.AsyncConnection:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                self._connection = await connect_async()
            return self._connection

    async def close(self) -> None:
        """Whoever asks next opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()
