"""Testing a secret: each service it is for is asked whether it takes it, and nothing else is told."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from agents.skills.context import Context
from agents.skills.mcp.actions import save_server
from agents.skills.mcp.models import McpServer
from agents.skills.registry import skills
from agents.skills.slot import Slot
from maestro.errors import Conflict
from maestro.workspaces.models import AuditEntry, Role, Secret, Workspace
from maestro.workspaces.vault import note_test, set_secret
from orchestras.actions import bind_secrets
from runs.probes import filled_by, try_secret
from runs.probes.alone import LOCK
from tests.admin.conftest import SignIn, World, sign_in, world  # noqa: F401  # fixtures
from tests.admin.pages import list_page, page
from tests.api.callers import Caller, read, refused
from tests.factories import AUTHOR, make_orchestra, make_score, make_workspace
from tests.far_ends.apollo import Apollo
from tests.far_ends.gmail import GmailEnd
from tests.far_ends.mcp import McpEnd
from tests.far_ends.messages_api import speaking, text
from tests.far_ends.server import serving
from tests.far_ends.tavily import Tavily
from tests.scores.graphs import graph, step

VALUE = "tvly-canary-8f2a91c4"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def apollo(settings: Settings) -> Iterator[Apollo]:
    with serving(Apollo()) as far_end:
        settings.APOLLO_API_URL = far_end.url
        yield far_end


def tried(workspace: Workspace, name: str, value: str = VALUE) -> list[tuple[str, str, str]]:
    """What came of it in each slot, with the words, in which no value may stand."""
    secret = try_secret(set_secret(workspace, name, value, by=AUTHOR), by=AUTHOR)
    assert value not in str(secret.tests) + str(list(AuditEntry.objects.values("details")))
    return [(one["asked_by"], one["outcome"], one["message"]) for one in secret.tests]


def test_a_service_says_whether_it_takes_the_secret(workspace: Workspace, apollo: Apollo) -> None:
    assert tried(workspace, "apollo_api_key") == [("apollo", "works", "")]
    assert tried(workspace, "apollo_api_key", "revoked-key") == [
        ("apollo", "refused", "Apollo does not know this key.")
    ]
    told = AuditEntry.objects.filter(action="secret.tested").first()
    assert told is not None
    outcome = {"slot": "apollo_api_key", "asked_by": "apollo", "outcome": "refused"}
    assert told.details == {"name": "apollo_api_key", "version": 2, "tests": [outcome]}


def test_a_service_that_is_away_says_nothing_of_the_secret(
    workspace: Workspace, settings: Settings
) -> None:
    settings.APOLLO_API_URL = NOBODY
    assert tried(workspace, "apollo_api_key")[0][1] == "unreachable"

    workspace.egress_hosts = ["api.tavily.com"]
    workspace.save()
    settings.GMAIL_API_URL = ""
    assert tried(workspace, "gmail_oauth")[0][1] == "unreachable"


def test_gmail_is_asked_about_the_consent_itself(workspace: Workspace, settings: Settings) -> None:
    with serving(GmailEnd()) as gmail:
        settings.GMAIL_API_URL = gmail.url
        good = tried(workspace, "gmail_oauth", gmail.secret())
        gone = tried(workspace, "gmail_oauth", gmail.secret(refresh_token="1//taken-back"))

    assert good == [("gmail", "works", "It opens the mailbox of me@ours.example.")]
    assert gone[0][1] == "refused" and "invalid_grant" in gone[0][2]
    assert tried(workspace, "gmail_oauth", '{"client": 1}')[0][1] == "refused"


def test_the_models_provider_is_asked_for_its_list(
    workspace: Workspace, settings: Settings
) -> None:
    with speaking([text("never asked")]) as provider:
        settings.ANTHROPIC_BASE_URL = provider.url
        provider.known = lambda key: key == VALUE
        assert tried(workspace, "anthropic_api_key") == [("models", "works", "")]
        assert tried(workspace, "anthropic_api_key", "sk-wrong-key")[0][1] == "refused"
        assert provider.requests == []


def test_an_mcp_server_is_asked_for_its_tools(workspace: Workspace, settings: Settings) -> None:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    secret = set_secret(workspace, "weather_key", VALUE, by=AUTHOR)
    with serving(McpEnd()) as end:
        url = f"{end.url}/mcp"
        server = McpServer(workspace=workspace, name="weather", url=url, secret=secret)
        save_server(server, by=AUTHOR)
        assert tried(workspace, "weather_key")[0][:2] == ("mcp.weather", "works")
    assert tried(workspace, "weather_key")[0][:2] == ("mcp.weather", "unreachable")


def test_each_slot_that_it_fills_is_tested(
    workspace: Workspace, apollo: Apollo, settings: Settings
) -> None:
    box = step("box", skill="email", operation="list_inbox", config={"params": {"account": "box"}})
    shop = {"url": "https://api.shop.example", "auth": {"secret": "apollo_api_key"}}
    call = step("call", skill="http", operation="get", config={"params": shop})
    orchestra = make_orchestra(make_score(workspace, graph(box, call)))
    secret = set_secret(workspace, "apollo_api_key", VALUE, by=AUTHOR)
    bind_secrets(orchestra, {"tavily_api_key": secret, "box": secret}, author=AUTHOR)
    with serving(Tavily()) as tavily:
        settings.TAVILY_API_URL = tavily.url
        kept = {one["asked_by"]: one for one in try_secret(secret, by=AUTHOR).tests}

    assert {name: one["outcome"] for name, one in kept.items()} == {
        "apollo": "works",
        "web_research": "works",
        "http": "untestable",
        "email": "refused",
    }
    assert kept["web_research"]["message"] == "It has used 150 of 1,000 credits."
    assert "it is no JSON" in kept["email"]["message"]
    secret.refresh_from_db()
    assert secret.tested() == "refused" and secret.tested("tavily_api_key") == "works"


def test_what_nobody_asks_for_cannot_be_tested(workspace: Workspace) -> None:
    told = [("", "untestable", "No skill and no server asks for it.")]
    assert tried(workspace, "github_token") == told


def test_a_skills_own_test_that_breaks_is_told_without_the_secret(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(context: Context, slot: str) -> str:
        raise ValueError(f"{context.secret(slot)} makes no sense")

    skill = next(one for one in skills() if one.name == "apollo")
    monkeypatch.setitem(vars(skill), "secrets", (Slot("apollo_api_key", probe=breaks),))

    assert tried(workspace, "apollo_api_key") == [
        ("apollo", "untestable", "The test of apollo broke: ValueError.")
    ]
    assert VALUE not in caplog.text and "makes no sense" in caplog.text


def test_a_new_value_counts_as_untested_and_an_old_ones_result_is_dropped(
    workspace: Workspace, apollo: Apollo
) -> None:
    tried(workspace, "apollo_api_key")
    secret = set_secret(workspace, "apollo_api_key", "another-value", by=AUTHOR)
    assert (secret.last_tested_at, secret.tested()) == (None, None)

    told = {"slot": "s", "asked_by": "x", "outcome": "works", "message": ""}
    assert note_test(secret, [told], version=1, by=AUTHOR).tested() is None


@pytest.mark.django_db(transaction=True)
def test_one_is_tested_at_a_time(apollo: Apollo) -> None:
    secret = set_secret(make_workspace(), "apollo_api_key", VALUE, by=AUTHOR)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(LOCK, [secret.pk])
        with pytest.raises(Conflict, match="being tested"):
            try_secret(secret, by=AUTHOR)
        other.execute("select pg_advisory_unlock_all()")  # a close is noticed a moment later
        assert try_secret(secret, by=AUTHOR).tested() == "works"


def test_the_button_shows_what_came_of_it_wherever_the_secret_is_listed(
    world: World,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
    apollo: Apollo,
) -> None:
    secret = set_secret(world.workspace, "apollo_api_key", VALUE, by=AUTHOR)
    editor = sign_in(Role.EDITOR)
    assert b"not tested yet" in editor.get(page(secret)).content

    address = f"/admin/workspaces/secret/{secret.pk}/test/"
    shown = editor.post(address, follow=True)

    assert shown.redirect_chain[0][0].endswith("#tests")
    catalog = "/admin/catalog/operations/apollo.find_leads/"
    for answer in (shown, editor.get(list_page(Secret)), editor.get(catalog)):
        assert b"Works" in answer.content and VALUE.encode() not in answer.content
    assert editor.get(address).status_code == 405
    viewer = sign_in(Role.VIEWER)
    assert viewer.post(address).status_code == 403
    assert b"Test it" not in viewer.get(page(secret)).content


def test_a_program_tests_a_secret_and_its_etag_stays(workspace: Workspace, apollo: Apollo) -> None:
    secret = set_secret(workspace, "apollo_api_key", VALUE, by=AUTHOR)
    caller, path = Caller.of(workspace), f"/secrets/{secret.pk}"
    before = caller.get(path)

    answer = caller.post(f"{path}/test")

    told = read(answer)
    assert told["outcome"] == "works" and told["last_tested_at"]
    test = {"slot": "apollo_api_key", "asked_by": "apollo", "outcome": "works", "message": ""}
    assert told["tests"] == [test]
    assert answer.headers["ETag"] == before.headers["ETag"]
    slots = read(caller.get("/operations/apollo.find_leads"))["secrets"]
    assert slots[0]["outcome"] == "works"
    refused(Caller.of(workspace, "secret:write").post(f"{path}/test"), 403, "forbidden")
    refused(Caller.of(make_workspace()).post(f"{path}/test"), 404, "not_found")


def test_what_the_environment_fills_is_tested_where_it_may(
    workspace: Workspace, apollo: Apollo, settings: Settings
) -> None:
    settings.ENVIRONMENT_SECRETS = {"apollo_api_key": VALUE}
    caller, path = Caller.of(workspace), "/slots/apollo_api_key/test"
    assert "set a secret" in refused(caller.post(path), 404, "not_found")["message"]
    assert apollo.seen == []

    workspace.settings = {"env_secrets": True}
    workspace.save()
    works = {"slot": "apollo_api_key", "asked_by": "apollo", "outcome": "works", "message": ""}
    assert read(caller.post(path)) == {"slot": "apollo_api_key", "tests": [works]}
    told = AuditEntry.objects.get(action="environment.tested")
    assert told.details["tests"][0]["outcome"] == "works" and VALUE not in str(told.details)

    settings.ENVIRONMENT_SECRETS = {"apollo_api_key": "short"}
    (test,) = read(caller.post(path))["tests"]
    assert test["outcome"] == "refused" and "fewer than 8" in test["message"]
    set_secret(workspace, "apollo_api_key", VALUE, by=AUTHOR)
    assert "test that one" in refused(caller.post(path), 404, "not_found")["message"]


def test_the_catalog_has_a_button_for_what_the_environment_fills(
    world: World,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
    apollo: Apollo,
    settings: Settings,
) -> None:
    settings.ENVIRONMENT_SECRETS = {"apollo_api_key": "revoked-key"}
    Workspace.objects.update(settings={"env_secrets": True})
    editor, address = sign_in(Role.EDITOR), "/admin/catalog/slots/apollo_api_key/test/"
    assert address.encode() in editor.get("/admin/catalog/skills/").content
    assert address.encode() in editor.get("/admin/catalog/operations/apollo.find_leads/").content

    shown = editor.post(address, follow=True).content.decode()

    assert "apollo_api_key of the environment, for apollo: refused. Apollo does not know" in shown
    assert "revoked-key" not in shown
    viewer = sign_in(Role.VIEWER)
    assert viewer.post(address).status_code == 403
    assert address.encode() not in viewer.get("/admin/catalog/skills/").content


def test_which_slots_it_fills_is_asked_in_three_queries(
    workspace: Workspace,
    django_assert_num_queries: "object",
) -> None:
    secret = set_secret(workspace, "box", VALUE, by=AUTHOR)
    box = step("box", skill="email", operation="list_inbox", config={"params": {"account": "box"}})
    for _ in range(3):
        make_score(workspace, graph(box))

    with django_assert_num_queries(3):  # type: ignore[operator]
        assert [one.asked_by for one in filled_by(secret)] == ["email"]
