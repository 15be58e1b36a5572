"""The reach of an agent on the wire."""

from datetime import datetime

from pydantic import BaseModel

from .figures import PlayedScore, Reach

CENTS_DIGITS = 4


class ReachedOrchestra(BaseModel):
    id: str
    name: str
    next_fire_at: datetime | None


class DownstreamWrite(BaseModel):
    node: str
    operation: str


class ReachedScoreOut(BaseModel):
    """`nodes` follow the agent's newest version; `pinned` keep the version named; nodes `through` hold a
    score, named by its id, that plays it; `called_by` are agents that call it there, where no node
    plays it itself."""

    score_id: str
    name: str
    nodes: list[str]
    pinned: dict[str, int]
    through: dict[str, str]
    orchestras: list[ReachedOrchestra]
    next_fire_at: datetime | None
    runs: int
    cost_microdollars: int
    writes: list[DownstreamWrite]
    saved_by: str
    called_by: list[str]


class ReachOut(BaseModel):
    """What the next save of the agent reaches; `runs` and `cost_microdollars` of scores are those of `days`."""

    agent_id: str
    version: int
    nodes: int
    orchestras: int
    next_fire_at: datetime | None
    runs_in_flight: int
    days: float
    runs_per_day: float
    cost_cents_per_month: float
    writes: int
    writing_tools: list[str]
    owners: list[str]
    scores: list[ReachedScoreOut]
    held: list[ReachedScoreOut]


def reach_out(reach: Reach) -> ReachOut:
    first = reach.next_fire
    return ReachOut(
        agent_id=reach.agent.pk,
        version=reach.agent.version,
        nodes=reach.nodes,
        orchestras=reach.orchestras,
        next_fire_at=first.next_fire_at if first else None,
        runs_in_flight=reach.in_flight,
        days=round(reach.days, 2),
        runs_per_day=round(reach.runs_a_day, 2),
        cost_cents_per_month=round(reach.microdollars_a_month / 10_000, CENTS_DIGITS),
        writes=reach.writes,
        writing_tools=reach.writing_tools,
        owners=reach.owners,
        scores=[_score(played) for played in reach.scores],
        held=[_score(played) for played in reach.held],
    )


def _score(played: PlayedScore) -> ReachedScoreOut:
    return ReachedScoreOut(
        score_id=played.score.pk,
        name=played.score.name,
        nodes=played.nodes,
        pinned=played.pinned,
        through={key: score.pk for key, score in played.through.items()},
        orchestras=[
            ReachedOrchestra(id=one.pk, name=one.name, next_fire_at=one.next_fire_at)
            for one in played.orchestras
        ],
        next_fire_at=played.next_fire_at,
        runs=played.runs,
        cost_microdollars=played.microdollars,
        writes=[DownstreamWrite(node=key, operation=name) for key, name in played.writes.items()],
        saved_by=played.saved_by,
        called_by=played.called_by,
    )
