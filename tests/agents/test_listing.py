"""What a list of agents can be narrowed to, and what it says of each."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agents.listing import listed
from agents.models import Agent
from maestro.workspaces.models import Workspace
from orchestras.models import OrchestraAgent
from runs.models import RunNode
from tests.admin.rows import make_node, make_run
from tests.factories import make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(default_model="claude-default")


def shown(workspace: Workspace, **wanted: str) -> set[str]:
    agents = Agent.objects.in_workspace(workspace)
    return {agent.name for agent in listed(agents, **wanted)}  # type: ignore[arg-type]


def test_agents_are_found_by_how_many_scores_play_them(workspace: Workspace) -> None:
    shared, single, template = (make_agent(workspace, name=name) for name in "abc")
    make_agent(workspace, name="unused")
    pinned = make_agent(workspace, name="pinned")
    Agent.objects.filter(pk=template.pk).update(is_template=True)
    played = [llm("x", agent_id=shared.pk), llm("y", agent_id=single.pk)]
    score = make_score(workspace, graph(*played, llm("z", agent_id=single.pk)))
    make_score(workspace, graph(llm("x", agent_id=shared.pk)))
    OrchestraAgent.objects.create(
        workspace=workspace, orchestra=make_orchestra(score), agent=pinned
    )

    assert shown(workspace, use="shared") == {"a"}
    assert shown(workspace, use="single_use") == {"b"}
    assert shown(workspace, use="unused") == {"c", "unused"}
    assert shown(workspace, use="template") == {"c"}
    found = {agent.name: agent for agent in listed(Agent.objects.in_workspace(workspace))}
    assert (found["a"].score_count, found["a"].node_count) == (2, 2)
    assert (found["b"].score_count, found["b"].node_count) == (1, 2)
    assert (found["c"].score_count, found["c"].node_count) == (0, 0)


def test_agents_are_found_by_the_model_they_ask(workspace: Workspace) -> None:
    make_agent(workspace, name="own", model="claude-own")
    make_agent(workspace, name="by default")
    make_agent(workspace, name="by name", model="claude-default")

    assert shown(workspace, model="claude-default") == {"by default", "by name"}
    assert shown(workspace, model="claude-own") == {"own"}


def test_agents_are_found_by_a_skill_or_an_operation_of_it(workspace: Workspace) -> None:
    make_agent(workspace, name="all", allowed_tools=["data"])
    make_agent(workspace, name="one", allowed_tools=["http.get", "data.pick"])
    make_agent(workspace, name="other", allowed_tools=["http"])
    make_agent(workspace, name="none")

    assert shown(workspace, skill="data") == {"all", "one"}
    assert shown(workspace, skill="http") == {"one", "other"}
    assert shown(workspace, skill="nothing") == set()


def test_the_cost_is_that_of_the_last_thirty_days(workspace: Workspace) -> None:
    agent, idle = make_agent(workspace), make_agent(workspace)
    run = make_run(make_score(workspace))
    for number, days in enumerate((0, 29, 31)):
        began = timezone.now() - timedelta(days=days)
        make_node(run, f"n{number}", agent_id=agent.pk, cost_microdollars=5, started_at=began)
    make_node(run, "code", cost_microdollars=7)

    costs = {found.pk: found.cost_microdollars for found in listed(Agent.objects.all())}

    assert costs == {agent.pk: 10, idle.pk: 0}


def test_a_list_is_one_query(
    workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_run(make_score(workspace))
    for number in range(4):
        agent = make_agent(workspace, allowed_tools=["data"])
        make_score(workspace, graph(llm("x", agent_id=agent.pk)))
        make_node(run, f"n{number}", agent_id=agent.pk)

    with django_assert_num_queries(1):
        found = list(
            listed(Agent.objects.all(), use="single_use", skill="data", model="claude-default")
        )

    assert len(found) == RunNode.objects.count() == 4
