"""A save tells of secrets that are not there: once for each slot, with all nodes that ask for it."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import bind_secrets
from scores.actions import read_graph
from scores.document import GraphDocument, NodeDocument
from scores.models import Score
from scores.validation import check_graph
from tests.factories import make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step

pytestmark = pytest.mark.django_db
VALUE = "canary-8f2a91c4"


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def told(score: Score) -> list[tuple[str, str | None, str]]:
    issues = check_graph(read_graph(score), score.workspace, score=score)
    return [(one.code, one.node, one.message) for one in issues if one.code == "missing_secret"]


def enrich(key: str) -> NodeDocument:
    return step(
        key, skill="apollo", operation="enrich_domain", config={"params": {"domain": "x.org"}}
    )


def test_a_slot_that_nothing_fills_is_told_once_with_its_nodes(workspace: Workspace) -> None:
    score = make_score(workspace, graph(enrich("one"), step("pick"), enrich("two")))

    message = (
        "one and two ask for the secret apollo_api_key, which is not there: add apollo_api_key to "
        "the vault. A rehearsal needs none."
    )
    assert told(score) == [("missing_secret", "one", message)]

    set_secret(workspace, "apollo_api_key", VALUE, by="ada")
    assert told(score) == []


def test_the_environment_is_named_where_it_would_be_asked(
    workspace: Workspace, settings: Settings
) -> None:
    workspace.settings = {"env_secrets": True}
    workspace.save()
    score = make_score(workspace, graph(enrich("one")))

    assert "to the vault, or set APOLLO_API_KEY in the environment." in told(score)[0][2]

    settings.ENVIRONMENT_SECRETS = {"apollo_api_key": VALUE}
    assert told(score) == []


def test_what_an_orchestra_of_the_score_binds_is_there(workspace: Workspace) -> None:
    score = make_score(workspace, graph(enrich("one")))
    secret = set_secret(workspace, "our-apollo", VALUE, by="ada")
    bind_secrets(make_orchestra(score), {"apollo_api_key": secret}, author="ada")

    assert told(score) == []


def test_a_models_key_and_its_tools_and_helpers_are_asked_for(workspace: Workspace) -> None:
    make_agent(workspace, slug="finder", allowed_tools=["web_research.search"])
    agent = make_agent(workspace, allowed_tools=["apollo.find_leads", "agent:finder"])
    score = make_score(workspace, graph(llm("think", agent_id=agent.pk)))

    assert {message.split("secret ")[1].split(",")[0] for _, _, message in told(score)} == {
        "anthropic_api_key", "apollo_api_key", "tavily_api_key",
    }  # fmt: skip


def test_a_check_asks_as_much_for_many_nodes_and_versions(
    workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_agent(workspace, slug="finder", allowed_tools=["web_research.search"])

    def thinking(count: int) -> GraphDocument:
        agents = [make_agent(workspace, allowed_tools=["agent:finder"]) for _ in range(count)]
        nodes = [llm(f"n{i}", agent_id=agent.pk) for i, agent in enumerate(agents)]
        return graph(*nodes, *[enrich(f"e{i}") for i in range(count)])

    score = make_score(workspace)
    for document in (thinking(1), thinking(12)):
        with django_assert_num_queries(7):
            assert len(check_graph(document, workspace, score=score)) == 3
