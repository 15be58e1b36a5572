"""The line over which a player asks its statements."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from runs.connections import connect
from runs.line import Line, array

pytestmark = pytest.mark.django_db(transaction=True)

ECHO = "select %(text)s::text, %(number)s::int + 1, null::jsonb"
PID = "select pg_backend_pid()"


def over_a_line(work: Callable[[Line], Awaitable[None]]) -> None:
    async def main() -> None:
        line = Line()
        try:
            await work(line)
        finally:
            line.close()

    asyncio.run(main())


def test_a_statement_longer_than_a_socket_takes_at_once_arrives_whole() -> None:
    text = "long, but not endless: ä " * 500_000

    async def work(line: Line) -> None:
        assert await line.ask(ECHO, {"text": text, "number": 1}) == [(text, 2, None)]

    over_a_line(work)


def test_many_ask_at_once_and_each_gets_its_own_answer() -> None:
    async def work(line: Line) -> None:
        asked = [line.ask(ECHO, {"text": f"{n}", "number": n}) for n in range(20)]
        answers = await asyncio.gather(*asked)
        assert [rows[0][:2] for rows in answers] == [(f"{n}", n + 1) for n in range(20)]

    over_a_line(work)


def test_what_is_refused_harms_no_other_statement() -> None:
    async def work(line: Line) -> None:
        before = await line.ask(PID, {})
        with pytest.raises(psycopg.DataError):
            await line.ask(ECHO, {"text": "", "number": "one"})
        with pytest.raises(psycopg.DataError):
            await line.ask(ECHO, {"text": "a\0b", "number": 1})
        with pytest.raises(psycopg.errors.UndefinedTable):
            await line.ask("select * from nowhere", {})
        assert await line.ask(PID, {}) == before
        ids = "select %(ids)s::text[]"
        assert await line.ask(ids, {"ids": array(["run_a", "run_b"])}) == [(["run_a", "run_b"],)]

    over_a_line(work)


def test_a_lost_session_is_told_and_the_next_statement_has_a_new_one() -> None:
    async def work(line: Line) -> None:
        ((pid,),) = await line.ask(PID, {})
        asking = asyncio.create_task(line.ask("select pg_sleep(60)", {}))
        await asyncio.to_thread(_end_session, pid, "pg_sleep")
        with pytest.raises(psycopg.OperationalError):
            await asking
        ((other,),) = await line.ask(PID, {})
        assert other != pid

        await asyncio.to_thread(_end_session, other, "")  # while nothing is asked
        with contextlib.suppress(psycopg.OperationalError):  # unless it was heard before
            await line.ask(PID, {})
        assert await line.ask(PID, {}) not in ([(pid,)], [(other,)])

    over_a_line(work)


def test_who_asks_no_more_leaves_no_answer_to_the_next() -> None:
    async def work(line: Line) -> None:
        ((pid,),) = await line.ask(PID, {})
        asking = asyncio.create_task(line.ask("select pg_sleep(60), 'mine'", {}))
        await asyncio.to_thread(_until_asked, pid, "pg_sleep")
        asking.cancel()
        assert await line.ask("select 'yours'", {}) == [("yours",)]
        assert asking.cancelled()
        await asyncio.to_thread(_end_session, pid, "")

    over_a_line(work)


def test_a_plan_that_holds_no_more_is_made_anew() -> None:
    asked = "select word from seen"

    async def work(line: Line) -> None:
        await line.ask("create table seen as select 'a'::varchar(1) as word", {})
        try:
            await line.ask(asked, {})
            await line.ask("alter table seen alter word type text", {})
            assert await line.ask(asked, {}) == [("a",)]
            await line.ask("discard all", {})
            assert await line.ask(asked, {}) == [("a",)]
        finally:
            await line.ask("drop table seen", {})

    over_a_line(work)


def _end_session(pid: int, asked: str) -> None:
    _until_asked(pid, asked)
    with connect() as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", [pid])


def _until_asked(pid: int, asked: str) -> None:
    doing = "select query from pg_stat_activity where pid = %s"
    with connect() as connection:
        while asked not in connection.execute(doing, [pid]).fetchone()[0]:  # type: ignore[index]
            pass
