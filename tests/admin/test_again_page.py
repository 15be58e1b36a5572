"""Playing a finished run again from its page: whole, from a node on, or what failed of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from orchestras.models import Overlap
from runs.models import Reuse, Run
from scores.actions import save_graph
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page
from tests.admin.rows import make_node, make_run
from tests.factories import make_orchestra, make_score
from tests.scores.graphs import graph, map_over, step, subscore

FAILED: dict[str, Any] = {"status": "failed", "port": None}
SILENT = {"code": "unavailable", "message": "No answer from 10.0.0.7.", "details": {}}
UNKNOWN = {"code": "outcome_unknown", "message": "It may have gone out.", "details": {}}


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def score(world: World) -> Score:
    """list -> each (look) -> send, by mail."""
    mail = step("send", skill="gmail", operation="send_email")
    nodes = [step("list"), map_over("each", "look"), step("look"), mail]
    edges = ["list -> each", "each.item -> look", "each -> send"]
    return make_score(world.workspace, graph(*nodes, *edges))


@pytest.fixture
def ended(score: Score) -> Run:
    """Of four items three failed, of two causes; one of them may have happened."""
    run = make_run(score, "succeeded", errors=3, input={"x": 1}, pins={"agents": {}})
    make_node(run, "list")
    make_node(run, "look", iteration="each:0")
    for number, error in ((1, SILENT), (2, SILENT), (3, UNKNOWN)):
        make_node(run, "look", iteration=f"each:{number}", error=error, **FAILED)
    make_node(run, "each")
    make_node(run, "send", operation="gmail.send_email", effect="write")
    return run


def text_of(client: Client, run: Run, query: str = "") -> str:
    return " ".join(client.get(page(run) + query).content.decode().split())


def post(client: Client, run: Run, name: str, **form: object) -> str:
    """What the page says after the form was sent."""
    sent = client.post(reverse(f"admin:{name}_run", args=[run.pk]), form, follow=True)
    return " ".join(sent.content.decode().split())


def test_failures_stand_by_cause_and_what_may_have_happened_is_not_ticked(
    client: Client, ended: Run
) -> None:
    text = text_of(client, ended)

    assert "3 failures of 2 causes" in text and "No answer from &lt;number&gt;." in text
    assert "It may have happened: look there first." in text
    boxes = text.split('name="group"')[1:]
    assert ["checked" in box.split(">")[0] for box in boxes] == [True, False]


def test_ticked_causes_are_repaired_once_on_the_version_that_was_chosen(
    client: Client, ended: Run, score: Score
) -> None:
    mended = [step("list"), map_over("each", "look"), step("look")]
    save_graph(score, graph(*mended, "list -> each", "each.item -> look"), author="ines")
    groups = client.get(page(ended)).context["again"].groups
    assert "2, the newest" in text_of(client, ended)

    post(client, ended, "repair", group=[groups[0].id], version="newest")

    made = Run.objects.get(source_run=ended)
    assert (made.reuse, made.score_version, made.started_by) == (Reuse.REPAIR, 2, "editor person")
    kept = made.nodes.filter(node_key="look").values_list("iteration", "status")
    assert dict(kept) == {"each:0": "succeeded", "each:3": "failed"}
    assert f"{made.pk}" in text_of(client, ended)
    assert "is being repaired by" in post(client, ended, "repair", group=[groups[0].id])


def test_a_form_without_a_tick_says_what_to_do(client: Client, ended: Run) -> None:
    assert "Nothing was chosen" in post(client, ended, "repair")
    assert "No group of the run" in post(client, ended, "repair", group=["made-up"])
    assert not ended.replays.exists()


def test_from_a_node_on_the_page_tells_what_is_kept_and_which_writes_happen_again(
    client: Client, ended: Run
) -> None:
    text = text_of(client, ended, "?node=each")
    assert "keeps 1 recorded row from before each" in text
    assert "1 write of the earlier run will happen again" in text
    assert "These may write: <b>send</b>" in text

    post(client, ended, "rerun", node="each")

    made = Run.objects.get(source_run=ended)
    assert (made.reuse, [row.node_key for row in made.nodes.all()]) == (Reuse.BEFORE, ["list"])
    assert "Played again from a node" in text_of(client, made)


def test_of_a_node_that_holds_a_score_it_is_not_said_that_nothing_is_written(
    client: Client, ended: Run, world: World
) -> None:
    outer = make_score(world.workspace, graph(step("first"), subscore("call", ended.score_id)))
    run = make_run(outer, "succeeded", pins={"agents": {}})
    Run.objects.filter(pk=ended.pk).update(parent_run=run, root_run=run, parent_node_key="call")
    make_node(run, "call", child_run_id=ended.pk)
    make_node(run, "first")

    text = text_of(client, run, "?node=call")
    assert "1 write of the earlier run will happen again" in text
    assert "These may write: <b>call</b>" in text
    assert "Nothing that plays again writes." in text_of(client, run, "?node=first")


def test_the_whole_run_is_played_again_by_its_button(client: Client, ended: Run) -> None:
    assert "Run again with this input" in text_of(client, ended)
    post(client, ended, "rerun")

    made = Run.objects.get(source_run=ended)
    assert (made.input, made.nodes.count(), made.status) == ({"x": 1}, 0, "queued")


def test_where_a_run_of_the_orchestra_is_in_progress_the_page_names_it(
    client: Client, ended: Run
) -> None:
    orchestra = make_orchestra(ended.score, overlap=Overlap.SKIP)
    Run.objects.filter(pk=ended.pk).update(orchestra=orchestra)
    other = make_run(ended.score, "waiting", orchestra=orchestra)

    text = post(client, ended, "rerun")

    assert f"plays one run at a time, and {other.pk} is in progress" in text
    assert not ended.replays.exists()


def test_a_viewer_sees_the_failures_but_plays_nothing_again(sign_in: SignIn, ended: Run) -> None:
    viewer = sign_in(Role.VIEWER)
    text = text_of(viewer, ended, "?node=each")
    assert "3 failures of 2 causes" in text
    assert (
        "Run from here" not in text and "Run again" not in text and ">Repair</button>" not in text
    )
    for name in ("rerun", "repair"):
        assert viewer.post(reverse(f"admin:{name}_run", args=[ended.pk])).status_code == 403
    assert not ended.replays.exists()
