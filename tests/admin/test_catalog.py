"""The catalog's pages: who uses what, whether it works, and trying it by hand."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from agents.models import ModelPrice
from agents.skills.registry import find
from maestro.workspaces.models import AuditEntry, Notification, Role, Workspace
from maestro.workspaces.vault import set_secret
from runs.models import Trial
from tests.admin.conftest import SignIn, World
from tests.admin.rows import make_node, make_run
from tests.admin.test_query_counts import queries
from tests.factories import make_agent, make_score
from tests.far_ends.messages_api import speaking, text
from tests.far_ends.server import serving
from tests.far_ends.tavily import Tavily
from tests.scores.graphs import graph, step

SKILLS, TOOLS = "/admin/catalog/skills/", "/admin/catalog/tools/"
pytestmark = pytest.mark.django_db(transaction=True)


def page_of(operation: str) -> str:
    return f"/admin/catalog/operations/{operation}/"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def trial(client: Client, operation: str, **said: str) -> str:
    answer = client.post(f"{page_of(operation)}try/", said)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def tavily(settings: Settings) -> Iterator[Tavily]:
    with serving(Tavily()) as far_end:
        settings.TAVILY_API_URL = far_end.url
        yield far_end


def test_every_operation_has_a_page_in_both_views(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    skills, tools = shown(client, SKILLS), shown(client, TOOLS)

    for name in ("http.get", "data.join", "pipeline.find_contact", "compose.classify_reply_intent"):
        assert page_of(name) in skills and page_of(name) in tools
        assert name in shown(client, page_of(name))
    assert f"agent:{world.agent.slug}" in tools
    assert client.get(page_of("http.teleport")).status_code == 404


def test_an_operations_page_says_who_uses_it_and_what_went_wrong(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    score = make_score(world.workspace, graph(step("fetch", skill="http", operation="get")))
    make_agent(world.workspace, name="Reader", allowed_tools=["http"])
    make_agent(elsewhere.workspace, name="Stranger", allowed_tools=["http"])
    error = {"code": "service_refused", "message": "no such page", "details": {}}
    make_node(make_run(score), "fetch", operation="http.get", status="failed", error=error)

    page = shown(sign_in(Role.VIEWER), page_of("http.get"))

    assert score.name in page and "fetch" in page and "Reader" in page
    assert "no such page" in page and "1 call, 1 error" in page
    assert "Stranger" not in page


def test_a_missing_secret_is_seen_and_so_is_the_one_that_fills_it(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.VIEWER)
    assert "Missing" in shown(client, page_of("apollo.enrich_domain"))

    set_secret(world.workspace, "apollo_api_key", "canary-apollo", by="ada")
    page = shown(client, page_of("apollo.enrich_domain"))

    assert "Missing" not in page and "Filled" in page
    assert "api.apollo.io" in page and "canary-apollo" not in page


def test_trying_shows_the_answer_with_the_workspaces_secret_and_is_audited(
    world: World, sign_in: SignIn, tavily: Tavily
) -> None:
    set_secret(world.workspace, "tavily_api_key", "tvly-canary", by="ada")

    page = trial(sign_in(), "web_research.search", query="northwind", max_results="2")

    assert "Result 1" in page
    assert tavily.seen[0].headers["authorization"] == "Bearer tvly-canary"
    assert "tvly-canary" not in page
    told = AuditEntry.objects.get(action="operation.tried")
    assert (told.actor, told.details["operation"]) == ("editor person", "web_research.search")


def test_what_the_service_refuses_is_shown_without_the_secret(
    world: World, sign_in: SignIn, tavily: Tavily
) -> None:
    set_secret(world.workspace, "tavily_api_key", "wrong-canary", by="ada")

    page = trial(sign_in(), "web_research.search", query="northwind")

    assert "service_refused" in page and "tavily_api_key" in page
    assert "wrong-canary" not in page


def test_a_write_shows_its_body_first_and_happens_when_it_is_confirmed(
    world: World, sign_in: SignIn
) -> None:
    client, before = sign_in(), Notification.objects.count()
    said = {"title": "{n} new", "more_fields": '{"n": 3}'}

    asked = trial(client, "notify.send_event", **said)
    assert "This will happen for real" in asked and "&quot;n&quot;: 3" in asked
    assert Notification.objects.count() == before

    seen = re.search(r'name="confirmed" value="(\w+)"', asked)
    assert seen is not None
    other = trial(client, "notify.send_event", title="Another", confirmed=seen[1])
    assert "This will happen for real" in other and Notification.objects.count() == before

    done = trial(client, "notify.send_event", **said, confirmed=seen[1])
    assert "notification_id" in done
    assert Notification.objects.latest("created_at").title == "3 new"


def test_a_wrong_input_is_told_at_its_field_and_nothing_is_called(
    world: World, sign_in: SignIn, tavily: Tavily
) -> None:
    page = trial(sign_in(), "web_research.search", query="x", max_results="99")

    assert "max_results: Input should be less than or equal to 20" in page
    assert "This field is required" in trial(sign_in(""), "web_research.search")
    assert tavily.seen == []


def test_a_list_of_texts_is_written_on_lines(world: World, sign_in: SignIn) -> None:
    said = {"title": "Hello", "to": "ada@example.com\n grace@example.com\n"}

    page = trial(sign_in(), "notify.send_mail", **said)

    assert "&quot;ada@example.com&quot;,\n    &quot;grace@example.com&quot;" in page
    as_json = trial(sign_in(""), "notify.send_mail", **{**said, "to": '["ada@example.com"]'})
    assert "&quot;ada@example.com&quot;\n  ]" in as_json


def test_what_asks_a_model_says_its_price_first_and_is_booked(
    world: World, sign_in: SignIn, settings: Settings
) -> None:
    ModelPrice.objects.filter(model="claude").update(input=3_000_000, output=15_000_000)
    Workspace.objects.filter(pk=world.workspace.pk).update(default_model="claude")
    set_secret(world.workspace, "anthropic_api_key", "sk-canary-4711", by="ada")
    judged = {"intent": "unsubscribe", "confidence": 1, "explanation": "Says sk-canary-4711"}
    client, said = sign_in(), {"text": "Stop."}
    with speaking([text(judged)]) as provider:
        settings.ANTHROPIC_BASE_URL = provider.url
        asked = trial(client, "compose.classify_reply_intent", **said)
        assert "This asks claude" in asked and "about $0.0" in asked and provider.requests == []

        seen = re.search(r'name="confirmed" value="(\w+)"', asked)
        assert seen is not None
        done = trial(client, "compose.classify_reply_intent", **said, confirmed=seen[1])

    assert "Maestro/unsubscribe" in done and "claude read 100 tokens and wrote 20" in done
    assert "$0.000600" in done and "sk-canary-4711" not in done
    booked = Trial.objects.get()
    assert (booked.cost_microdollars, booked.held_microdollars) == (600, 0)
    assert AuditEntry.objects.filter(details__cost_microdollars=600).exists()
    assert "trials</a>" in shown(client, "/admin/")


def test_fields_that_name_a_row_offer_the_workspaces_own(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    set_secret(world.workspace, "mailbox", "canary-4711", by="ada")
    ours, theirs = world.workspace.pipelines.get(), elsewhere.workspace.pipelines.get()
    client = sign_in()

    page = shown(client, page_of("pipeline.add_contact"))
    assert 'list="choices-pipelines"' in page and 'list="choices-stages"' in page
    assert f'<option value="{ours.slug}">{ours.name}</option>' in page
    assert f'<option value="new">{ours.name}</option>' in page
    assert theirs.slug not in page
    assert '<option value="mailbox">' in shown(client, page_of("email.list_inbox"))
    assert "x-choices" not in str(find("pipeline", "add_contact").tool_schema())


def test_a_viewer_may_look_and_not_try(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)

    assert "Try it" not in shown(client, page_of("data.sort"))
    assert client.post(f"{page_of('data.sort')}try/", {"by": "n"}).status_code == 403


def test_the_pages_ask_no_more_for_many_rows(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    client.get(SKILLS)
    few = [queries(client, address) for address in (SKILLS, TOOLS, page_of("http.get"))]
    for _ in range(5):
        score = make_score(world.workspace, graph(step("a", skill="http", operation="get")))
        make_node(make_run(score), "a", operation="http.get")
        make_agent(world.workspace, allowed_tools=["http"])

    assert [queries(client, address) for address in (SKILLS, TOOLS, page_of("http.get"))] == few
