"""What a player asks the database for: runs to play, and what became of its own."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import psycopg
from pydantic import ValidationError

from maestro.errors import InvalidScore
from runs import claims
from runs.crash import crash_point
from runs.journal import Claim
from runs.line import Line, Row, Value, array
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
GRAPH = "select graph from score_versions where score_id = %(score)s and version = %(version)s"


@dataclass(frozen=True, slots=True)
class Taken:
    """A claimed run, what is recorded of it, and its graph; None if that cannot be read."""

    run: ClaimedRun
    recorded: Recorded
    graph: Graph | None
    cancelled: bool


class Claims:
    """Claims runs for one player over the journal's line: nothing opens a connection per run."""

    def __init__(self, player: str) -> None:
        self._player = player
        self._graphs: dict[tuple[str, int], Graph | None] = {}

    async def take(
        self,
        line: Line,
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
        asked: dict[str, Value] = {
            "me": self._player,
            "deaths": deaths,
            "limit": limit,
            "workspaces": array(playing),
            "plays": array(playing.values()),
            "most": most,
        }
        rows = await line.ask(claims.CLAIM, asked)
        if rows:
            crash_point("claim.taken")
        recorded = await self._recorded(line, [run for run, fence, *_ in rows if fence > 1])
        return [await self._taken(line, row, recorded) for row in rows]

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

    async def _recorded(self, line: Line, runs: list[str]) -> dict[str, Recorded]:
        if not runs:
            return {}
        return read_recorded(await line.ask(claims.RECORDED, {"runs": array(runs)}))

    async def _taken(self, line: Line, row: Row, recorded: dict[str, Recorded]) -> Taken:
        run, fence, workspace, score, version, orchestra, parent, mode, given, pins, cancelled = row
        claimed = ClaimedRun(
            id=run,
            fence=fence,
            workspace_id=workspace,
            score_id=score,
            mode="plan" if mode == Mode.AUDITION else mode,
            is_audition=mode == Mode.AUDITION,
            input=given,
            pins=pins,
            orchestra_id=orchestra,
            parent_id=parent,
        )
        if version is None:
            graph = read_graph(pins.get("graph"))
        else:
            graph = await self._graph(line, score, version)
        return Taken(claimed, recorded.get(run, {}), graph, cancelled)

    async def _graph(self, line: Line, score: str, version: int) -> Graph | None:
        """The pinned version's graph; versions are immutable, so it is kept."""
        pinned = score, version
        if pinned not in self._graphs:
            rows = await line.ask(GRAPH, {"score": score, "version": version})
            self._graphs[pinned] = read_graph(rows[0][0] if rows else None)
        return self._graphs[pinned]


def read_graph(document: object) -> Graph | None:
    """None for what is no graph, so that one broken version fails its own runs alone."""
    try:
        return Graph.of(GraphDocument.model_validate(document))
    except (ValidationError, InvalidScore):
        return None
