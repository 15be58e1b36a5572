"""What ships is put in once, kept up to date until edited, and never comes back when deleted."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import TypeVar

import pytest
from django.core.management import call_command
from django.db.models import Model
from django.utils import timezone
from jsonschema import Draft202012Validator

from agents import seeding as agent_seeding
from agents.actions import save_agent
from agents.models import Agent, ModelPrice
from agents.skills.pipeline.models import Pipeline
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import delete_orchestra, set_enabled
from orchestras.models import Orchestra
from orchestras.schedule import next_fire
from orchestras.slots import missing_slots
from scores import seeding
from scores.actions import delete_score, read_graph, save_graph
from scores.models import Score
from scores.slots import needed_slots
from scores.validation import check_graph
from tests.factories import AUTHOR, make_workspace
from tests.scores.graphs import graph, step

pytestmark = pytest.mark.django_db
Row = TypeVar("Row", bound=Model)
SLUGS = ("lead-intake", "cold-leads-v2", "reply-triage-v2")


def seed() -> str:
    said = StringIO()
    call_command("seed", stdout=said)
    return said.getvalue()


def shipped(model: type[Row], slug: str = "lead-intake") -> Row:
    prefix = "sc" if model is Score else "or"
    return model._default_manager.get(pk=f"{prefix}_{slug}")


def rows_of_everything() -> dict[str, int]:
    models = (Workspace, Pipeline, Agent, Score, Orchestra, ModelPrice)
    return {model.__name__: model.objects.count() for model in models}


def test_a_first_start_has_a_workspace_with_everything_that_ships() -> None:
    said = seed()

    workspace = Workspace.objects.get()
    assert (workspace.pk, workspace.slug) == ("ws_main", "main")
    assert workspace.settings["env_secrets"] is True
    assert Pipeline.objects.get().slug == "outreach"
    score = shipped(Score)
    assert (score.slug, score.is_template, score.version) == ("lead-intake", True, 1)
    assert {node.pk for node in score.nodes.all()} == {
        f"nd_lead-intake_{node.key}" for node in read_graph(score).nodes
    }
    orchestra = shipped(Orchestra)
    assert (orchestra.name, orchestra.enabled, orchestra.score) == ("Lead intake", True, score)
    assert orchestra.next_fire_at == next_fire("0 7 * * *", "UTC", timezone.now())
    assert "Lead intake" in said


@pytest.mark.parametrize("slug", seeding.shipped_templates())
def test_a_shipped_graph_lacks_its_secrets_and_nothing_else(slug: str) -> None:
    seed()

    score = shipped(Score, slug)
    assert (score.slug, score.is_template) == (slug, True)
    document = read_graph(score)
    for slot in needed_slots(document):
        set_secret(score.workspace, slot, "canary-8f2a91c4", by="ada")
    assert check_graph(document, score.workspace) == []


def test_the_shipped_agents_are_named_after_their_nodes() -> None:
    seed()

    agents = {agent.pk: agent for agent in Agent.objects.all()}
    assert {pk: (agent.name, agent.model) for pk, agent in agents.items()} == {
        "ag_nd_cold-leads-v2_shortlist": ("Shortlist", None),
        "ag_nd_cold-leads-v2_draft_opener": ("Draft opener", None),
        "ag_nd_reply-triage-v2_classify": ("Classify intent", "claude-haiku-5-5"),
        "ag_nd_lead-enrichment_judge_fit": ("Judge fit", "claude-haiku-5-5"),
        "ag_nd_support-triage_sort": ("Sort support mail", "claude-haiku-5-5"),
        "ag_nd_weekly-report_write": ("Write report", None),
    }
    for agent in agents.values():
        assert agent.is_template and not agent.allowed_tools
        schema = agent.output_schema or {}
        for example in schema["examples"]:
            Draft202012Validator(schema).validate(example)


def test_an_orchestra_that_needs_secrets_ships_switched_off() -> None:
    seed()

    missing = {slug: sorted(missing_slots(shipped(Orchestra, slug))) for slug in SLUGS}
    assert missing == {
        "lead-intake": [],
        "cold-leads-v2": ["anthropic_api_key", "apollo_api_key", "gmail_oauth"],
        "reply-triage-v2": ["anthropic_api_key", "gmail_oauth"],
    }
    assert [shipped(Orchestra, slug).enabled for slug in SLUGS] == [True, False, False]


def test_an_edited_agent_is_never_replaced() -> None:
    seed()
    agent = Agent.objects.get(name="Classify intent")
    save_agent(agent, {"system_prompt": "Mine."}, author=AUTHOR)

    seed()

    agent.refresh_from_db()
    assert (agent.system_prompt, agent.version) == ("Mine.", 2)


def test_a_newer_shipped_prompt_is_the_agents_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed()
    copytree(agent_seeding.SEEDS, tmp_path / "seeds")
    (tmp_path / "seeds" / "classify-intent.md").write_text("Newer.")
    monkeypatch.setattr(agent_seeding, "SEEDS", tmp_path / "seeds")

    seed()

    agent = Agent.objects.get(name="Classify intent")
    assert (agent.system_prompt, agent.version) == ("Newer.", 2)
    assert Agent.objects.get(name="Shortlist").version == 1


def test_a_second_seed_changes_nothing() -> None:
    seed()
    before, settings = rows_of_everything(), Workspace.objects.get().settings

    seed()

    assert rows_of_everything() == before
    assert Workspace.objects.get().settings == settings
    assert shipped(Score).version == 1


def test_a_newer_shipped_graph_is_the_templates_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed()
    ship_another_graph(tmp_path, monkeypatch)

    seed()

    score = shipped(Score)
    assert (score.version, [node.key for node in read_graph(score).nodes]) == (2, ["newer"])


def test_an_edited_template_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed()
    save_graph(shipped(Score), graph(step("mine")), author=AUTHOR)
    ship_another_graph(tmp_path, monkeypatch)

    seed()

    assert [node.key for node in read_graph(shipped(Score)).nodes] == ["mine"]


def ship_another_graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copytree(seeding.SEEDS, folder, dirs_exist_ok=True)
    score = json.loads((seeding.SEEDS / "lead-intake.json").read_text())
    score["graph"] = graph(step("newer")).as_json()
    (folder / "lead-intake.json").write_text(json.dumps(score))
    monkeypatch.setattr(seeding, "SEEDS", folder)


def test_what_somebody_switched_off_or_deleted_stays_so() -> None:
    seed()
    set_enabled(shipped(Orchestra), False, author=AUTHOR)
    seed()
    assert shipped(Orchestra).enabled is False

    delete_orchestra(shipped(Orchestra), author=AUTHOR)
    seed()
    assert not Orchestra.objects.filter(pk="or_lead-intake").exists()

    delete_score(shipped(Score), author=AUTHOR)
    Pipeline.objects.all().delete()
    seed()
    assert not Score.objects.filter(pk="sc_lead-intake").exists()
    assert not Pipeline.objects.exists()


def test_a_house_of_its_own_gets_no_shipped_workspace() -> None:
    make_workspace(slug="own")

    seed()

    assert [workspace.slug for workspace in Workspace.objects.all()] == ["own"]


def test_prices_are_dated_and_a_changed_one_is_left_alone() -> None:
    seed()
    ModelPrice.objects.filter(model="claude-opus-5").update(input=1)
    ModelPrice.objects.filter(model="claude-opus-5-5").delete()

    seed()

    assert ModelPrice.objects.get(model="claude-opus-5").input == 1
    assert ModelPrice.objects.filter(model="claude-opus-5-5").count() == 1
    reads = ModelPrice.objects.filter(model="claude-sonnet-5-5").order_by("valid_from")
    assert list(reads.values_list("valid_from", "cache_read")) == [
        (date(2026, 1, 1), 200_000),
        (date(2026, 10, 7), 100_000),
    ]
    bands = ModelPrice.objects.filter(model="claude-haiku-5-5").order_by("prompt_tokens_from")
    assert list(bands.values_list("prompt_tokens_from", "cache_write_5m")) == [
        (0, 125_000),
        (100_001, 625_000),
    ]
