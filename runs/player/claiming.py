"""What a player asks the database for: runs to play, and what became of its own."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from pydantic import ValidationError

from maestro.errors import InvalidScore
from runs import claims
from runs.crash import crash_point
from runs.journal import Claim
from runs.models import Mode
from runs.nodes.performance import ClaimedRun
from runs.nodes.recorded import Recorded, read_recorded
from scores.document import GraphDocument
from scores.graph import Graph

MAX_RUNS = 250
# On top, for workspaces of which a full player plays no more than these: the long runs of one
# workspace keep nobody else's waiting.
RESERVE = 25
SUSPECTS_TOGETHER = {1: 4, 2: 1}  # by deaths: small groups first, then alone

SUSPECTS_LEFT = "select count(*) from score_runs where id = any(%(runs)s) and deaths > 0"
GRAPH = "select graph from score_versions where score_id = %s and version = %s"


@dataclass(frozen=True, slots=True)
class Taken:
    """A claimed run, what is recorded of it, and its graph; None if that cannot be read."""

    run: ClaimedRun
    recorded: Recorded
    graph: Graph | None
    cancelled: bool


class Claims:
    """Claims runs for one player over the journal's connection: nothing opens one per run."""

    def __init__(self, player: str) -> None:
        self._player = player
        self._graphs: dict[tuple[str, int], Graph | None] = {}

    async def take(
        self,
        connection: psycopg.AsyncConnection,
        limit: int,
        deaths: int = 0,
        playing: Counter[str] | None = None,
        most: int = MAX_RUNS,
    ) -> list[Taken]:
        """Up to `limit` queued runs with so many deaths, now this player's.

        Each workspace gets an equal share. `playing`: by workspace, how many of its runs are played
        here already; one with `most` of them gets none.
        """
        playing = playing or Counter()
        asked = {
            "me": self._player,
            "deaths": deaths,
            "limit": limit,
            "workspaces": list(playing),
            "plays": list(playing.values()),
            "most": most,
        }
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(claims.CLAIM, asked)
        rows = await cursor.fetchall()
        if rows:
            crash_point("claim.taken")
        recorded = await self._recorded(connection, [r["id"] for r in rows if r["fence"] > 1])
        return [await self._taken(connection, row, recorded) for row in rows]

    async def give_back(
        self, connection: psycopg.AsyncConnection, playing: Collection[Claim]
    ) -> None:
        """Return to the queue what was claimed for this player and is not among `playing`."""
        runs, fences = [run for run, _ in playing], [fence for _, fence in playing]
        mine = {"me": self._player, "runs": runs, "fences": fences}
        await connection.execute(claims.GIVE_BACK, mine)

    async def cancelled(self, connection: psycopg.AsyncConnection, runs: list[str]) -> list[str]:
        """Which of these runs somebody asked to cancel."""
        cursor = await connection.execute(claims.CANCELLED, {"runs": runs, "me": self._player})
        return [row[0] for row in await cursor.fetchall()]

    async def suspects_left(self, connection: psycopg.AsyncConnection, runs: list[str]) -> int:
        """How many of these runs have not recorded a node since a player died with them."""
        cursor = await connection.execute(SUSPECTS_LEFT, {"runs": runs})
        (count,) = await cursor.fetchone() or (0,)
        return int(count)

    async def _recorded(
        self, connection: psycopg.AsyncConnection, runs: list[str]
    ) -> dict[str, Recorded]:
        if not runs:
            return {}
        cursor = await connection.execute(claims.RECORDED, {"runs": runs})
        return read_recorded(await cursor.fetchall())

    async def _taken(
        self,
        connection: psycopg.AsyncConnection,
        row: dict[str, Any],
        recorded: dict[str, Recorded],
    ) -> Taken:
        run = ClaimedRun(
            id=row["id"],
            fence=row["fence"],
            workspace_id=row["workspace_id"],
            score_id=row["score_id"],
            mode="plan" if row["mode"] == Mode.AUDITION else row["mode"],
            is_audition=row["mode"] == Mode.AUDITION,
            input=row["input"],
            pins=row["pins"],
            orchestra_id=row["orchestra_id"],
            parent_id=row["parent_run_id"],
        )
        graph = await self._graph(connection, row)
        return Taken(run, recorded.get(run.id, {}), graph, row["cancel_requested"])

    async def _graph(
        self, connection: psycopg.AsyncConnection, row: dict[str, Any]
    ) -> Graph | None:
        """The pinned version's graph; versions are immutable, so it is kept."""
        if row["score_version"] is None:
            return read_graph(row["pins"].get("graph"))
        pinned = row["score_id"], row["score_version"]
        if pinned not in self._graphs:
            cursor = await connection.execute(GRAPH, pinned)
            (document,) = await cursor.fetchone() or (None,)
            self._graphs[pinned] = read_graph(document)
        return self._graphs[pinned]


def read_graph(document: object) -> Graph | None:
    """None for what is no graph, so that one broken version fails its own runs alone."""
    try:
        return Graph.of(GraphDocument.model_validate(document))
    except (ValidationError, InvalidScore):
        return None
