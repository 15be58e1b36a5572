"""What follows from a graph document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro.errors import InvalidScore
from scores.document import GraphDocument
from scores.graph import Graph
from scores.scopes import Scope

from .graphs import edge, graph, map_over, step

LEADS = graph(
    step("find"),
    map_over("each", "look", "add"),
    step("look"),
    step("add"),
    step("tell"),
    "find -> each",
    "each.item -> look",
    edge("look.not_found -> add", order=2),
    edge("each.item -> add", order=1),
    "each -> tell",
)


def test_the_top_level_holds_what_no_map_claims_in_document_order() -> None:
    top = Graph.of(LEADS).scope(None)

    assert top.keys == ("find", "each", "tell")
    assert (top.sources, top.sinks) == (("find",), ("tell",))
    assert {key: [str(e) for e in top.into[key]] for key in top.keys} == {
        "find": [],
        "each": ["find.success → each"],
        "tell": ["each.success → tell"],
    }
    assert [str(e) for e in top.out_of["each"]] == ["each.success → tell"]


def test_a_body_sees_its_maps_item_edges_in_merge_order() -> None:
    body = Graph.of(LEADS).scope("each")

    assert body.keys == ("look", "add")
    assert (body.sources, body.sinks) == ((), ("add",))
    assert [str(e) for e in body.into["add"]] == ["each.item → add", "look.not_found → add"]
    assert [str(e) for e in body.out_of["each"]] == ["each.item → look", "each.item → add"]


def test_a_map_in_a_map_is_a_node_of_the_outer_body() -> None:
    walk = Graph.of(
        graph(map_over("a", "b"), map_over("b", "c"), step("c"), "a.item -> b", "b.item -> c")
    )

    assert [walk.owner_of(key) for key in ("a", "b", "c")] == [None, "a", "b"]
    assert [walk.scope(owner).keys for owner in (None, "a", "b")] == [("a",), ("b",), ("c",)]
    assert walk.depth_order == ("a", "b", "c")


def test_an_edge_from_further_out_arrives_in_the_body_and_leaves_the_outer_scope_alone() -> None:
    walk = Graph.of(
        graph(step("s"), map_over("m", "b"), step("b"), "s -> m", "s -> b", "m.item -> b")
    )

    assert [str(e) for e in walk.scope("m").into["b"]] == ["s.success → b", "m.item → b"]
    assert [str(e) for e in walk.scope(None).out_of["s"]] == ["s.success → m"]
    assert walk.scope("m").out_of.keys() == {"m", "b"}


def test_a_node_with_only_an_error_handler_behind_it_is_still_a_sink() -> None:
    walk = Graph.of(graph(step("a"), step("b"), "a.on_error -> b"))

    assert walk.scope(None).sinks == ("a", "b")


def test_a_cycle_is_refused_with_its_path() -> None:
    with pytest.raises(InvalidScore) as refusal:
        Graph.of(graph(step("a"), step("b"), "a -> b", "b -> a"))

    path = refusal.value.details["cycle"]
    assert path in (["a", "b", "a"], ["b", "a", "b"])


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (graph(step("a"), step("a")), "same key"),
        (graph(step("a"), "a -> b"), "unknown nodes: b"),
        (graph(map_over("a", "b")), "unknown nodes: b"),
        (graph(step("a"), "a -> a"), "a → a"),
    ],
)
def test_a_graph_that_cannot_be_walked_is_refused(document: GraphDocument, said: str) -> None:
    with pytest.raises(InvalidScore, match=said):
        Graph.of(document)


@st.composite
def forests(draw: st.DrawFn) -> GraphDocument:
    """Acyclic graphs with nested maps: node i lies in an earlier map and edges point forward."""
    count = draw(st.integers(1, 9))
    keys = [f"n{number}" for number in range(count)]
    maps = [key for key in keys if draw(st.booleans())]
    owners = {
        key: draw(st.sampled_from([None, *[m for m in maps if keys.index(m) < keys.index(key)]]))
        for key in keys
    }
    nodes = [
        map_over(key, *[k for k in keys if owners[k] == key]) if key in maps else step(key)
        for key in keys
    ]
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(0, 3))
    edges = [
        edge(f"{keys[a]} -> {keys[b]}", order=order)
        for a, b, order in draw(st.lists(pairs, max_size=12))
        if a < b and owners[keys[a]] == owners[keys[b]]
    ]
    items = [
        edge(f"{owner}.item -> {key}")
        for key, owner in owners.items()
        if owner and draw(st.booleans())
    ]
    return graph(*draw(st.permutations(nodes)), *edges, *items)


@given(forests())
def test_every_node_and_edge_has_one_place_and_the_order_respects_both(
    document: GraphDocument,
) -> None:
    walk = Graph.of(document)

    scopes = [walk.scope(owner) for owner in walk.scopes]
    assert sorted(key for scope in scopes for key in scope.keys) == sorted(walk.nodes)
    assert sorted(_arrivals(scopes)) == sorted(str(e) for e in document.edges)
    place = {key: number for number, key in enumerate(walk.depth_order)}
    assert place.keys() == walk.nodes.keys()
    assert all(place[e.source] < place[e.target] for e in document.edges)
    for key in walk.nodes:
        owner = walk.owner_of(key)
        assert owner is None or place[owner] < place[key]


@given(forests())
def test_scopes_keep_document_order_and_merge_order(document: GraphDocument) -> None:
    walk = Graph.of(document)

    written = [node.key for node in document.nodes]
    for scope in map(walk.scope, walk.scopes):
        assert list(scope.keys) == sorted(scope.keys, key=written.index)
        for arriving in scope.into.values():
            assert [e.order for e in arriving] == sorted(e.order for e in arriving)


def _arrivals(scopes: list[Scope]) -> list[str]:
    return [str(e) for scope in scopes for arriving in scope.into.values() for e in arriving]


def test_a_map_waits_for_what_its_body_reads_from_beside_it() -> None:
    played = Graph.of(
        graph(
            step("source"),
            map_over("outer", "inner"),
            map_over("inner", "leaf"),
            step("leaf"),
            "outer.item -> inner",
            "inner.item -> leaf",
            "source -> leaf",
        )
    )

    assert played.scope(None).held["outer"] == ("source",)
    assert played.scope(None).holds["source"] == ("outer",)
    assert played.scope("outer").held["inner"] == ()


def test_a_body_that_reads_what_follows_its_own_map_is_a_circle() -> None:
    with pytest.raises(InvalidScore, match="circle"):
        Graph.of(
            graph(
                map_over("each", "leaf"),
                step("leaf"),
                step("after"),
                "each.item -> leaf",
                "each -> after",
                "after -> leaf",
            )
        )
