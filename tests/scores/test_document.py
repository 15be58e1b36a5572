"""The graph document on the wire."""

from typing import Any

import pytest
from pydantic import ValidationError

from scores.document import GraphDocument

from .graphs import edge, graph, step


def test_a_document_survives_the_wire_unchanged() -> None:
    document = graph(step("a"), step("b"), edge("a.exists -> b", transform={"x": "y.z"}, order=3))

    assert GraphDocument.model_validate(document.as_json()) == document
    assert document.as_json()["edges"][0] == {
        "from": "a",
        "from_port": "exists",
        "to": "b",
        "to_port": "default",
        "transform": {"x": "y.z"},
        "order": 3,
    }


def test_null_means_nothing_given() -> None:
    empty = dict.fromkeys(
        ["label", "skill", "operation", "subkind", "config", "retry", "position", "agent_id"]
    )
    written = GraphDocument.model_validate({"nodes": [{"key": "a", "kind": "llm"} | empty]})

    assert written == GraphDocument.model_validate({"nodes": [{"key": "a", "kind": "llm"}]})
    assert written.nodes[0].retry.on == ["unavailable", "rate_limited", "timeout"]


@pytest.mark.parametrize(
    "node",
    [
        {"key": "a", "kind": "llm", "unknown": 1},
        {"key": "A", "kind": "llm"},
        {"key": "a", "kind": "llms"},
        {"key": "a", "kind": "llm", "timeout_seconds": "5"},
        {"key": "a", "kind": "llm", "retry": {"attempts": 0}},
        {"key": "a", "kind": "llm", "retry": {"on": ["always"]}},
        {"key": "a", "kind": "llm", "position": {"x": float("nan")}},
        {"key": "a", "kind": "control", "subkind": "loop"},
    ],
)
def test_a_node_that_says_something_unknown_is_refused(node: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GraphDocument.model_validate({"nodes": [node]})


def test_normalising_numbers_edges_in_merge_order() -> None:
    document = graph(edge("a -> c", order=7), edge("b -> c", order=2), edge("d -> c", order=7))

    assert [(e.source, e.order) for e in document.normalised().edges] == [
        ("b", 0),
        ("a", 1),
        ("d", 2),
    ]
