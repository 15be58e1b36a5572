"""One connection over which a player asks statement after statement, by libpq itself.

What psycopg's cursors do around a statement takes four times as long, 70 µs of the processor and
some turns of the loop: more than to play a node. Here a reader stays at the socket, a statement is
planned once per connection, and values are sent as text.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

from .connections import connect_async

Value = str | int | None
Row = tuple[Any, ...]

# A plan that is there no more, or from before a migration: each use of it would fail the same way.
STALE = (psycopg.errors.InvalidSqlStatementName, psycopg.errors.FeatureNotSupported)


class Line:
    """Each statement commits itself; one is under way at a time."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection | None = None
        self._socket = -1
        self._plans: dict[str, bytes] = {}
        self._answer: asyncio.Future[pq.abc.PGresult] | None = None
        self._result: pq.abc.PGresult | None = None
        self._free = asyncio.Lock()

    async def ask(self, statement: str, values: Mapping[str, Value]) -> list[Row]:
        """The rows it answers with. It names `values` as psycopg's statements do.

        Raises what psycopg would. After an OperationalError or an InterfaceError it is unknown
        whether the statement was committed; the next one goes over a new connection.
        """
        async with self._free:
            try:
                return await self._ask_once(statement, values)
            except STALE:  # nothing was done
                self.close()
                return await self._ask_once(statement, values)

    def close(self, why: psycopg.Error | None = None) -> None:
        """The next statement opens it again; one that is under way fails."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(why or psycopg.InterfaceError("the line was closed"))
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            asyncio.get_running_loop().remove_writer(self._socket)
            self._connection.pgconn.finish()
        self._connection = None

    async def _ask_once(self, statement: str, values: Mapping[str, Value]) -> list[Row]:
        connection = self._connection or await self._open()
        try:
            return await self._ask(connection, statement, values)
        except BaseException as error:
            if not _is_refusal(error):  # an answer may still be on its way
                self.close()
            raise

    async def _open(self) -> psycopg.AsyncConnection:
        connection = await connect_async()
        self._plans, self._result = {}, None
        self._socket = connection.pgconn.socket
        asyncio.get_running_loop().add_reader(self._socket, self._hear)
        self._connection = connection
        return connection

    async def _ask(
        self, connection: psycopg.AsyncConnection, statement: str, values: Mapping[str, Value]
    ) -> list[Row]:
        sql, names = _worded(statement)
        given = [_bytes(values[name]) for name in names]
        plan = self._plans.get(statement)
        if plan is None:
            plan = f"line_{len(self._plans)}".encode()
            connection.pgconn.send_prepare(plan, sql)
            await self._answered(connection.pgconn)
            self._plans[statement] = plan
        connection.pgconn.send_query_prepared(plan, given)
        result = await self._answered(connection.pgconn)
        rows = Transformer(connection)
        rows.set_pgresult(result)
        return rows.load_rows(0, result.ntuples, tuple)

    async def _answered(self, pgconn: pq.abc.PGconn) -> pq.abc.PGresult:
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        if pgconn.flush():  # more than the socket takes at once
            loop.add_writer(self._socket, self._go_on_sending, pgconn)
        result = await self._answer
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise error_from_result(result)
        return result

    def _go_on_sending(self, pgconn: pq.abc.PGconn) -> None:
        try:
            if not pgconn.flush():
                asyncio.get_running_loop().remove_writer(self._socket)
        except psycopg.Error as error:
            self.close(error)

    def _hear(self) -> None:
        """There is something to read: part of an answer, or that the server has gone."""
        if self._connection is None:
            return
        pgconn = self._connection.pgconn
        try:
            pgconn.consume_input()
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    return self._tell()
                self._result = result
        except psycopg.Error as error:
            self.close(error)

    def _tell(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done() and self._result is not None:
            answer.set_result(self._result)
        self._result = None


def array(words: Iterable[str | int]) -> str:
    """As a value: of ids or numbers, which need no quotes."""
    return f"{{{','.join(map(str, words))}}}"


def _is_refusal(error: BaseException) -> bool:
    """Of the statement, by a server that is there."""
    lost = isinstance(error, psycopg.OperationalError)
    return isinstance(error, psycopg.DatabaseError | UnicodeError) and not lost


@lru_cache
def _worded(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """With numbers for names, as the server wants it, and the names in their order."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

    return re.sub(r"%%|%\((\w+)\)s", number, statement).encode(), tuple(numbers)


def _bytes(value: Value) -> bytes | None:
    if value is None:
        return None
    sent = str(value).encode()
    if b"\0" in sent:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return sent
