"""In which order nodes play, and what each is given."""

import asyncio
import gc

import pytest

from runs.executor import NodeFailed, ScopeWalk, Stop
from tests.scores.graphs import edge, graph, map_over, step

from .walking import Answer, Scripted


@pytest.fixture(autouse=True, params=["at once", "later"])
def _when_nodes_end(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "at_once", request.param == "at once")


def test_a_chain_hands_on_what_each_node_gave() -> None:
    chain = Scripted(graph(step("a"), step("b"), "a -> b"), {"a": {"x": 1}})

    assert chain.run({"start": True}).output == {"x": 1}
    assert chain.given == {("a", ""): {"start": True}, ("b", ""): {"x": 1}}


def test_a_port_nobody_took_passes_over_everything_behind_it() -> None:
    document = graph(
        step("look"), step("greet"), step("add"), step("tell"),
        "look.exists -> greet", "look.not_found -> add", "add -> tell",
    )  # fmt: skip
    walk = Scripted(document, {"look": ("exists", {})})

    walk.run()

    assert walk.order == ["look", "greet"]
    assert walk.skipped == [("add", ""), ("tell", "")]


def test_a_join_of_any_plays_once_with_what_arrived() -> None:
    document = graph(
        step("choose"), step("left"), step("right"), step("join"),
        "choose.left -> left", "choose.right -> right", "left -> join", "right -> join",
    )  # fmt: skip
    walk = Scripted(document, {"choose": ("left", {}), "left": {"side": "left"}})

    walk.run()

    assert walk.order == ["choose", "left", "join"]
    assert walk.given["join", ""] == {"side": "left"}


def test_a_join_of_all_is_skipped_when_one_edge_is_dead() -> None:
    document = graph(
        step("choose"), step("left"), step("join", config={"join": "all"}),
        "choose.left -> left", "left -> join", "choose.right -> join",
    )  # fmt: skip
    walk = Scripted(document, {"choose": ("left", {})})

    walk.run()

    assert walk.skipped == [("join", "")]


def test_the_later_edge_wins_whichever_node_ended_first() -> None:
    document = graph(
        step("start"), step("slow"), step("slower"), step("quick"), step("join"),
        "start -> slow", "slow -> slower", "start -> quick",
        edge("slower -> join", order=8), edge("quick -> join", order=9),
    )  # fmt: skip
    walk = Scripted(document, {"slower": {"x": "slower", "y": 1}, "quick": {"x": "quick"}})

    walk.run()

    assert walk.given["join", ""] == {"x": "quick", "y": 1}


def test_params_fill_what_no_edge_brings() -> None:
    node = step("a", config={"params": {"limit": 10, "query": "default"}})

    walk = Scripted(graph(node))
    walk.run({"query": "mine"})

    assert walk.given["a", ""] == {"limit": 10, "query": "mine"}


def test_a_failure_lets_what_is_in_flight_end_and_starts_nothing_new() -> None:
    document = graph(
        step("start"), step("bad"), step("slow"), step("after"),
        "start -> bad", "start -> slow", "slow -> after",
    )  # fmt: skip
    walk = Scripted(document, {"bad": ("fail", {})})

    with pytest.raises(NodeFailed):
        walk.run()

    assert walk.order == ["start", "bad", "slow"]


def test_a_dead_branch_of_hundreds_of_nodes_is_skipped_whole() -> None:
    length = 450
    chain = [step(f"n{number}") for number in range(length)]
    edges = [f"n{number} -> n{number + 1}" for number in range(length - 1)]
    walk = Scripted(graph(step("start"), *chain, "start.never -> n0", *edges))

    walk.run()

    assert len(walk.skipped) == length


EACH = graph(
    step("find"), map_over("each", "look", "add"), step("look"), step("add"), step("tell"),
    "find -> each", "each.item -> look", "look.not_found -> add", "each -> tell",
)  # fmt: skip


def _look(given: dict[str, object]) -> tuple[str, dict[str, object]]:
    return str(given["port"]), {"n": given["n"]}


def test_a_map_keeps_order_counts_what_ended_and_collects_errors() -> None:
    items = [
        {"n": 0, "port": "not_found"},
        {"n": 1, "port": "exists"},
        {"n": 2, "port": "fail"},
        {"n": 3, "port": "not_found"},
    ]
    walk = Scripted(EACH, {"find": {"items": items}, "look": _look})

    played = walk.run()

    error = {"index": 2, "code": "broken", "message": "It broke.", "node": "look"}
    assert played.output == {"results": [{"n": 0}, {"n": 3}], "ended": 1, "errors": [error]}
    assert played.errors == 1
    assert ("add", "each:1") in walk.skipped


def test_an_empty_map_gives_empty_results() -> None:
    walk = Scripted(EACH, {"find": {"items": []}})

    assert walk.run().output == {"results": [], "ended": 0, "errors": []}


def test_a_body_reads_a_node_beside_its_map_once_per_item() -> None:
    document = graph(
        step("find"), step("rate"), map_over("each", "price"), step("price"),
        "find -> each", "each.item -> price", "rate -> price",
    )  # fmt: skip
    walk = Scripted(document, {"find": {"items": [1, 2]}, "rate": {"rate": 7}})

    walk.run()

    assert walk.given["price", "each:1"] == {"item": 2, "rate": 7}


def test_nested_maps_name_their_iterations_by_path() -> None:
    document = graph(
        step("find"), map_over("outer", "inner"), map_over("inner", "leaf"), step("leaf"),
        "find -> outer", "outer.item -> inner", "inner.item -> leaf",
    )  # fmt: skip
    walk = Scripted(document, {"find": {"items": [{"items": [1]}, {"items": [2, 3]}]}})

    walk.run()

    assert sorted(path for key, path in walk.given if key == "leaf") == [
        "outer:0/inner:0",
        "outer:1/inner:0",
        "outer:1/inner:1",
    ]


@pytest.mark.parametrize("look", ["again", "fail"])
def test_a_map_lets_others_play_though_none_of_its_items_waits(look: str) -> None:
    """Neither what was recorded before nor what fails gives the loop a turn by itself."""
    answer: dict[str, Answer] = {"look": ("fail", {})} if look == "fail" else {}
    walk = Scripted(EACH, {"find": {"items": [{"n": n} for n in range(2000)]}, **answer})
    if look == "again":
        walk.run()
    turns = 0

    async def beside() -> None:
        nonlocal turns
        playing = asyncio.ensure_future(walk.walk.run({}))
        while not playing.done():
            turns += 1
            await asyncio.sleep(0)

    asyncio.run(beside())
    assert turns >= 10


def test_a_map_keeps_nothing_of_items_that_failed_but_how() -> None:
    walks: list[int] = []

    def look(given: dict[str, object]) -> tuple[str, dict[str, object]]:
        if given["n"] == 199:
            gc.collect()
            walks.append(sum(isinstance(one, ScopeWalk) for one in gc.get_objects()))
        return "fail", {}

    Scripted(EACH, {"find": {"items": [{"n": n} for n in range(200)]}, "look": look}).run()

    assert walks and walks[0] <= 30


def test_a_stop_starts_no_further_node_and_no_further_item() -> None:
    walk = Scripted(EACH, {"find": {"items": [{"n": n} for n in range(100)]}, "look": {}})
    walk.stop_after = 10

    with pytest.raises(Stop):
        walk.run()

    assert len(walk.order) <= 10 + 5
