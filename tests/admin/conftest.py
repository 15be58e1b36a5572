"""A workspace with one of everything, another one beside it, and people of every role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agents.models import Agent, ModelPrice, SkillLimit
from agents.skills.pipeline.models import (
    Activity,
    Company,
    Contact,
    Delivery,
    Hook,
    Pipeline,
)
from maestro.workspaces.api_keys import make_api_key
from maestro.workspaces.models import AuditEntry, Level, Membership, Notification, Role, Workspace
from maestro.workspaces.vault import set_secret
from orchestras.models import Orchestra
from runs.models import Run
from scores.models import Score
from tests.admin.rows import make_audition, make_node, make_run
from tests.factories import make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step


@dataclass
class World:
    """One workspace with a row of each kind; `rows` are all of them."""

    workspace: Workspace
    agent: Agent
    score: Score
    orchestra: Orchestra
    run: Run
    rows: list[Any]


def make_world(name: str, workspace: Workspace | None = None) -> World:
    workspace = workspace or make_workspace(name=name, slug=name.lower())
    agent = make_agent(workspace, name=f"{name} agent")
    document = graph(step("first"), llm("think", agent_id=agent.pk), "first -> think")
    score = make_score(workspace, document, name=f"{name} score")
    orchestra = make_orchestra(score, name=f"{name} orchestra")
    run = make_run(score, orchestra=orchestra)
    node = make_node(run, "first")
    pipeline = Pipeline.objects.create(
        workspace=workspace,
        name=f"{name} pipeline",
        slug=name.lower(),
        kind="outreach",
        stages=["new"],
    )
    company = Company.objects.create(workspace=workspace, name=f"{name} company")
    contact = Contact.objects.create(
        workspace=workspace, pipeline=pipeline, company=company, name=f"{name} contact",
        email=f"{name.lower()}@example.com", stage="new",
    )  # fmt: skip
    activity = Activity.objects.create(
        workspace=workspace, pipeline=pipeline, contact=contact, kind="drafted",
        old_stage="new", new_stage="new",
    )  # fmt: skip
    told = Notification.objects.create(
        workspace=workspace, level=Level.EVENT, title=f"{name} notification"
    )
    secret = set_secret(workspace, f"{name.lower()}-key", "a-secret-value", by="ada")
    hook = Hook.objects.create(
        workspace=workspace, pipeline=pipeline, secret=secret,
        url=f"https://{name.lower()}.example.com/moves",
    )  # fmt: skip
    delivery = Delivery.objects.create(
        workspace=workspace, hook=hook, body={"type": "pipeline.test", "data": {}}
    )
    limit = SkillLimit.objects.create(workspace=workspace, name=name.lower(), concurrency=2)
    key, _ = make_api_key(workspace, f"{name} program", ["run:read"], author="ada")
    audit = AuditEntry.objects.filter(workspace=workspace).order_by("id")[0]
    rows = [
        agent, agent.versions.get(), score, score.versions.get(), orchestra, run, node,
        run.events.get(), pipeline, company, contact, activity, told, audit, secret, key,
        limit, hook, delivery, make_audition(agent),
    ]  # fmt: skip
    return World(workspace, agent, score, orchestra, run, rows)


@pytest.fixture
def world(db: None) -> World:
    ModelPrice.objects.create(
        model="claude", valid_from="2026-01-01", input=1, output=1,
        cache_write_5m=1, cache_write_1h=1, cache_read=1,
    )  # fmt: skip
    return make_world("Alder")


@pytest.fixture
def elsewhere(db: None) -> World:
    """Another team's workspace, with rows of the same kinds."""
    return make_world("Birch")


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """A client of a person with that role in the world's workspace; "" is a superuser."""

    def signed_in(role: str = Role.EDITOR) -> Client:
        person = User.objects.create_user(
            f"{role or 'root'} person", is_staff=True, is_superuser=not role
        )
        if role:
            Membership.objects.create(workspace=world.workspace, user=person, role=role)
        client = Client()
        client.force_login(person)
        return client

    return signed_in
