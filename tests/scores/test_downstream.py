"""What an answer may reach."""

import pytest

from scores.downstream import before, behind
from tests.scores.graphs import edge, graph, llm, map_over, step

MAPPED = graph(
    llm("think"),
    map_over("each", "look", "write"),
    step("look"),
    llm("write"),
    step("send"),
    step("apart"),
    "think -> each",
    "each.item -> look",
    "each.item -> write",
    "look -> write",
    "each -> send",
)


@pytest.mark.parametrize(
    ("key", "reached"),
    [
        ("think", {"each", "look", "write", "send"}),
        ("write", {"each", "send"}),
        ("look", {"write", "each", "send"}),
        ("send", set()),
        ("apart", set()),
    ],
)
def test_answers_reach_what_follows_and_leave_a_body_by_the_maps_results(
    key: str, reached: set[str]
) -> None:
    assert behind(MAPPED, [key]) == reached


@pytest.mark.parametrize(
    ("key", "earlier"),
    [
        ("think", set()),
        ("look", {"each", "think"}),
        ("write", {"look", "each", "think"}),
        ("send", {"each", "look", "write", "think"}),
    ],
)
def test_before_a_node_is_all_that_its_input_is_made_of(key: str, earlier: set[str]) -> None:
    assert before(MAPPED, key) == earlier


def test_a_loop_is_followed_once() -> None:
    looped = graph(step("a"), llm("b"), edge("a -> b"), edge("b -> a"))

    assert behind(looped, ["b"]) == {"a", "b"}


def test_out_of_maps_in_maps_it_goes_to_the_outermost() -> None:
    nested = graph(
        map_over("outer", "inner", "deep", "beside"),
        map_over("inner", "deep"),
        llm("deep"),
        step("beside"),
        step("last"),
        "outer.item -> inner",
        "inner.item -> deep",
        "outer.item -> beside",
        "outer -> last",
    )
    assert behind(nested, ["deep"]) == {"inner", "outer", "last"}
