"""The reach of an agent, asked of the database: as many queries for many scores as for few."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, F, Min, Q, Sum
from django.utils import timezone

from agents.helpers import callers_around
from agents.models import Agent
from agents.skills.operation import Effect
from agents.skills.registry import allowed_operations
from orchestras.models import Orchestra, OrchestraAgent
from runs.models import Mode, Run, RunNode, RunStatus
from scores.actions.rows import documents_of
from scores.document import GraphDocument
from scores.downstream import behind
from scores.models import Score, ScoreVersion

from .figures import DAYS_A_MONTH, PlayedScore, Reach
from .holding import holders_of

LOOK_BACK = timedelta(days=DAYS_A_MONTH)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Recorded:
    """What runs since a moment say: by score how many there were and what the agent's nodes cost."""

    runs: dict[str, int]
    microdollars: dict[str, int]
    days: float


def reach_of(agent: Agent) -> Reach:
    """As many queries for many scores as for few; more only for agents that call agents that call it."""
    callers = {caller.pk: caller.name for caller in callers_around(agent)}
    graphs = _played_graphs([agent.pk, *callers])
    graphs += _holding_graphs(agent, callers, graphs)
    scores = {graph.score.pk: graph.score for graph in graphs}
    recorded = _recorded(agent, scores)
    savers = _savers(scores)
    played = [
        _played_score(
            agent, callers, score, [g for g in graphs if g.score.pk == pk], recorded, savers
        )
        for pk, score in sorted(scores.items(), key=lambda item: (item[1].name, item[0]))
    ]
    return Reach(
        agent=agent,
        scores=[one for one in played if one.is_reached],
        held=[one for one in played if not one.is_reached],
        in_flight=Run.objects.filter(workspace=agent.workspace_id)
        .exclude(mode=Mode.AUDITION)
        .unfinished()
        .pinning(agent.pk)
        .count(),
        days=recorded.days,
        writing_tools=_writing([str(tool) for tool in agent.allowed_tools or []]),
    )


@dataclass(frozen=True)
class _Graph:
    """A graph that plays the agent, and the orchestras whose next run plays that graph; `through` has,
    by node, the score it holds that plays it."""

    score: Score
    document: GraphDocument
    orchestras: list[Orchestra] = field(default_factory=list)
    through: dict[str, Score] = field(default_factory=dict)


def _played_graphs(agents: list[str]) -> list[_Graph]:
    """The newest graphs that name one of them, then the older ones that orchestras are pinned to."""
    scores = list(Score.objects.filter(nodes__agent__in=agents).distinct())
    documents = documents_of(scores)
    pinned = [
        pin.orchestra
        for pin in OrchestraAgent.objects.filter(agent__in=agents)
        .select_related("orchestra__score")
        .order_by("orchestra_id", "pk")
        .distinct("orchestra_id")
    ]
    following = Orchestra.objects.filter(score__in=scores, score_version=None)
    newest = {score.pk: _Graph(score, documents[score.pk]) for score in scores}
    for orchestra in following.order_by("next_fire_at", "name"):
        newest[orchestra.score_id].orchestras.append(orchestra)
    kept = _kept_graphs((orchestra.score_id, orchestra.score_version) for orchestra in pinned)
    older = [
        _Graph(orchestra.score, kept[orchestra.score_id, orchestra.score_version], [orchestra])
        for orchestra in pinned
    ]
    return [*newest.values(), *older]


def _holding_graphs(agent: Agent, callers: Container[object], graphs: list[_Graph]) -> list[_Graph]:
    """The newest graphs of scores that play it through others; what is known already learns of it."""
    playing = [
        graph.score.pk
        for graph in graphs
        if any(
            node.agent_id in callers or (node.agent_id == agent.pk and not node.agent_version)
            for node in graph.document.nodes
        )
    ]
    held = holders_of(agent, playing)
    named = {*held, *(pk for through in held.values() for pk in through.values())}
    scores = {score.pk: score for score in Score.objects.filter(pk__in=named)} if named else {}
    known = {graph.score.pk: graph for graph in reversed(graphs)}
    new = [scores[pk] for pk in held if pk not in known]
    documents = documents_of(new) if new else {}
    found = {score.pk: _Graph(score, documents[score.pk]) for score in new}
    for pk, through in held.items():
        graph = found.get(pk) or known[pk]
        graph.through.update({key: scores[child] for key, child in through.items()})
    for orchestra in Orchestra.objects.filter(score__in=new, score_version=None) if new else ():
        found[orchestra.score_id].orchestras.append(orchestra)
    return list(found.values())


def _kept_graphs(
    named: Iterable[tuple[str, int | None]],
) -> dict[tuple[str, int | None], GraphDocument]:
    wanted = [Q(score=score, version=version) for score, version in named]
    if not wanted:
        return {}
    return {
        (row.score_id, row.version): GraphDocument.model_validate(row.graph)
        for row in ScoreVersion.objects.filter(reduce(or_, wanted))
    }


def _played_score(
    agent: Agent,
    callers: Mapping[str, str],
    score: Score,
    graphs: list[_Graph],
    recorded: _Recorded,
    savers: dict[str, str],
) -> PlayedScore:
    nodes: dict[str, None] = {}
    pinned: dict[str, int] = {}
    writes: dict[str, str] = {}
    orchestras: list[Orchestra] = []
    through: dict[str, Score] = {}
    called_by: dict[str, None] = {}
    direct = False
    for graph in graphs:
        played = [node for node in graph.document.nodes if node.agent_id == agent.pk]
        calling = [node for node in graph.document.nodes if node.agent_id in callers]
        called_by |= {callers[str(node.agent_id)]: None for node in calling}
        direct = direct or bool(played)
        # Whoever calls it calls its newest version, whatever version of the caller is played.
        following = [node.key for node in played if node.agent_version is None]
        following += [node.key for node in calling]
        pinned |= {node.key: node.agent_version for node in played if node.agent_version}
        nodes |= dict.fromkeys(following)
        reached = [*following, *graph.through]
        through |= graph.through
        orchestras += graph.orchestras if reached else []
        writes |= _writes_behind(graph.document, reached)
    return PlayedScore(
        score=score,
        nodes=list(nodes),
        pinned=pinned,
        through=through,
        orchestras=orchestras,
        writes=writes,
        saved_by=savers.get(score.pk, ""),
        called_by=[] if direct else list(called_by),
        runs=recorded.runs.get(score.pk, 0),
        microdollars=recorded.microdollars.get(score.pk, 0),
    )


def _writes_behind(document: GraphDocument, keys: list[str]) -> dict[str, str]:
    reached = behind(document, keys)
    calls = {
        node.key: f"{node.skill}.{node.operation}"
        for node in document.nodes
        if node.key in reached and node.operation
    }
    writing = set(_writing(calls.values()))
    return {key: name for key, name in calls.items() if name in writing}


def _writing(names: Iterable[str]) -> list[str]:
    """Of these operations, or those of these skills, the ones that change something outside."""
    found, _ = allowed_operations(names)
    return [operation.full_name for operation in found if operation.effect is Effect.WRITE]


def _recorded(agent: Agent, scores: Iterable[str]) -> _Recorded:
    now = timezone.now()
    since = now - LOOK_BACK
    played = Run.objects.filter(score__in=list(scores), queued_at__gte=since, mode=Mode.LIVE)
    counted = (
        played.exclude(status=RunStatus.SKIPPED)
        .order_by()
        .values("score")
        .annotate(runs=Count("pk"), first=Min("queued_at"))
    )
    rows = list(counted)
    spent = (
        RunNode.objects.filter(agent_id=agent.pk, started_at__gte=since, run__mode=Mode.LIVE)
        .order_by()
        .values_list("run__score")
        .annotate(spent=Sum("cost_microdollars"))
    )
    return _Recorded(
        runs={row["score"]: row["runs"] for row in rows},
        microdollars=dict(spent),
        days=_days(min((row["first"] for row in rows), default=since), now),
    )


def _days(first: datetime, now: datetime) -> float:
    """A day at least, so that the first hour of a score does not count for a whole month of them."""
    return max(now - first, A_DAY) / A_DAY


def _savers(scores: Iterable[str]) -> dict[str, str]:
    newest = ScoreVersion.objects.filter(score__in=list(scores), version=F("score__version"))
    return dict(newest.values_list("score", "author"))
