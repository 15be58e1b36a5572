"""What changed from one graph to another, as a person would say it."""

from scores.document import Position
from scores.history.comparison import Setting, compare_graphs
from tests.scores.graphs import edge, graph, step


def test_the_same_graph_differs_in_nothing_even_when_drawn_elsewhere() -> None:
    here = graph(step("a"), step("b"), "a -> b")
    there = graph(step("a", position=Position(x=9, y=9)), step("b"), "a -> b")
    assert not compare_graphs(here, there).differs


def test_nodes_that_came_went_and_changed_are_named_with_their_settings() -> None:
    before = graph(step("a"), step("old"), step("b", config={"params": {"x": 1}}))
    after = graph(step("a"), step("b", label="Second", config={"params": {"x": 2}}), step("new"))

    changes = {one.node.key: one for one in compare_graphs(before, after).changed_nodes}

    assert {key: one.change for key, one in changes.items()} == {
        "b": "changed",
        "new": "added",
        "old": "removed",
    }
    assert changes["b"].settings == (
        Setting("label", "", "Second"),
        Setting("config.params", {"x": 1}, {"x": 2}),
    )


def test_edges_are_the_same_by_their_ends() -> None:
    nodes = [step("a"), step("b"), step("c")]
    before = graph(*nodes, edge("a -> c"), edge("b -> c"))
    after = graph(*nodes, edge("a -> c", transform={"x": "y"}), edge("a.on_error -> c"))

    changes = [(str(one.edge), one.change) for one in compare_graphs(before, after).changed_edges]

    assert changes == [
        ("a.success → c", "changed"),
        ("a.on_error → c", "added"),
        ("b.success → c", "removed"),
    ]


def test_another_order_of_merging_is_a_change_and_an_edge_put_between_is_none_for_the_others() -> (
    None
):
    nodes = [step("a"), step("b"), step("m"), step("c")]
    before = graph(*nodes, edge("a -> c", order=0), edge("b -> c", order=1))
    between = graph(
        *nodes, edge("a -> c", order=0), edge("m -> c", order=1), edge("b -> c", order=2)
    )
    turned = graph(*nodes, edge("b -> c", order=0), edge("a -> c", order=1))

    assert [str(o.edge) for o in compare_graphs(before, between).changed_edges] == ["m.success → c"]
    assert {o.edge.source: o.settings for o in compare_graphs(before, turned).changed_edges} == {
        "b": (Setting("order", 2, 1),),
        "a": (Setting("order", 1, 2),),
    }
