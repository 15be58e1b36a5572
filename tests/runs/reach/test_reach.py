"""How far the edit of an agent reaches."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from runs.models import Run
from runs.reach import reach_of
from scores.actions import pin_agent, save_graph
from scores.models import Score
from tests.admin.rows import make_node, make_run
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step, subscore

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def agent(workspace: Workspace) -> Agent:
    return make_agent(
        workspace, name="Classify", allowed_tools=["http.get", "http.post", "data.pick"]
    )


def mailing(agent: Agent, name: str) -> Score:
    """Two nodes of the agent, with a mail behind the second one."""
    send = step("send", skill="email", operation="send_email")
    nodes = [llm("first", agent_id=agent.pk), llm("second", agent_id=agent.pk)]
    return make_score(
        agent.workspace, graph(*nodes, send, "first -> second", "second -> send"), name=name
    )


def scheduled(score: Score, hour: int) -> Orchestra:
    """One that fires at that hour, without asking for what its score would need to be enabled."""
    orchestra = make_orchestra(score, cron=f"0 {hour} * * *")
    fire = timezone.now().replace(hour=0) + timedelta(days=1, hours=hour)
    Orchestra.objects.filter(pk=orchestra.pk).update(enabled=True, next_fire_at=fire)
    return orchestra


def queued(score: Score, days_ago: float, **fields: object) -> Run:
    run = make_run(score, **fields)  # type: ignore[arg-type]
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - timedelta(days=days_ago))
    return run


def test_an_agent_that_nothing_plays_reaches_nothing(agent: Agent) -> None:
    reach = reach_of(agent)

    assert (reach.scores, reach.nodes, reach.orchestras, reach.next_fire) == ([], 0, 0, None)
    assert (reach.runs_a_day, reach.microdollars_a_month, reach.in_flight) == (0, 0, 0)


def test_scores_nodes_orchestras_and_the_first_fire_are_told(agent: Agent) -> None:
    triage, support = mailing(agent, "Triage"), mailing(agent, "Support")
    late, soon = scheduled(triage, 9), scheduled(support, 7)
    idle = make_orchestra(triage)
    make_orchestra(make_score(agent.workspace))

    reach = reach_of(agent)

    assert [(one.score.name, one.nodes) for one in reach.scores] == [
        ("Support", ["first", "second"]),
        ("Triage", ["first", "second"]),
    ]
    assert (reach.nodes, reach.orchestras, reach.next_fire) == (4, 3, soon)
    assert set(reach.scores[1].orchestras) == {late, idle}
    assert (reach.owners, reach.next_version) == ([AUTHOR], 2)


def test_writes_behind_its_nodes_and_among_its_tools_are_told(agent: Agent) -> None:
    mailing(agent, "Triage")
    quiet = graph(step("send", skill="email", operation="send_email"), llm("a", agent_id=agent.pk))
    make_score(agent.workspace, quiet, name="Unconnected")

    reach = reach_of(agent)

    assert [one.writes for one in reach.scores] == [{"send": "email.send_email"}, {}]
    assert reach.writing_tools == ["http.post"]
    assert reach.writes == 2


def test_pinned_nodes_are_told_apart(agent: Agent) -> None:
    score = mailing(agent, "Triage")
    make_orchestra(score)
    pin_agent(score, agent, 1, author=AUTHOR)

    reach = reach_of(agent)

    assert (reach.scores, reach.orchestras, reach.writes) == ([], 0, 1)
    assert [(one.score.name, one.pinned) for one in reach.held] == [
        ("Triage", {"first": 1, "second": 1})
    ]


def test_an_orchestra_pinned_to_an_old_graph_is_reached_by_what_that_graph_plays(
    agent: Agent,
) -> None:
    score = mailing(agent, "Triage")
    pinned = make_orchestra(score, score_version=1)
    save_graph(score, graph(step("only")), author=AUTHOR)
    following = make_orchestra(score)

    played = reach_of(agent).scores

    assert [(one.score.name, one.nodes) for one in played] == [("Triage", ["first", "second"])]
    assert played[0].orchestras == [pinned] != [following]


def test_runs_and_money_are_averaged_over_the_days_there_were_any(agent: Agent) -> None:
    score, other = mailing(agent, "Triage"), make_score(agent.workspace)
    for days_ago in (9.9, 5, 1):
        run = queued(score, days_ago)
        make_node(run, "first", agent_id=agent.pk, cost_microdollars=4_000)
    make_node(run, "second", agent_id="ag_other", cost_microdollars=9_000)
    queued(score, 3, mode="rehearsal")
    queued(score, 3, status="skipped")
    queued(score, 31)
    queued(other, 20)

    reach = reach_of(agent)

    assert reach.days == pytest.approx(9.9, abs=0.01)
    assert reach.runs_a_day == pytest.approx(3 / 9.9, abs=0.01)
    assert reach.microdollars_a_month == pytest.approx(12_000 * 30 / 9.9, rel=0.01)
    assert (reach.scores[0].runs, reach.scores[0].microdollars) == (3, 12_000)


def test_runs_in_flight_keep_the_version_they_began_with(agent: Agent) -> None:
    score = mailing(agent, "Triage")
    pins = {"agents": {"first": {"id": agent.pk, "version": 1}}}
    for status in ("queued", "waiting", "succeeded"):
        make_run(score, status, pins=pins)
    make_run(score, "queued")

    assert reach_of(agent).in_flight == 2


def test_many_scores_take_no_more_queries_than_few(agent: Agent) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            reach_of(agent)
        return len(queries)

    def add(name: str) -> None:
        score = mailing(agent, name)
        make_orchestra(score, score_version=1)
        scheduled(score, 5)
        make_node(make_run(score), "first", agent_id=agent.pk)

    add("First")
    few = asked()
    for number in range(4):
        add(f"Other {number}")

    assert asked() == few <= 12


def test_scores_that_hold_one_that_plays_it_are_reached_too(agent: Agent) -> None:
    triage = mailing(agent, "Triage")
    send = step("send", skill="email", operation="send_email")
    day = make_score(
        agent.workspace, graph(subscore("sort", triage.pk), send, "sort -> send"), name="Day"
    )
    week = make_score(agent.workspace, graph(subscore("days", day.pk)), name="Week")
    daily, weekly = make_orchestra(day), scheduled(week, 6)
    queued(week, 2)
    queued(triage, 2)

    reach = reach_of(agent)

    assert [(one.score.name, one.nodes, one.through) for one in reach.scores] == [
        ("Day", [], {"sort": triage}),
        ("Triage", ["first", "second"], {}),
        ("Week", [], {"days": day}),
    ]
    assert [one.writes for one in reach.scores][::2] == [{"send": "email.send_email"}, {}]
    assert (reach.orchestras, reach.next_fire) == (2, weekly)
    assert daily in reach.scores[0].orchestras
    assert reach.runs_a_day == pytest.approx(0.5, abs=0.01)


def test_a_score_held_at_an_old_version_is_reached_by_what_that_version_plays(
    agent: Agent,
) -> None:
    triage = mailing(agent, "Triage")
    old = subscore("sort", triage.pk, config={"version": 1})
    make_score(agent.workspace, graph(old), name="Keeps v1")
    save_graph(triage, graph(step("only")), author=AUTHOR)
    make_score(agent.workspace, graph(subscore("sort", triage.pk)), name="Follows")

    assert [one.score.name for one in reach_of(agent).scores] == ["Keeps v1"]
