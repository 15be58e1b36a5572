import pytest
from pytest_django import Settings

from maestro.errors import Conflict
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import bind_secrets, create_orchestra, save_orchestra, set_enabled
from orchestras.models import Orchestra
from orchestras.slots import missing_slots, slots_of
from scores.document import GraphDocument
from scores.slots import needed_slots
from tests.factories import make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step, subscore

pytestmark = pytest.mark.django_db
VALUE = "canary-8f2a91c4"


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def document(workspace: Workspace) -> GraphDocument:
    agent = make_agent(workspace, allowed_tools=["data", "web_research.search"])
    return graph(
        step("find", skill="apollo", operation="find_leads"),
        step("enrich", skill="apollo", operation="enrich_person"),
        step("pick"),
        llm("think", agent_id=agent.pk),
    )


@pytest.fixture
def orchestra(workspace: Workspace, document: GraphDocument) -> Orchestra:
    score = make_score(workspace, document)
    return create_orchestra(workspace, {"name": "Outbound", "score": score}, author="ada")


@pytest.mark.usefixtures("workspace")
def test_slots_come_from_operations_models_and_the_tools_of_agents(
    document: GraphDocument,
) -> None:
    assert needed_slots(document) == {
        "apollo_api_key": ["find", "enrich"],
        "anthropic_api_key": ["think"],
        "tavily_api_key": ["think"],
    }


def test_a_slot_is_filled_by_name_by_binding_or_from_the_environment(
    workspace: Workspace, orchestra: Orchestra, settings: Settings
) -> None:
    set_secret(workspace, "apollo_api_key", VALUE, by="ada")
    other = set_secret(workspace, "my-model-key", VALUE, by="ada")
    bind_secrets(orchestra, {"anthropic_api_key": other}, author="ada")
    settings.ENVIRONMENT_SECRETS = {"tavily_api_key": VALUE}

    assert missing_slots(orchestra) == {"tavily_api_key": ["think"]}

    workspace.settings = {"env_secrets": True}
    workspace.save()
    assert missing_slots(orchestra) == {}


def test_an_orchestra_with_an_empty_slot_cannot_be_enabled(
    workspace: Workspace, orchestra: Orchestra
) -> None:
    set_secret(workspace, "anthropic_api_key", VALUE, by="ada")
    set_secret(workspace, "tavily_api_key", VALUE, by="ada")

    with pytest.raises(Conflict, match=r"apollo_api_key \(for find, enrich\)") as refused:
        set_enabled(orchestra, True, author="ada")

    assert refused.value.details["missing"] == {"apollo_api_key": ["find", "enrich"]}
    assert not Orchestra.objects.get().enabled


def test_what_the_scores_below_ask_for_is_asked_of_their_orchestra(
    workspace: Workspace, document: GraphDocument
) -> None:
    lowest = make_score(workspace, document)
    middle = make_score(workspace, graph(subscore("outbound", lowest.pk)), slug="middle")
    top = graph(subscore("each", middle.pk), step("leads", skill="apollo", operation="find_leads"))
    orchestra = make_orchestra(make_score(workspace, top, slug="top"), enabled=False)
    for slot in ("anthropic_api_key", "tavily_api_key"):
        set_secret(workspace, slot, VALUE, by="ada")

    with pytest.raises(Conflict, match=r"apollo_api_key \(for leads, each\)"):
        set_enabled(orchestra, True, author="ada")

    bind_secrets(
        orchestra,
        {"apollo_api_key": set_secret(workspace, "ours", VALUE, by="ada")},
        author="ada",
    )
    assert set_enabled(orchestra, True, author="ada").enabled


def test_filled_it_can_be_enabled_and_then_changed(
    workspace: Workspace, orchestra: Orchestra
) -> None:
    for slot in ("anthropic_api_key", "tavily_api_key", "apollo_api_key"):
        set_secret(workspace, slot, VALUE, by="ada")

    assert set_enabled(orchestra, True, author="ada").enabled

    workspace.secrets.all().delete()
    saved = save_orchestra(orchestra, {"description": "Still on"}, author="ada")
    assert saved.description == "Still on"


def test_a_slot_that_is_not_needed_can_be_filled_all_the_same(workspace: Workspace) -> None:
    read = step("read", skill="web_research", operation="extract")
    orchestra = make_orchestra(make_score(workspace, graph(read)), enabled=False)

    assert slots_of(orchestra) == {}
    assert slots_of(orchestra, with_optional=True) == {"tavily_api_key": ["read"]}
    assert set_enabled(orchestra, True, author="ada").enabled
