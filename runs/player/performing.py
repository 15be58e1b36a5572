"""One claimed run from its first node to its last word."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import psycopg
from django.db import connection

from agents.egress import Egress
from agents.llm import Models
from runs import claims
from runs.crash import crash_point
from runs.executor import NodeFailed, Parked, Stop, Walk
from runs.journal import Fenced, Journal, RunChange
from runs.limits import Places
from runs.models.choices import RunStatus
from runs.nodes import begin_node
from runs.nodes.performance import JSON, Performance
from runs.nodes.together import Together
from runs.queue import ring_softly
from scores.graph import Graph

from .claiming import Taken
from .hosts import HostsOfWorkspaces

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """What all runs of a player share."""

    journal: Journal
    pool: Executor
    http: Egress
    models: Models
    stopping: Callable[[], bool]
    holds: Callable[[], bool]
    places: Places
    hosts: HostsOfWorkspaces
    together: Together = field(default_factory=Together)


async def perform(taken: Taken, stage: Stage) -> None:
    """Play the run as far as it goes and write how it ended.

    When this player stops, the run goes back to the queue; when it was fenced, it is another's.
    """
    try:
        change = await _play(taken, stage)
    except Fenced:
        return
    except Stop:
        change = RunChange(taken.run.id, taken.run.fence, RunStatus.QUEUED)
    except Exception as error:
        log.exception("run %s broke", taken.run.id)
        change = broken(taken, error)
    await write_last(taken, stage.journal, change)


async def write_last(taken: Taken, journal: Journal, change: RunChange) -> None:
    """Make a run's last word durable; a fenced one is not ours to say."""
    crash_point("run.ending")
    try:
        await journal.flush(taken.run.claim, journal.record(change))
    except Fenced:
        return
    crash_point("run.ended")
    if taken.run.pins.get("subscores") and change.status in RunStatus.final():
        await _cancel_children(journal, change.run)
    if change.waiting_for:
        await _wake_parent(journal, change.run)
    elif taken.run.parent_id is not None:
        await _wake_parent(journal, taken.run.parent_id)
    if (job := taken.run.pins.get("then")) and change.status in RunStatus.final():
        await asyncio.to_thread(_ring, job, change.run)


def _ring(job: str, run: str) -> None:
    try:
        ring_softly(job, None, run)
    finally:
        connection.close()  # the thread's own


async def _wake_parent(journal: Journal, run: str) -> None:
    """At once when a child has ended; what fails here the keep does within a second."""
    with contextlib.suppress(psycopg.Error):
        writer = await journal.connected()
        await writer.execute(claims.WAKE_PARENT, {"run": run})


def cancelled(taken: Taken) -> RunChange:
    """The last word of a run that somebody cancelled."""
    return RunChange(taken.run.id, taken.run.fence, RunStatus.CANCELLED)


def broken(taken: Taken, error: BaseException) -> RunChange:
    """The last word of a run that something broke which no node may."""
    message = f"Maestro broke with {type(error).__name__}; the cluster's log has more."
    return _failed(taken, "internal_error", message)


async def _play(taken: Taken, stage: Stage) -> RunChange:
    run = taken.run
    if taken.graph is None:
        return _failed(taken, "invalid_score", "This version of the score cannot be read.")
    walk = _walk(taken, taken.graph, stage)
    try:
        played = await walk.run(run.input)
    except NodeFailed as failure:
        return RunChange(run.id, run.fence, RunStatus.FAILED, error=failure.error)
    except Parked as parked:
        return _parked(taken, parked)
    return RunChange(
        run.id, run.fence, RunStatus.SUCCEEDED, output=played.output, errors=played.errors
    )


def _walk(taken: Taken, graph: Graph, stage: Stage) -> Walk:
    claim = taken.run.claim

    def stopping() -> bool:
        return stage.stopping() or stage.journal.is_cancelled(claim)

    performance = Performance(
        run=taken.run,
        graph=graph,
        journal=stage.journal,
        recorded=taken.recorded,
        pool=stage.pool,
        http=stage.http.at_depth(taken.run.pins.get("depth", 0)),
        models=stage.models,
        stopping=stopping,
        holds=stage.holds,
        places=stage.places,
        together=stage.together,
        hosts=lambda: stage.hosts.of(taken.run.workspace_id),
    )

    return Walk(graph, partial(begin_node, performance), performance.skip, stopping)


def _parked(taken: Taken, parked: Parked) -> RunChange:
    asks = parked.waiting_for == "answer"
    return RunChange(
        taken.run.id,
        taken.run.fence,
        RunStatus.NEEDS_ATTENTION if asks else RunStatus.WAITING,
        waiting_for=parked.waiting_for,
        resume_at=parked.resume_at,
    )


def _failed(taken: Taken, code: str, message: str) -> RunChange:
    error: JSON = {"code": code, "message": message, "node": None, "details": {}}
    return RunChange(taken.run.id, taken.run.fence, RunStatus.FAILED, error=error)


async def _cancel_children(journal: Journal, run: str) -> None:
    """Those that are unfinished, level by level; what fails here the keep does within seconds."""
    parents = [run]
    with contextlib.suppress(psycopg.Error):
        writer = await journal.connected()
        while parents:
            cursor = await writer.execute(claims.CANCEL_CHILDREN_OF, {"parents": parents})
            parents = [row[0] for row in await cursor.fetchall()]
