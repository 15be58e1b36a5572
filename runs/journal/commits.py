"""How a batch becomes durable: one of four ways, each one transaction.

Of rows that are only inserted, one by a short statement, a few by a longer one, many by COPY; one
statement for any other mix, and for every repeat.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import psycopg

from runs.line import Line, Value, array

from .copying import copy
from .entries import NOTHING_USED, Claim, Fences, Frozen, Live, NodeEntry, Noted
from .statements import BATCH, FEW, ONE, PLAIN

COPY_FROM = 500  # rows: of its eight turns with the server each waits for the walk (decision 17)


class Answer(NamedTuple):
    """What became of a batch: claims that are void, claims whose run somebody asked to cancel."""

    void: set[Claim]
    cancelled: set[Claim]


class Ways(NamedTuple):
    """To the database: for statements, and for COPY, which has a connection to itself."""

    line: Line
    copying: Callable[[], Awaitable[psycopg.AsyncConnection]]


async def commit(ways: Ways, batch: list[Noted], again: bool) -> Answer:
    """Store it. `again`: it may be there already, wholly or in part."""
    fences = _fences(batch)
    live = await _store(ways, batch, fences, again)
    return Answer(
        void={noted.entry.claim for noted in batch} - {(run, fences[run]) for run in live},
        cancelled={(run, fences[run]) for run, asked in live.items() if asked},
    )


async def _store(ways: Ways, batch: list[Noted], fences: Fences, again: bool) -> Live:
    nodes = [(noted.entry, noted.frozen) for noted in batch if isinstance(noted.entry, NodeEntry)]
    if again or not all(entry.is_plain for entry, _ in nodes):
        return await _ask(ways.line, BATCH, _parameters(batch, fences))
    if len(batch) == len(nodes) == 1:
        return await _ask(ways.line, ONE, parameters_of_one(*nodes[0]))
    if len(nodes) < COPY_FROM:
        return await _ask(ways.line, FEW, _parameters_of_few(batch, fences))
    changes = [noted for noted in batch if not isinstance(noted.entry, NodeEntry)]
    connection = await ways.copying()
    async with connection.transaction():
        live = await copy(connection, nodes, fences)
        if changes:
            await connection.execute(FEW, _parameters_of_few(changes, fences))
    return live


async def _ask(line: Line, statement: str, parameters: dict[str, Value]) -> Live:
    return {run: asked for run, asked, *_ in await line.ask(statement, parameters)}


def parameters_of_one(entry: NodeEntry, frozen: Frozen) -> dict[str, Value]:
    """What `ONE` takes."""
    return dict(zip(PLAIN, (*entry.plain(), *frozen), strict=True))


def _fences(batch: list[Noted]) -> Fences:
    fences: Fences = {}
    for noted in batch:
        entry = noted.entry
        fences[entry.run] = max(entry.fence, fences.get(entry.run, 0))
    return fences


def _parameters_of_few(batch: list[Noted], fences: Fences) -> dict[str, Value]:
    """What `FEW` takes."""
    nodes: list[str] = []
    changes: list[str] = []
    for entry, frozen in batch:
        if isinstance(entry, NodeEntry):
            nodes.append(entry.plain_as_json(frozen))
        else:
            changes.append(entry.as_json(frozen))
    return {
        "runs": array(fences),
        "fences": array(fences.values()),
        "nodes": f"[{','.join(nodes)}]",
        "changes": f"[{','.join(changes)}]",
    }


def _parameters(batch: list[Noted], fences: Fences) -> dict[str, Value]:
    """What `BATCH` takes."""
    nodes: list[str] = []
    changes: list[str] = []
    counted: list[str] = []
    for entry, frozen in batch:
        (nodes if isinstance(entry, NodeEntry) else changes).append(entry.as_json(frozen))
        if isinstance(entry, NodeEntry) and entry.counted != NOTHING_USED:
            counted.append(entry.counted_as_json())
    return {
        "runs": array(fences),
        "fences": array(fences.values()),
        "nodes": f"[{','.join(nodes)}]",
        "changes": f"[{','.join(changes)}]",
        "counted": f"[{','.join(counted)}]",
    }
