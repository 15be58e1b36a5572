"""A workspace's rooms in the database: one row per limited scope, locked for each admission.

Two statements under one lock, not one statement: who still lives must be read after the lock was
had, or a holder that came meanwhile would look dead.
"""

import json
from typing import Any

import psycopg

from runs.connections import PLACES_CHANNEL

from .admission import Claim, Room, Verdict, Waiting, judge, let_in, let_wait, lives_by_hand
from .scopes import Scopes

OWN = "select workspace_id, name, concurrency, per_minute from skill_limits"

MAKE = """
insert into skill_places (workspace_id, scope)
select %(workspace)s, unnest(%(scopes)s::text[]) on conflict do nothing"""

LOCK = """
select scope, holders, waiting, free_at from skill_places
 where workspace_id = %(workspace)s and scope = any(%(scopes)s) order by scope for update"""

LIVING = """
select extract(epoch from clock_timestamp())::float8,
       array(select jsonb_build_array(id, fence) from score_runs
              where id = any(%(runs)s) and status = 'running')"""

WRITE = """
update skill_places
   set holders = %(holders)s::jsonb, waiting = %(waiting)s::jsonb, free_at = %(free_at)s
 where workspace_id = %(workspace)s and scope = %(scope)s"""

# Tells the players of other processes, where somebody waits.
LEAVE = f"""
with mine as (
  select scope from skill_places
   where workspace_id = %(workspace)s and scope = any(%(scopes)s) order by scope for update),
freed as (
  update skill_places room
     set holders = room.holders - %(ticket)s,
         waiting = (select coalesce(jsonb_agg(one order by place), '[]')
                      from jsonb_array_elements(room.waiting) with ordinality as w (one, place)
                     where one ->> 0 <> %(ticket)s)
    from mine where room.workspace_id = %(workspace)s and room.scope = mine.scope
  returning room.waiting)
select pg_notify('{PLACES_CHANNEL}', %(workspace)s) from freed
 where jsonb_array_length(waiting) > 0 limit 1"""


async def ask(
    connection: psycopg.AsyncConnection, workspace: str, scopes: Scopes, ticket: str, claim: Claim
) -> Verdict:
    """Decide in all scopes at once: let in by every one of them, or by none."""
    named = {"workspace": workspace, "scopes": list(scopes)}
    async with connection.transaction():
        rooms = await _locked(connection, named)
        known = {claim}.union(*(room.claims() for room in rooms.values()))
        cursor = await connection.execute(LIVING, {"runs": list({one.run for one in known})})
        now, living = await cursor.fetchone() or (0.0, [])
        alive = {Claim(*one) for one in living} | {c for c in known if lives_by_hand(c, now)}
        rooms = {scope: room.of_living(alive, now) for scope, room in rooms.items()}
        verdicts = {scope: judge(rooms[scope], scopes[scope], ticket, now) for scope in scopes}
        granted = all(verdict.begin_in is not None for verdict in verdicts.values())
        for scope, verdict in verdicts.items():
            if granted:
                room = let_in(rooms[scope], scopes[scope], ticket, claim, now)
            elif verdict.begin_in is None:
                room = let_wait(rooms[scope], ticket, claim, now, verdict.ask_in)
            else:
                continue  # it waits where it was refused, and is in nobody's way here
            await connection.execute(WRITE, {**named, "scope": scope, **_columns(room)})
    return _joined(list(verdicts.values()), granted)


async def leave(
    connection: psycopg.AsyncConnection, workspace: str, scopes: Scopes, ticket: str
) -> None:
    """Give the ticket's places back; it waits no more either."""
    named = {"workspace": workspace, "scopes": list(scopes), "ticket": ticket}
    await connection.execute(LEAVE, named)


async def _locked(connection: psycopg.AsyncConnection, named: dict[str, Any]) -> dict[str, Room]:
    rows = await (await connection.execute(LOCK, named)).fetchall()
    if len(rows) < len(named["scopes"]):
        await connection.execute(MAKE, named)
        rows = await (await connection.execute(LOCK, named)).fetchall()
    return {
        scope: Room(
            {ticket: Claim(*claim) for ticket, claim in holders.items()},
            tuple(Waiting(ticket, Claim(*claim), until) for ticket, claim, until in waiting),
            free_at,
        )
        for scope, holders, waiting, free_at in rows
    }


def _columns(room: Room) -> dict[str, Any]:
    return {
        "holders": json.dumps(room.holders),
        "waiting": json.dumps(room.waiting),
        "free_at": room.free_at,
    }


def _joined(verdicts: list[Verdict], granted: bool) -> Verdict:
    """The latest moment of all that have one."""
    if granted:
        return Verdict(max(verdict.begin_in or 0.0 for verdict in verdicts))
    return Verdict(None, max((v.ask_in for v in verdicts if v.ask_in is not None), default=None))
