"""A save is a publish: it makes the next version, or refuses and changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from maestro.errors import Conflict, InvalidScore, NotFound, StaleVersion
from maestro.workspaces.models import AuditEntry, Workspace
from scores.actions import create_score, read_graph, save_graph
from scores.actions import graph as saving
from scores.document import GraphDocument
from scores.models import Edge, Node, Score
from tests.factories import AUTHOR, make_agent, make_score, make_workspace

from .graphs import edge, find, graph, llm, map_over, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def score(workspace: Workspace) -> Score:
    return create_score(workspace, {"name": "Empty"}, author=AUTHOR)


def saved_keys(score: Score) -> dict[str, str]:
    return dict(score.nodes.values_list("key", "pk"))


def test_what_is_read_is_what_was_saved(workspace: Workspace, score: Score) -> None:
    agent = make_agent(workspace)
    document = graph(
        find("look", config={"ends": ["exists"], "params": {"pipeline": "p"}}, label="Look"),
        llm("think", agent_id=agent.pk, agent_version=1, retry={"attempts": 3}),
        map_over("each", "inner", items_field="rows"),
        step("inner", input_schema={"type": "object"}, timeout_seconds=5, on_error="continue"),
        edge("look.not_found -> think", transform={"a.b": "c"}),
        "think -> each",
        "each.item -> inner",
    ).normalised()

    saved = save_graph(score, document, author="ada", message="first")

    assert saved.score.version == 1
    assert read_graph(score) == document
    assert read_graph(score, 1) == document.model_copy(update={"message": "first"})
    version = saved.score.versions.get()
    assert (version.author, version.message) == ("ada", "first")
    assert GraphDocument.model_validate(version.graph) == document
    assert AuditEntry.objects.filter(action="score.saved", object_id=score.pk).count() == 1


def test_a_node_keeps_its_id_while_its_key_stays(score: Score) -> None:
    save_graph(score, graph(step("stays"), step("goes"), "stays -> goes"), author=AUTHOR)
    before = saved_keys(score)

    save_graph(score, graph(step("new"), step("stays", label="x"), "new -> stays"), author=AUTHOR)

    after = saved_keys(score)
    assert after.keys() == {"new", "stays"}
    assert after["stays"] == before["stays"]
    assert Node.objects.get(pk=after["stays"]).label == "x"
    assert [node.key for node in score.nodes.all()] == ["new", "stays"]
    assert Edge.objects.get().to_node_id == after["stays"]


def test_old_versions_stay_readable(score: Score) -> None:
    save_graph(score, graph(step("one")), author=AUTHOR)
    save_graph(score, graph(step("two")), author=AUTHOR)

    assert [[n.key for n in read_graph(score, v).nodes] for v in (1, 2)] == [["one"], ["two"]]
    with pytest.raises(NotFound):
        read_graph(score, 3)


def test_the_same_graph_makes_no_version_but_moves_its_nodes(score: Score) -> None:
    save_graph(score, graph(step("a"), step("b"), edge("a -> b", order=5)), author=AUTHOR)

    moved = graph(step("a", position={"x": 4.0}), step("b"), "a -> b")
    saved = save_graph(score, moved, author=AUTHOR, message="only tidied")

    assert (saved.score.version, score.versions.count()) == (1, 1)
    assert read_graph(score).nodes[0].position.x == 4.0
    assert [written.order for written in read_graph(score, 1).edges] == [0]


def test_the_first_save_is_a_version_even_of_an_empty_graph(score: Score) -> None:
    assert save_graph(score, graph(), author=AUTHOR).score.version == 1


def test_a_save_ends_the_draft(score: Score) -> None:
    Score.objects.update(draft={"nodes": []})

    assert save_graph(score, graph(step("a")), author=AUTHOR).score.draft is None
    assert Score.objects.get().draft is None


def test_a_graph_with_errors_is_refused_with_all_of_them(score: Score) -> None:
    broken = graph(step("a", skill="nobody"), "a -> b")

    with pytest.raises(InvalidScore) as refusal:
        save_graph(score, broken, author=AUTHOR)

    errors: Any = refusal.value.details["errors"]
    assert [(e["code"], e["node"], e["edge"] and e["edge"]["to"]) for e in errors] == [
        ("unknown_operation", "a", None),
        ("unknown_node", None, "b"),
    ]
    assert Score.objects.get().version == 0
    assert not Node.objects.exists()


def test_warnings_are_told_and_do_not_stop_a_save(score: Score) -> None:
    saved = save_graph(
        score,
        graph(find("a"), step("b", config={"params": {"fields": []}}), "a.exists -> b"),
        author=AUTHOR,
    )

    assert [issue.code for issue in saved.warnings] == ["port_goes_nowhere"]
    assert saved.score.version == 1


def test_another_workspaces_agent_is_refused(score: Score) -> None:
    foreign = make_agent(make_workspace())

    with pytest.raises(InvalidScore, match="has no agent"):
        save_graph(score, graph(llm("a", agent_id=foreign.pk)), author=AUTHOR)


def test_a_save_of_what_has_moved_on_is_refused(score: Score) -> None:
    save_graph(score, graph(step("first")), author=AUTHOR, expected_version=0)

    with pytest.raises(StaleVersion) as refusal:
        save_graph(score, graph(step("second")), author=AUTHOR, expected_version=0)

    assert refusal.value.details == {"version": 1}
    assert [node.key for node in read_graph(score).nodes] == ["first"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_to_read_again() -> None:
    score = make_score(make_workspace())
    together = Barrier(2)

    def save(key: str) -> str:
        together.wait()
        try:
            save_graph(score, graph(step(key)), author=AUTHOR, expected_version=1)
        except StaleVersion:
            return "stale"
        finally:
            connection.close()
        return key

    with ThreadPoolExecutor(2) as people:
        said = list(people.map(save, ["mine", "yours"]))

    assert "stale" in said
    assert [node.key for node in read_graph(score).nodes] == [k for k in said if k != "stale"]
    assert score.versions.count() == 2


def test_an_agent_that_goes_during_the_save_is_a_conflict(
    score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "check_graph", lambda *of, **named: [])
    agent = make_agent(score.workspace)
    agent_id = agent.pk
    agent.delete()
    monkeypatch.setattr(saving, "_slugs", lambda *documents: {agent_id: "gone"})

    with pytest.raises(Conflict):
        save_graph(score, graph(llm("a", agent_id=agent_id)), author=AUTHOR)

    assert Score.objects.get().version == 0


def test_a_save_costs_the_same_queries_for_many_nodes(
    workspace: Workspace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    score = make_score(workspace, graph(*[step(f"n{i}") for i in range(40)]))

    with django_assert_max_num_queries(24):
        save_graph(
            score,
            graph(*[step(f"n{i}", label="x") for i in range(80)], "n0 -> n1"),
            author=AUTHOR,
        )
