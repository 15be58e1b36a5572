"""Pages ask the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.admin.conftest import SignIn, World, make_world
from tests.admin.pages import list_page, page
from tests.admin.rows import make_audition, make_items, make_node, make_row, make_run
from tests.factories import make_agent, make_orchestra, make_score
from tests.scores.graphs import graph, llm, map_over, step


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_lists_ask_no_more_for_many_rows(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    client.get("/admin/")
    few = {row: queries(client, list_page(row)) for row in world.rows}
    for number in range(5):
        make_world(f"Copy{number}", world.workspace)
    for row in world.rows:
        assert queries(client, list_page(row)) == few[row], row


def test_the_home_page_asks_no_more_for_many_rows(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    client.get("/admin/")
    few = queries(client, "/admin/")
    for number in range(8):
        make_run(world.score, orchestra=make_orchestra(world.score, name=f"Other {number}"))
    assert queries(client, "/admin/") == few


def test_a_scores_page_asks_no_more_for_many_nodes(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    agents = [make_agent(world.workspace).pk for _ in range(6)]
    small = make_score(world.workspace, graph(step("a"), llm("b", agent_id=agents[0]), "a -> b"))
    nodes = [llm(f"n{number}", agent_id=agent) for number, agent in enumerate(agents)]
    edges = [f"a -> n{number}" for number in range(6)]
    large = make_score(world.workspace, graph(step("a"), *nodes, *edges))
    client.get(page(small))
    assert queries(client, page(large)) == queries(client, page(small))


@pytest.mark.parametrize("opened", ["", "?open=each&open=each:0-19&open=each:3"])
def test_a_runs_page_asks_no_more_for_many_items(
    opened: str, world: World, sign_in: SignIn
) -> None:
    client = sign_in("")
    document = graph(
        step("list"),
        map_over("each", "a", "b"),
        step("a"),
        step("b"),
        "list -> each",
        "each.item -> a",
        "a -> b",
    )
    score = make_score(world.workspace, document)
    runs = []
    for count in (25, 300):
        run = make_run(score)
        make_node(run, "list")
        make_node(run, "each")
        make_items(run, "each", ["a", "b"], count)
        runs.append(run)
    client.get("/admin/")
    few, many = (queries(client, page(run) + opened) for run in runs)
    assert few == many


def test_an_auditions_page_asks_no_more_for_many_rows(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    audition = make_audition(world.agent)
    few = queries(client, page(audition))
    for number in range(1, 70):
        make_row(audition, number)
    assert queries(client, page(audition)) == few
