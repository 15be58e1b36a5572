"""Canary secrets, used in every way and repeated by hostile far ends, stand nowhere but in the vault."""

import base64
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from agents.models import SkillLimit
from agents.seeding import seed_prices
from agents.skills.mcp.actions import look_again, save_server
from agents.skills.mcp.models import McpServer
from agents.skills.mcp.offered import find_in
from agents.skills.outcome import JSON
from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.changing import change_contact
from agents.skills.pipeline.deliveries import deliver
from agents.skills.pipeline.hooks import save_hook
from agents.skills.pipeline.models import Contact, Hook, Kind
from maestro.errors import MaestroError
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import bind_secrets
from runs.actions import start_orchestra, start_score
from runs.auditions.actions import candidate_of, propose, start_audition
from runs.auditions.declared import Selection
from runs.auditions.settling import settle
from runs.models import Mode, Run, RunEvent, Trigger
from runs.probes import try_environment, try_secret
from runs.trials import try_operation
from tests.api.callers import Caller
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score, make_workspace
from tests.far_ends.messages_api import error, speaking, text
from tests.far_ends.server import serving
from tests.runs.clusters import wait_until
from tests.runs.stage import play_here
from tests.scores.graphs import graph, llm, step
from tests.sessions import is_heard

from .far_end import Echo, McpEcho, written
from .searching import Search, stream_of

CANARIES = {
    "apollo_api_key": 'canary-apollo"/+<8>&4711',
    "tavily_api_key": "canary-tavily-of-the-environment-4711",
    "anthropic_api_key": "sk-ant-canary-4711-abcdef",
    "shop_key": "canary=shop/key+4711~",
    "weather_key": "canary-weather-4711-ghi",
    "signing_key": "canary-signing-key-4711",
    "mailbox": '{"host": "127.0.0.1", "user": "ada@x.io", "password": "canary-box-4711", "port": 9}',
    "retired_key": "canary-retired-4711-xyz",
    "smtp": "canary-smtp-password-4711",
    "vault": base64.b64encode(b"canary vault key, 32 bytes long!").decode(),
}
ANSWER_ENDS = rb'\"}"'  # of JSON within JSON
PLANTED = "canary-planted-on-purpose-4711"  # the search must be able to find
IN_VAULT = set(CANARIES) - {"tavily_api_key", "smtp", "vault"}
SHOWN = {
    "index", "catalog_skills", "catalog_tools", "catalog_operation", "templates",
    "approvals", "compose_score", "workspaces_secret_changelist", "workspaces_secret_change",
    "workspaces_auditentry_changelist", "runs_run_changelist", "runs_run_change",
    "agents_agent_change", "mcp_mcpserver_change", "orchestras_orchestra_change",
    "auditions_audition_change", "workspaces_apikey_changelist",
}  # fmt: skip


@dataclass
class Installed:
    """`heard`: what a program was told while a run played."""

    workspace: Workspace
    heard: bytes


@pytest.fixture
def installed(settings: Settings, tmp_path: Path) -> Iterator[Installed]:
    """A workspace with a secret in every place that can hold one, and far ends that repeat them."""
    settings.MAESTRO_SECRET_KEY = CANARIES["vault"]
    settings.MAESTRO_SMTP_URL = f"smtp://ada:{CANARIES['smtp']}@127.0.0.1:9?from=ada@x.io"
    settings.MAIL_DIR = settings.DATA_DIR = tmp_path
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    settings.ENVIRONMENT_SECRETS = {"tavily_api_key": CANARIES["tavily_api_key"]}
    seed_prices()
    workspace = make_workspace(settings={"env_secrets": True}, default_model="claude-sonnet-5-5")
    for name in IN_VAULT:
        set_secret(workspace, name, CANARIES[name], by=AUTHOR)
    set_secret(workspace, "retired_key", "canary-replaced-4711", by=AUTHOR, description=PLANTED)
    with ExitStack() as running:
        echo = running.enter_context(serving(Echo()))
        settings.APOLLO_API_URL = settings.TAVILY_API_URL = settings.GMAIL_API_URL = echo.url
        mcp = running.enter_context(serving(McpEcho()))
        # It ends when all that it says was told to those who listen.
        heard = threading.Event()
        says = [text({"said": " ".join(written(CANARIES["anthropic_api_key"]))}, until=heard)]
        says += [
            error(400, "invalid_request_error", " ".join(written(CANARIES["anthropic_api_key"])))
        ]
        models = running.enter_context(speaking([says[0], says[1], says[0], says[1], says[0]]))
        settings.ANTHROPIC_BASE_URL = models.url
        shop = workspace.secrets.get(name="shop_key")
        shop.hosts = [echo.url]
        shop.save()
        server = McpServer(workspace=workspace, name="weather", url=f"{mcp.url}/mcp")
        server.secret = workspace.secrets.get(name="weather_key")
        look_again(save_server(server, by=AUTHOR), by=AUTHOR)
        tell_of_moves(workspace, echo.url)
        yield Installed(workspace, play_all(workspace, echo.url, heard))


def tell_of_moves(workspace: Workspace, url: str) -> None:
    """Webhooks that are answered, and refused, with all that they were sent."""
    pipeline = create_pipeline(workspace, name="Sales", slug="sales", kind=Kind.OUTREACH)
    secret = workspace.secrets.get(name="signing_key")
    for how in ("200", "410"):
        hook = Hook(workspace=workspace, pipeline=pipeline, url=f"{url}/{how}", secret=secret)
        save_hook(hook, by=AUTHOR)
    ada = {"name": "Ada", "email": "ada@x.example", "stage": "new"}
    contact = Contact.objects.create(workspace=workspace, pipeline=pipeline, **ada)
    change_contact(contact, by=AUTHOR, stage="contacted")
    assert deliver() == 1


def play_all(workspace: Workspace, url: str, all_said: threading.Event) -> bytes:
    """What a program was told that followed the runs to their ends; `all_said` is set when the model's
    whole answer was."""
    SkillLimit.objects.create(workspace=workspace, name="http", concurrency=5)
    agent = make_agent(workspace, name="Talker", slug="talker")
    nodes = [
        step(
            f"shop_{how}", skill="http", operation="get", on_error="continue", config=shop(url, how)
        )
        for how in ("200", "401", "500", "moved", "broken")
    ]
    calls = {
        "leads": ("apollo", "find_leads", {"titles": ["COO"]}),
        "search": ("web_research", "search", {"query": "x"}),
        "box": ("email", "list_inbox", {"account": "mailbox"}),
        "mail": ("email", "send_email", {"to": "a@x.io", "subject": "s", "body": "b"}),
        "tool": ("mcp", "weather.echo", {"city": "Utrecht"}),
    }
    for key, (skill, operation, params) in calls.items():
        config = {"params": params}
        nodes.append(
            step(key, skill=skill, operation=operation, config=config, on_error="continue")
        )
    document = graph(*nodes, llm("think", agent_id=agent.pk, on_error="continue"))
    orchestra = make_orchestra(make_score(workspace, document, name="Canaries"))
    bind_secrets(
        orchestra, {"apollo_api_key": workspace.secrets.get(name="apollo_api_key")}, author=AUTHOR
    )
    heard = b""
    for mode in (Mode.LIVE, Mode.PLAN, Mode.REHEARSAL):
        run = start_orchestra(orchestra, trigger=Trigger.MANUAL, mode=mode, started_by=AUTHOR)
        played, told = play_and_follow(workspace, run, all_said)
        heard += told
        assert played.status == "succeeded", played.error
    failing = make_score(
        workspace, graph(step("shop", skill="http", operation="get", config=shop(url, "401")))
    )
    failed = play_here(start_score(failing, trigger=Trigger.MANUAL, started_by=AUTHOR))
    assert failed.status == "failed"
    proposal = propose(agent, candidate_of(agent, {"system_prompt": "Other."}), Selection())
    audition = start_audition(proposal, graders=[], budget=None, by=AUTHOR)
    play_here(audition.run)  # type: ignore[arg-type]
    while settle(audition.pk):
        pass
    return heard


def play_and_follow(workspace: Workspace, run: Run, all_said: threading.Event) -> tuple[Run, bytes]:
    answer = Caller.of(workspace, "run:read").get(f"/runs/{run.pk}/events")

    def hear(frame: bytes) -> None:
        if b"node.words" in frame and ANSWER_ENDS in frame:
            all_said.set()

    with ThreadPoolExecutor(1) as aside:
        listening = aside.submit(stream_of, answer, hear)
        wait_until(is_heard)
        return play_here(run), listening.result()


def shop(url: str, how: str) -> JSON:
    proof = {"secret": "shop_key", "kind": "header", "header": "X-Token"}
    return {"params": {"url": f"{url}/{how}", "auth": proof, "accept_status": [500]}}


def tried_by_hand(workspace: Workspace, url: str) -> list[str]:
    """What trials and tests answer."""
    said = []
    asked: dict[str, JSON] = {
        "http.get": shop(url, "200")["params"],
        "apollo.find_leads": {"titles": ["COO"]},
        "mcp.weather.echo": {"city": "Utrecht"},
        "compose.classify_reply_intent": {"text": "Stop."},
    }
    for name, given in asked.items():
        operation = find_in(workspace, *name.split(".", 1))
        try:
            said.append(repr(try_operation(workspace, operation, given, by=AUTHOR, confirmed=True)))
        except MaestroError as refusal:
            said.append(repr(refusal.as_json()))
    said += [repr(try_secret(one, by=AUTHOR).tests) for one in workspace.secrets.all()]
    said.append(repr(try_environment(workspace, "tavily_api_key", by=AUTHOR)))
    return said


@pytest.mark.django_db(transaction=True)
def test_no_canary_stands_anywhere_but_in_the_vault(
    installed: Installed, settings: Settings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    workspace = installed.workspace
    caller = Caller.of(workspace)
    search = Search(
        {**CANARIES, "planted": PLANTED, "api key": caller.token, "django": settings.SECRET_KEY}
    )
    client = Client()
    client.force_login(User.objects.create_superuser("root"))

    assert b"event: node.words" in installed.heard
    search.look("live stream", installed.heard)
    for number, said in enumerate(tried_by_hand(workspace, settings.APOLLO_API_URL)):
        search.look(f"trial or test {number}", said)
    for command in (["export", str(tmp_path / "out"), "--workspace", workspace.slug], ["doctor"]):
        told = StringIO()
        with suppress(SystemExit):  # doctor finds no cluster
            call_command(*command, stdout=told, stderr=told)
        search.look(f"manage.py {command[0]}", told.getvalue())
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        search.look(f"file {file.name}", file.read_bytes())
    assert search.rest(caller) == set()  # there was a row of everything
    assert "stream of /api/v1/runs/{run_id}/events" in search.looked
    assert search.pages(client) >= SHOWN
    search.tables()
    search.look("log", caplog.text)

    assert {(place, name) for place, name in search.found if name != "planted"} == set()
    found = {place for place, _ in search.found}
    assert found >= {"table secrets", "GET /api/v1/secrets", "page workspaces_secret_changelist"}
    assert RunEvent.objects.filter(kind="node.failed").exists()


@pytest.mark.parametrize("name", ["shop_key", "apollo_api_key", "mailbox"])
def test_the_search_knows_every_form(name: str) -> None:
    for form in written(CANARIES[name]):
        search = Search(CANARIES)
        search.look("here", f"said {form} there")
        assert ("here", name) in search.found, form
