"""What ships is put in once, kept up to date until edited, and never comes back when deleted."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from agents.models import ModelPrice
from agents.skills.pipeline.models import Pipeline
from maestro.workspaces.models import Workspace
from orchestras.actions import delete_orchestra, set_enabled
from orchestras.models import Orchestra
from orchestras.schedule import next_fire
from scores import seeding
from scores.actions import delete_score, read_graph, save_graph
from scores.models import Score
from scores.validation import check_graph
from tests.factories import AUTHOR, make_workspace
from tests.scores.graphs import graph, step

pytestmark = pytest.mark.django_db


def seed() -> str:
    said = StringIO()
    call_command("seed", stdout=said)
    return said.getvalue()


def rows_of_everything() -> dict[str, int]:
    models = (Workspace, Pipeline, Score, Orchestra, ModelPrice)
    return {model.__name__: model.objects.count() for model in models}


def test_a_first_start_has_a_workspace_with_everything_that_ships() -> None:
    said = seed()

    workspace = Workspace.objects.get()
    assert (workspace.pk, workspace.slug) == ("ws_main", "main")
    assert workspace.settings["env_secrets"] is True
    assert Pipeline.objects.get().slug == "outreach"
    score = Score.objects.get()
    assert (score.slug, score.is_template, score.version) == ("lead-intake", True, 1)
    assert {node.pk for node in score.nodes.all()} == {
        f"nd_lead-intake_{node.key}" for node in read_graph(score).nodes
    }
    orchestra = Orchestra.objects.get()
    assert (orchestra.name, orchestra.enabled, orchestra.score) == ("Lead intake", True, score)
    assert orchestra.next_fire_at == next_fire("0 7 * * *", "UTC", timezone.now())
    assert "Lead intake" in said


def test_the_shipped_graph_has_neither_errors_nor_warnings() -> None:
    seed()

    score = Score.objects.get()
    assert check_graph(read_graph(score), score.workspace) == []


def test_a_second_seed_changes_nothing() -> None:
    seed()
    before, settings = rows_of_everything(), Workspace.objects.get().settings

    seed()

    assert rows_of_everything() == before
    assert Workspace.objects.get().settings == settings
    assert Score.objects.get().version == 1


def test_a_newer_shipped_graph_is_the_templates_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed()
    ship_another_graph(tmp_path, monkeypatch)

    seed()

    score = Score.objects.get()
    assert (score.version, [node.key for node in read_graph(score).nodes]) == (2, ["newer"])


def test_an_edited_template_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed()
    save_graph(Score.objects.get(), graph(step("mine")), author=AUTHOR)
    ship_another_graph(tmp_path, monkeypatch)

    seed()

    assert [node.key for node in read_graph(Score.objects.get()).nodes] == ["mine"]


def ship_another_graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = json.loads((seeding.SEEDS / "lead-intake.json").read_text())
    shipped["graph"] = graph(step("newer")).as_json()
    (folder / "lead-intake.json").write_text(json.dumps(shipped))
    monkeypatch.setattr(seeding, "SEEDS", folder)


def test_what_somebody_switched_off_or_deleted_stays_so() -> None:
    seed()
    set_enabled(Orchestra.objects.get(), False, author=AUTHOR)
    seed()
    assert Orchestra.objects.get().enabled is False

    delete_orchestra(Orchestra.objects.get(), author=AUTHOR)
    seed()
    assert not Orchestra.objects.exists()

    delete_score(Score.objects.get(), author=AUTHOR)
    Pipeline.objects.all().delete()
    seed()
    assert not Score.objects.exists()
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
