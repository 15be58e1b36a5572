"""Equal graphs have equal hashes; positions, messages and ids do not count."""

import pytest

from scores.document import GraphDocument
from scores.hashing import content_hash

from .graphs import edge, graph, llm, step

SLUGS = {"ag_1": "writer", "ag_2": "reader", "ag_other_house": "writer"}


def hash_of(document: GraphDocument) -> str:
    return content_hash(document, SLUGS)


ORIGINAL = graph(step("a", config={"params": {"n": 2}}), llm("b"), edge("a -> b", order=4))


@pytest.mark.parametrize(
    "same",
    [
        ORIGINAL.model_copy(update={"message": "why"}),
        graph(step("a", config={"params": {"n": 2.0}}), llm("b"), "a -> b"),
        graph(
            step("a", config={"params": {"n": 2}}, position={"x": 9}),
            llm("b", agent_id="ag_other_house"),
            "a -> b",
        ),
    ],
)
def test_what_plays_alike_hashes_alike(same: GraphDocument) -> None:
    assert hash_of(same) == hash_of(ORIGINAL)


@pytest.mark.parametrize(
    "other",
    [
        graph(step("a", config={"params": {"n": 3}}), llm("b"), "a -> b"),
        graph(step("a", config={"params": {"n": 2}}), llm("b", agent_id="ag_2"), "a -> b"),
        graph(step("a", config={"params": {"n": 2}}), llm("b"), "a.on_error -> b"),
        graph(llm("b"), step("a", config={"params": {"n": 2}}), "a -> b"),
    ],
)
def test_what_plays_differently_hashes_differently(other: GraphDocument) -> None:
    assert hash_of(other) != hash_of(ORIGINAL)


def test_a_hash_is_the_same_in_every_release() -> None:
    assert hash_of(graph()) == "57501e5c6808b3e14852a4ea21dc7873abf9409032a06f9b740c973e83f62cf7"
