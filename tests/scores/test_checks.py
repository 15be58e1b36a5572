"""What a save refuses: each error at its place, and nothing else said of a sound graph."""

import pytest

from scores.checks.issue import Issue
from scores.checks.references import Known
from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.validation import check_document

from .graphs import branch, edge, find, graph, llm, looping, map_over, parallel, step, subscore
from .wording import names_its_settings

KNOWN = Known({"ag_1": frozenset({1, 2})}, {"sc_1": frozenset({1, 2})})


def issues_of(document: GraphDocument) -> list[Issue]:
    return check_document(document, KNOWN)


def told(document: GraphDocument) -> set[tuple[str, str | None]]:
    """Each issue's code and place."""
    return {(i.code, i.node or (str(i.edge) if i.edge else None)) for i in issues_of(document)}


SOUND = graph(
    step("start"),
    find("look", config={"ends": ["exists"]}),
    llm("think"),
    map_over("each", "inner"),
    step("inner"),
    branch("choose", "yes"),
    step("end"),
    step("mend"),
    "start -> look",
    "look.not_found -> think",
    "think -> each",
    "each.item -> inner",
    edge("start -> inner", transform={"a.b": "c.d"}),
    "each -> choose",
    "choose.yes -> end",
    "choose.else -> mend",
    "think.on_error -> mend",
    subscore("whole", "sc_1", timeout_seconds=60),
    "end -> whole",
)


def test_nothing_is_said_of_a_sound_graph() -> None:
    assert issues_of(SOUND) == []


@pytest.mark.parametrize(
    ("part", "code", "place"),
    [
        (step("end"), "doubled_key", "end"),
        (step("new", skill="", operation=""), "missing_field", "new"),
        (step("new", agent_id="ag_1"), "unexpected_field", "new"),
        (step("new", subscore_id="sc_1"), "unexpected_field", "new"),
        (step("new", skill="nobody"), "unknown_operation", "new"),
        (step("new", operation="nothing"), "unknown_operation", "new"),
        (step("new", config={"parms": {}}), "invalid_config", "new"),
        (step("new", config={"params": 1}), "invalid_config", "new"),
        (step("new", config={"join": "some"}), "invalid_config", "new"),
        (step("new", config={"join": 0}), "invalid_config", "new"),
        (step("new", config={"join": True}), "invalid_config", "new"),
        (step("new", config={"max_passes": 0}), "invalid_config", "new"),
        (step("new", config={"max_passes": 101}), "invalid_config", "new"),
        (parallel("new"), "invalid_config", "new"),
        (parallel("new", "a", "a"), "invalid_config", "new"),
        (parallel("new", "a b"), "invalid_config", "new"),
        (parallel("new", "on_error"), "reserved_port", "new"),
        (branch("new", "a").model_copy(update={"timeout_seconds": 9}), "unexpected_field", "new"),
        (step("new", config={"ends": ["nowhere"]}), "unknown_port", "new"),
        (step("new", config={"sample": {"port": "nowhere"}}), "unknown_port", "new"),
        (step("new", input_schema={"type": "thing"}), "invalid_schema", "new"),
        (step("new", config={"params": {"a": "\x00"}}), "not_storable", None),
        (step("new", config={"params": {"a": float("inf")}}), "not_storable", None),
        (llm("new", agent_id=None), "missing_field", "new"),
        (llm("new", agent_id="ag_2"), "unknown_agent", "new"),
        (llm("new", agent_version=3), "unknown_agent_version", "new"),
        (llm("new", skill="data", operation="pick"), "unexpected_field", "new"),
        (branch("new", conditions=[]), "invalid_config", "new"),
        (branch("new", "on_error"), "reserved_port", "new"),
        (
            branch("new", conditions=[{"port": "a", "when": "open('x')"}]),
            "invalid_condition",
            "new",
        ),
        (NodeDocument(key="new", kind="control", subkind="subscore"), "missing_field", "new"),
        (subscore("new", "sc_2"), "unknown_subscore", "new"),
        (subscore("new", "sc_1", config={"version": 3}), "unknown_subscore_version", "new"),
        (subscore("new", "sc_1", config={"version": 0}), "invalid_config", "new"),
        (branch("new", "a").model_copy(update={"subscore_id": "sc_1"}), "unexpected_field", "new"),
        (NodeDocument(key="new", kind="control"), "missing_field", "new"),
        (map_over("new"), "invalid_config", "new"),
        (map_over("new", "end", items_field=None), "invalid_config", "new"),
        (map_over("new", "new", output_field="errors"), "invalid_config", "new"),
        (map_over("new", "nobody"), "unknown_body_node", "new"),
        (map_over("new", "inner"), "doubled_body_node", "inner"),
        (map_over("new", "start"), "unreached_body_node", "start"),
        ("start -> nobody", "unknown_node", "start.success → nobody"),
        ("nobody -> start", "unknown_node", "nobody.success → start"),
        ("start.nowhere -> end", "unknown_port", "start.nowhere → end"),
        ("look -> end", "unknown_port", "look.success → end"),
        ("choose.maybe -> end", "unknown_port", "choose.maybe → end"),
        (edge("start -> end", to_port="side"), "unknown_port", "start.success → end"),
        ("start -> look", "doubled_edge", "start.success → look"),
        (
            edge("start -> end", transform={"a..b": "c"}),
            "invalid_transform",
            "start.success → end",
        ),
        (edge("start -> end", transform={"a": ""}), "invalid_transform", "start.success → end"),
        ("think -> start", "cycle", "start"),
        ("start -> start", "cycle", "start"),
        ("inner -> end", "edge_out_of_body", "inner.success → end"),
        ("inner -> each", "edge_out_of_body", "inner.success → each"),
        ("each -> inner", "wrong_port_into_body", "each.success → inner"),
        ("each.item -> end", "item_leaves_body", "each.item → end"),
        ("end -> inner", "cycle", "each"),
    ],
)
def test_each_fault_is_refused_at_its_place(
    part: NodeDocument | EdgeDocument | str, code: str, place: str | None
) -> None:
    broken = graph(*SOUND.nodes, *SOUND.edges, part)
    assert told(broken) == {(code, place)}
    assert all(map(names_its_settings, issues_of(broken)))


def test_maps_that_hold_each_other_are_refused() -> None:
    circle = graph(map_over("a", "b"), map_over("b", "a"), "a.item -> b", "b.item -> a")

    assert told(circle) == {("map_in_itself", "a"), ("map_in_itself", "b")}


def test_a_map_in_its_own_body_is_refused() -> None:
    assert told(graph(map_over("a", "a"), "a.item -> a")) == {("map_in_itself", "a")}


def test_an_edge_between_two_bodies_is_refused() -> None:
    document = graph(
        *[map_over("m", "x"), map_over("n", "y"), step("x"), step("y")],
        *["m.item -> x", "n.item -> y", "x -> y"],
    )

    assert told(document) == {("edge_out_of_body", "x.success → y")}


def test_an_inner_body_may_be_reached_from_the_body_around_it() -> None:
    document = graph(
        *[map_over("a", "s", "b"), step("s"), map_over("b", "c"), step("c")],
        *["a.item -> s", "s -> b", "b.item -> c", "a.item -> c", "s -> c"],
    )

    assert told(document) == set()


def test_a_cycle_is_told_by_its_path() -> None:
    document = graph(step("a"), step("b"), step("c"), "a -> b", "b -> c", "c -> b")

    (issue,) = issues_of(document)

    assert "b → c → b" in issue.message or "c → b → c" in issue.message


def test_a_circle_needs_a_node_that_says_how_often_and_it_must_be_where_it_begins() -> None:
    assert told(graph(step("a"), looping("b", 3), "a -> b", "b -> b")) == set()
    assert told(graph(step("a"), looping("b", 3), "a -> b", "b -> a")) == set()
    beside = graph(looping("a", 3), step("b"), step("c"), "a -> b", "b -> c", "c -> b")
    assert told(beside) == {("cycle", "b")}
    within = graph(looping("a", 3), *beside.nodes[1:], *beside.edges, "c -> a")
    assert told(within) == {("cycle", "b")}


def test_a_circle_with_two_beginnings_is_refused_by_their_names() -> None:
    circle = graph(step("in"), looping("a", 2), looping("b", 2), "a -> b", "b -> a", "in -> a")

    (issue,) = issues_of(graph(*circle.nodes, *circle.edges, "in -> b"))

    assert issue.code == "cycle"
    assert "a or at b" in issue.message
    assert told(circle) == {("never_passed_again", "b")}


def test_circles_in_each_other_have_a_limited_depth() -> None:
    def nested(depth: int) -> GraphDocument:
        nodes = [looping(f"n{number}", 2) for number in range(depth)]
        down = [f"n{number} -> n{number + 1}" for number in range(depth - 1)]
        back = [f"n{depth - 1}.success -> n{number}" for number in range(depth)]
        return graph(step("in"), *nodes, "in -> n0", *down, *back)

    assert told(nested(5)) == set()
    assert told(nested(6)) == {("cycle", None)}


def test_a_node_cannot_wait_for_more_edges_than_lead_to_it() -> None:
    document = graph(
        parallel("fan", "a", "b"), step("one"), step("two"), looping("both", 2, join=3),
        "fan.a -> one", "fan.b -> two", "one -> both", "two -> both", "both.on_error -> both",
    )  # fmt: skip

    assert told(document) == {("impossible_join", "both")}


def test_a_body_node_that_only_an_edge_back_reaches_is_refused() -> None:
    document = graph(
        map_over("each", "a", "b"), step("a"), looping("b", 2), "each.item -> a", "b -> b"
    )

    assert told(document) == {("unreached_body_node", "b")}


def test_a_graph_that_is_nested_too_deeply_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert told(graph(step("a", config={"params": {"a": deep}}))) == {("not_storable", None)}


def test_a_graph_that_is_too_large_is_refused() -> None:
    many = graph(*[step(f"n{number}") for number in range(501)])
    heavy = graph(step("a", config={"params": {"text": "x" * 1024 * 1024}}))

    assert told(many) == told(heavy) == {("too_large", None)}


def test_a_config_says_in_words_what_to_do() -> None:
    found = check_document(graph(map_over("each"), step("new", config={"parms": {}})), KNOWN)
    assert [issue.message for issue in found if issue.code == "invalid_config"] == [
        "each: config.body_node_ids: nothing is played for the items; put a step into the map.",
        "new: config.parms: this kind of node has no such setting; take it out.",
    ]
