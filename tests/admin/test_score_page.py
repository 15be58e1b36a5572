"""A score's page: its graph is saved as one version, and each fault is shown at its node or edge."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import Mode, Run
from scores.actions import read_graph, save_graph
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, page, sent_by
from tests.factories import AUTHOR, make_score
from tests.scores.graphs import graph, step


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def score(world: World) -> Score:
    return make_score(world.workspace, graph(step("a"), step("b"), "a -> b"))


def form_of(client: Client, score: Score, **changes: Any) -> dict[str, Any]:
    return sent_by(client.get(page(score)), **changes)


def errors_in(answer: Any, inline: int) -> list[Any]:
    formset = answer.context["inline_admin_formsets"][inline].formset
    return [str(form.errors) for form in formset.forms]


def test_a_changed_node_is_saved_as_the_next_version(client: Client, score: Score) -> None:
    sent = form_of(client, score, note="Pick names", **{"nodes-1-config": '{"params": {"x": 1}}'})
    assert client.post(page(score), sent).status_code == 302
    score.refresh_from_db()
    assert score.version == 2
    assert score.versions.get(version=2).message == "Pick names"
    assert read_graph(score).nodes[1].config == {"params": {"x": 1}}


def test_nodes_and_edges_can_be_added_and_removed_together(client: Client, score: Score) -> None:
    sent = form_of(client, score) | {
        "nodes-TOTAL_FORMS": "3",
        "nodes-2-key": "c",
        "nodes-2-plays": "deterministic",
        "nodes-2-operation": "data.pick",
        "nodes-2-on_error": "fail",
        "nodes-1-DELETE": "on",
        "edges-0-target": "c",
    }
    assert client.post(page(score), sent).status_code == 302
    saved = read_graph(score)
    assert [node.key for node in saved.nodes] == ["a", "c"]
    assert [str(edge) for edge in saved.edges] == ["a.success → c"]


def test_a_save_keeps_what_the_form_does_not_show(client: Client, score: Score) -> None:
    score.nodes.filter(key="a").update(position={"x": 5.0, "y": 7.0})
    client.post(page(score), form_of(client, score, **{"nodes-0-label": "First"}))
    node = score.nodes.get(key="a")
    assert (node.label, node.position) == ("First", {"x": 5.0, "y": 7.0})


def test_the_options_of_its_selects_stand_on_the_page_once(client: Client, score: Score) -> None:
    option = '<option value="http.get"'
    assert client.get(page(score)).content.decode().count(option) == 1
    sent = form_of(client, score, **{"nodes-1-operation": "http.get"})
    assert client.post(page(score), sent).status_code == 302
    assert read_graph(score).nodes[1].operation == "get"
    # once for all, and where it is chosen
    assert client.get(page(score)).content.decode().count(option) == 2


def test_who_only_looks_is_shown_what_edges_join_and_nothing_to_press(
    sign_in: SignIn, score: Score
) -> None:
    shown = sign_in(Role.VIEWER).get(page(score)).content.decode()

    assert re.findall(r"field-(?:from|to)_node.*?>\s*([ab])\s*<", shown, re.DOTALL) == ["a", "b"]
    assert "data.pick" in shown and "Play it" not in shown
    assert 'name="nodes-0-key"' not in shown and "<template id" not in shown


def test_an_unchanged_graph_makes_no_version(client: Client, score: Score) -> None:
    assert client.post(page(score), form_of(client, score, name="Renamed")).status_code == 302
    score.refresh_from_db()
    assert (score.name, score.version) == ("Renamed", 1)


def test_a_fault_of_a_node_is_shown_at_the_node(client: Client, score: Score) -> None:
    answer = client.post(page(score), form_of(client, score, **{"nodes-1-operation": ""}))
    assert answer.status_code == 200
    first, second = errors_in(answer, 0)
    assert "b is deterministic; choose its" in second
    assert first == ""
    score.refresh_from_db()
    assert score.version == 1


def test_a_fault_of_an_edge_is_shown_at_the_edge(client: Client, score: Score) -> None:
    answer = client.post(page(score), form_of(client, score, **{"edges-0-from_port": "nowhere"}))
    assert answer.status_code == 200
    assert "nowhere" in errors_in(answer, 1)[0]


def test_a_fault_of_the_whole_graph_is_shown_above_it(client: Client, score: Score) -> None:
    sent = form_of(client, score) | {
        "edges-TOTAL_FORMS": "2",
        "edges-1-source": "b",
        "edges-1-from_port": "success",
        "edges-1-target": "a",
        "edges-1-to_port": "default",
    }
    answer = client.post(page(score), sent)
    assert answer.status_code == 200
    assert "circle" in answer.content.decode()


def test_a_word_that_is_no_key_is_refused_at_its_field(client: Client, score: Score) -> None:
    answer = client.post(page(score), form_of(client, score, **{"nodes-0-key": "No Key"}))
    assert "A key is a word like find_contact" in errors_in(answer, 0)[0]


def test_a_stale_form_is_refused(client: Client, score: Score) -> None:
    sent = form_of(client, score, **{"nodes-0-label": "Mine"})
    save_graph(score, graph(step("a"), step("b"), step("c"), "a -> b", "b -> c"), author="other")

    answer = client.post(page(score), sent)

    assert answer.status_code == 200
    assert "at version 2; you read version 1" in answer.content.decode()
    assert len(read_graph(score).nodes) == 3


def test_a_new_score_begins_without_a_graph(client: Client, world: World) -> None:
    sent = {"name": "Fresh", "slug": "", "description": "", "pipeline_kind": ""}
    answer = client.post(add_page(Score), {**sent, "_continue": "1"}, follow=True)
    made = Score.objects.get(name="Fresh")
    assert (made.workspace, made.version) == (world.workspace, 0)
    assert "Save a graph first" in answer.content.decode()


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.LIVE])
def test_a_score_is_rehearsed_and_run_from_its_page(
    mode: str, client: Client, score: Score
) -> None:
    address = reverse("admin:start_score", args=[score.pk])
    answer = client.post(address, {"mode": mode, "input": '{"x": 1}'})
    run = Run.objects.get(score=score)
    assert answer.headers["Location"] == page(run)
    assert (run.mode, run.input, run.started_by) == (mode, {"x": 1}, "editor person")


@pytest.mark.parametrize("typed", ["[1]", "{no"])
def test_an_input_that_is_none_starts_nothing(typed: str, client: Client, score: Score) -> None:
    address = reverse("admin:start_score", args=[score.pk])
    answer = client.post(address, {"mode": "live", "input": typed}, follow=True)
    assert "The input: " in answer.content.decode()
    assert not Run.objects.filter(score=score).exists()


def test_a_deployed_score_is_not_deleted(client: Client, world: World) -> None:
    shown = client.post(page(world.score, "delete"), {"post": "yes"}).content.decode()
    assert "Alder score cannot be deleted: 1 orchestra uses it." in shown
    assert page(world.orchestra) in shown
    assert Score.objects.filter(pk=world.score.pk).exists()


def test_a_score_is_added_after_another_was_looked_at(client: Client, score: Score) -> None:
    client.get(page(score))

    shown = client.get(add_page(Score))
    answer = client.post(add_page(Score), sent_by(shown, name="Fresh"))

    fresh = Score.objects.get(slug="fresh")
    assert answer.headers["Location"] == reverse("admin:compose_score", args=[fresh.pk])


def test_two_versions_of_a_score_are_shown_side_by_side_and_the_old_one_restored(
    client: Client, score: Score
) -> None:
    save_graph(score, graph(step("a", label="First"), step("c"), "a -> c"), author=AUTHOR)
    address = reverse("admin:compare_score", args=[score.pk])

    shown = client.get(address).content.decode()

    assert address in client.get(page(score)).content.decode()
    assert "First (a): changed" in shown
    assert "b (b): removed" in shown
    done = client.post(reverse("admin:restore_score", args=[score.pk]), {"version": 1}, follow=True)
    assert "v3 plays what v1 played" in done.content.decode()
    assert [node.key for node in read_graph(Score.objects.get(pk=score.pk)).nodes] == ["a", "b"]
    assert client.get(f"{address}?before=9").status_code == 404


def test_a_clone_says_where_it_is_from_and_when_that_has_changed_since(
    client: Client, score: Score
) -> None:
    client.post(reverse("admin:clone_score", args=[score.pk]))
    clone = Score.objects.get(source_score=score)
    changed = f"{reverse('admin:compare_score', args=[score.pk])}?before=1&amp;after=2"
    assert changed not in client.get(page(clone)).content.decode()

    save_graph(score, graph(step("a"), step("c")), author=AUTHOR)

    assert changed in client.get(page(clone)).content.decode()


def test_templates_are_shown_to_be_rehearsed_and_used(client: Client, score: Score) -> None:
    address = reverse("admin:templates")
    assert address in client.get(reverse("admin:scores_score_changelist")).content.decode()
    assert "No templates here" in client.get(address).content.decode()
    Score.objects.filter(pk=score.pk).update(is_template=True, description="Does it all.")

    shown = client.get(address).content.decode()

    assert "Does it all." in shown
    assert reverse("admin:clone_score", args=[score.pk]) in shown
    assert reverse("admin:start_score", args=[score.pk]) in shown
    assert 'title="a"' in shown
