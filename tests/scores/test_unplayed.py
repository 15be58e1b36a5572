"""A save tells of nodes that no run can play, why, and what to do; and of those joined to nothing."""

import pytest

from scores.checks.references import Known
from scores.document import GraphDocument, NodeDocument
from scores.validation import check_document

from .graphs import branch, edge, find, graph, looping, map_over, parallel, step
from .wording import names_its_settings

CODES = {"never_played", "never_taken", "joined_to_nothing", "items_unused"}


def told(document: GraphDocument) -> list[tuple[str, str | None, str]]:
    issues = check_document(document, Known({}))
    assert {issue.level for issue in issues} <= {"warning"}
    assert all(map(names_its_settings, issues))
    return [(one.code, one.node, one.message) for one in issues if one.code in CODES]


def gate(**config: object) -> NodeDocument:
    return NodeDocument(key="ask", kind="control", subkind="gate", config=config)


def waiting(join: object) -> GraphDocument:
    return graph(
        find("look"), step("know"), step("meet", config={"join": join}), step("after"),
        "look.exists -> know", "know -> meet", "look.not_found -> meet", "meet -> after",
    )  # fmt: skip


def test_a_node_that_waits_for_two_ways_that_exclude_each_other_is_told_with_what_follows() -> None:
    message = (
        "meet is never played: it waits for all of its edges, and know.success → meet and "
        "look.not_found → meet never deliver in one run; set config.join to any, or take one out. "
        "Nor is what follows: after."
    )
    assert told(waiting("all")) == [("never_played", "meet", message)]
    assert "it waits for all of its edges" in told(waiting(2))[0][2]
    assert told(waiting("any")) == []


def test_a_join_of_some_is_counted_by_the_ways_that_exclude_each_other() -> None:
    ways = [f"pick.{port} -> {port}" for port in ("a", "b", "c")]
    meet = [f"{port} -> meet" for port in ("a", "b", "c")]
    steps = [step(port) for port in ("a", "b", "c")]
    two = step("meet", config={"join": 2})

    chosen = graph(branch("pick", "a", "b", else_port="c"), *steps, two, *ways, *meet)
    assert [(code, node) for code, node, _ in told(chosen)] == [("never_played", "meet")]
    assert told(graph(parallel("pick", "a", "b", "c"), *steps, two, *ways, *meet)) == []


def test_a_port_that_is_never_taken_is_told_at_its_edge_and_at_what_hangs_on_it() -> None:
    late = graph(gate(), step("late"), "ask.expired -> late")

    assert told(late) == [
        (
            "never_taken",
            None,
            "The edge ask.expired → late is never taken: ask waits for ever; set "
            "config.expires_after_seconds.",
        ),
        ("never_played", "late", "late is never played: ask.expired → late is never taken."),
    ]
    assert told(graph(gate(expires_after_seconds=60), step("late"), "ask.expired -> late")) == []


@pytest.mark.parametrize(
    ("first", "second", "dead"),
    [
        ("input.a", "input.b", set()),
        ("input.a", "input.a", {"b"}),
        ("input.a", "1 > 2", {"b"}),
        ("true", "input.b", {"b", "else"}),
        ("1 / 0 > 1", "input.b", set()),
    ],
)
def test_ports_of_a_branch_that_no_input_leads_to_are_told(
    first: str, second: str, dead: set[str]
) -> None:
    cases = [{"port": "a", "when": first}, {"port": "b", "when": second}]
    by = [step(f"by_{port}") for port in ("a", "b", "else")]
    ways = [f"pick.{port} -> by_{port}" for port in ("a", "b", "else")]
    found = told(graph(branch("pick", conditions=cases), *by, *ways))

    assert {node for code, node, _ in found if code == "never_played"} == {f"by_{p}" for p in dead}


def test_a_map_behind_a_way_that_its_body_excludes_is_told() -> None:
    document = graph(
        find("look"), map_over("each", "do"), step("other"), step("do", config={"join": "all"}),
        "look.exists -> each", "look.not_found -> other", "each.item -> do", "other -> do",
    )  # fmt: skip

    assert [(code, node) for code, node, _ in told(document)] == [("never_played", "do")]


def test_what_passes_a_loop_again_is_played_by_its_last_pass() -> None:
    document = graph(
        looping("write", 3), find("judge"), step("give_up"), step("done"),
        "write -> judge", "judge.not_found -> write", "judge.not_found -> give_up",
        "judge.exists -> done",
    )  # fmt: skip

    assert told(document) == []


def test_a_node_that_nothing_is_joined_to_is_told_beside_others() -> None:
    assert told(graph(step("alone"))) == []
    found = told(graph(step("a"), step("b"), step("forgotten"), edge("a -> b")))
    assert [(code, node) for code, node, _ in found] == [("joined_to_nothing", "forgotten")]
    assert "it is played by itself, with the run's input; draw one" in found[0][2]


def test_a_map_whose_items_nobody_is_given_is_told() -> None:
    unused = graph(step("a"), map_over("each", "do"), step("do"), "a -> each", "a -> do")

    assert [(code, node) for code, node, _ in told(unused)] == [("items_unused", "each")]
