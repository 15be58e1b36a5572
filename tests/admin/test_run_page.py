"""The page of a run in every state it can be in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import Run, RunStatus
from runs.timeline.row import Row
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page
from tests.admin.rows import make_items, make_node, make_run
from tests.factories import make_score
from tests.scores.graphs import add, branch, edge, find, graph, map_over, step


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def mapped(world: World) -> Score:
    """list -> each (find, add) -> last."""
    nodes = [step("list"), map_over("each", "find", "add"), find("find"), add("add"), step("last")]
    edges = ["list -> each", "each.item -> find", "find.not_found -> add", "each -> last"]
    return make_score(world.workspace, graph(*nodes, *edges))


def rows_of(client: Client, run: Run, query: str = "") -> dict[str, Row]:
    shown = client.get(page(run) + query)
    assert shown.status_code == 200
    return {row.id.removeprefix("row-"): row for row in shown.context["page"].rows}


def text_of(client: Client, run: Run, query: str = "") -> str:
    return client.get(page(run) + query).content.decode()


@pytest.mark.parametrize("status", RunStatus.values)
def test_a_run_in_any_state_has_a_page(status: str, client: Client, mapped: Score) -> None:
    run = make_run(mapped, status)
    shown = text_of(client, run)
    assert f"is-{status}" in shown
    assert ("Cancel run" in shown) == (not run.is_finished)


def test_a_queued_run_waits_for_a_player(client: Client, mapped: Score) -> None:
    assert "Waits for a player." in text_of(client, make_run(mapped, "queued"))


def test_of_a_running_run_ready_nodes_count_as_running_and_later_ones_as_pending(
    client: Client, mapped: Score
) -> None:
    run = make_run(mapped, "running")
    assert _statuses(rows_of(client, run)) == {
        "list": "running",
        "each": "pending",
        "last": "pending",
    }
    make_node(run, "list")
    assert _statuses(rows_of(client, run)) == {
        "list": "succeeded",
        "each": "running",
        "last": "pending",
    }


def test_of_an_ended_run_nodes_without_a_row_were_not_reached(
    client: Client, mapped: Score
) -> None:
    error = {"code": "unavailable", "message": "It is down.", "node": "list", "details": {}}
    run = make_run(mapped, "failed", error=error)
    make_node(run, "list", status="failed", port=None, error=error)
    assert rows_of(client, run)["last"].word == "Not reached"
    shown = text_of(client, run)
    assert "It is down." in shown
    assert "To mend:" in shown


def test_a_skipped_node_says_which_edge_did_not_deliver(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_node(run, "list")
    make_node(run, "each")
    make_node(run, "find", "each:0", port="exists")
    make_node(run, "add", "each:0", status="skipped", port=None)
    rows = rows_of(client, run, "?open=each&open=each:0")
    assert (rows["each:0/add"].status, rows["each:0/add"].note) == (
        "skipped",
        "find left by exists",
    )


def test_a_node_is_called_by_its_label_and_its_key_is_a_hint(client: Client, world: World) -> None:
    nodes = [find("find", label="Known already?"), add("add", label="Keep <them>"), step("last")]
    made = make_score(world.workspace, graph(*nodes, "find.not_found -> add", "add -> last"))
    run = make_run(made)
    make_node(run, "find", port="exists")
    make_node(run, "add", status="skipped", port=None)

    rows, text = rows_of(client, run, "?node=add"), text_of(client, run, "?node=add")

    assert [row.name for row in rows.values()] == ["Known already?", "Keep <them>", "last"]
    assert rows["add"].note == "Known already? left by exists"
    assert '<b title="add">Keep &lt;them&gt;</b>' in text
    assert "Keep &lt;them&gt;</h2>" in text


def test_collected_errors_are_shown_loudly(client: Client, mapped: Score) -> None:
    run = make_run(mapped, errors=3)
    assert "3 errors</b> collected" in text_of(client, run)


def test_few_items_are_listed_and_many_are_grouped(client: Client, mapped: Score) -> None:
    few, many = make_run(mapped), make_run(mapped)
    make_items(few, "each", ["find", "add"], 3)
    make_items(many, "each", ["find", "add"], 45)
    assert {"each:0", "each:2"} <= rows_of(client, few).keys()
    rows = rows_of(client, many)
    assert [row.name for row in rows.values() if "items" in row.name] == [
        "items 0 to 19", "items 20 to 39", "items 40 to 44",
    ]  # fmt: skip
    opened = rows_of(client, many, "?" + rows["each:20-39"].href)
    assert {"each:20", "each:39"} <= opened.keys()
    assert "each:0" not in opened


def test_five_thousand_items_are_a_page_of_few_rows(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_items(run, "each", ["find"], 5000)
    assert len(rows_of(client, run)) < 70


def test_an_item_is_opened_into_its_nodes_and_closed_again(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_items(run, "each", ["find", "add"], 2)
    closed = rows_of(client, run)
    opened = rows_of(client, run, "?" + closed["each:1"].href)
    assert "each:1/find" in opened
    assert "each:1/find" not in rows_of(client, run, "?" + opened["each:1"].href)


def test_a_map_that_was_closed_stays_closed(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_node(run, "each")
    make_items(run, "each", ["find"], 2)
    closed = rows_of(client, run, "?" + rows_of(client, run)["each"].toggle)
    assert "each:0" not in closed


def test_items_count_as_failed_by_their_last_attempt_only(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_items(run, "each", ["add"], 3)
    for number, last in enumerate(["succeeded", "failed"]):
        make_node(run, "find", f"each:{number}", status="failed", port=None)
        make_node(run, "find", f"each:{number}", status=last, port=None, attempt=2)
    make_node(run, "find", "each:2", status="failed", port="on_error")
    rows = rows_of(client, run)
    assert [rows[f"each:{number}"].status for number in range(3)] == [
        "succeeded",
        "failed",
        "succeeded",
    ]


def test_later_passes_of_a_loop_are_below_its_head(client: Client, world: World) -> None:
    nodes = [step("draft", config={"max_passes": 3}), branch("check", "good"), step("after")]
    edges = ["draft -> check", "check.else -> draft", "check.good -> after"]
    run = make_run(make_score(world.workspace, graph(*nodes, *edges)))
    for iteration, port in (("", "else"), ("draft#2", "good")):
        make_node(run, "draft", iteration)
        make_node(run, "check", iteration, port=port)
    make_node(run, "after")

    closed = rows_of(client, run)
    assert list(closed) == ["draft", "draft#2", "check", "after"]
    assert (closed["draft#2"].name, closed["draft#2"].status) == ("pass 2", "succeeded")
    opened = rows_of(client, run, "?" + closed["draft#2"].href)
    assert opened["draft#2/check"].note == "good"


def test_costs_of_items_and_attempts_add_up(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_node(run, "each")
    for number in range(2):
        make_node(run, "find", f"each:{number}", status="failed", cost_microdollars=100)
        make_node(run, "find", f"each:{number}", attempt=2, cost_microdollars=300)
    rows = rows_of(client, run, "?open=each&open=each:0")
    assert (rows["each"].cost, rows["each:0"].cost, rows["each:0/find"].cost) == (800, 400, 400)


def test_the_chosen_node_shows_what_went_in_and_came_out(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_node(run, "list", input={"url": "x"}, output_json={"html": "<script>alert(1)</script>"})
    shown = text_of(client, run, "?node=list")
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    raw = client.get(reverse("admin:raw_value", args=[run.pk]) + "?of=output&node=list")
    assert raw.json() == {"html": "<script>alert(1)</script>"}
    assert raw.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query", ["?node=nowhere", "?open=%00:x&at=:::", "?open=each:999999-1", "?open=a:b:c/each"]
)
def test_an_address_that_was_made_up_is_no_error(query: str, client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_items(run, "each", ["find"], 2)
    assert client.get(page(run) + query).status_code == 200


def test_a_large_output_is_cut_and_raw_has_it_all(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    make_node(run, "list", output_json={"rows": [{"n": number} for number in range(5000)]})
    assert len(text_of(client, run, "?node=list")) < 200_000
    raw = client.get(reverse("admin:raw_value", args=[run.pk]) + "?of=output&node=list")
    assert len(raw.json()["rows"]) == 5000


def test_between_two_attempts_a_node_waits_and_nothing_behind_it_runs(
    client: Client, mapped: Score
) -> None:
    run = make_run(mapped, "running")
    error = {"code": "unavailable", "message": "Away.", "details": {"retry_at": "2099-01-01"}}
    make_node(run, "list", status="failed", port=None, error=error)

    rows = client.get(page(run)).context["page"].rows

    assert [(row.name, row.status) for row in rows][:2] == [
        ("list", "waiting"),
        ("each", "pending"),
    ]


def test_a_run_is_cancelled_from_its_page(client: Client, mapped: Score) -> None:
    run = make_run(mapped, "queued")
    client.post(reverse("admin:cancel_run", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    told = client.post(reverse("admin:cancel_run", args=[run.pk]), follow=True)
    assert "has already ended" in told.content.decode()


def test_htmx_gets_the_run_without_the_page_around_it(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    part = client.get(page(run), headers={"HX-Request": "true"}).content.decode()
    assert 'id="run-timeline"' in part
    assert "<html" not in part


def test_bars_lie_within_the_run(client: Client, mapped: Score) -> None:
    run = make_run(mapped)
    assert run.started_at
    late = run.started_at + timedelta(hours=1)
    make_node(run, "list", started_at=late, finished_at=late)
    make_node(run, "last", started_at=run.started_at - timedelta(hours=1))
    for row in rows_of(client, run).values():
        for bar in row.bars:
            assert 0 <= bar.left <= bar.left + bar.width <= 100.01


def test_a_draft_and_an_unreadable_graph_have_pages_too(client: Client, world: World) -> None:
    drawn = graph(step("drafted"), step("after"), edge("drafted -> after")).content()
    draft = make_run(world.score, score_version=None, pins={"graph": drawn})
    make_node(draft, "drafted")
    assert list(rows_of(client, draft)) == ["drafted", "after"]
    lost = make_run(world.score, score_version=99)
    make_node(lost, "gone")
    assert list(rows_of(client, lost)) == ["gone"]


def _statuses(rows: dict[str, Row]) -> dict[str, str]:
    return {name: str(row.status) for name, row in rows.items()}
