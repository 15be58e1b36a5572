"""Edges that lead back: what is played again, on what, and when it ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runs.executor import NodeFailed, Stop
from runs.models import NodeStatus, RunStatus
from scores.document import GraphDocument
from tests.scores.graphs import edge, find, graph, looping, map_over, parallel, step

from .clusters import RunningCluster, ended, wait_until
from .walking import Answer, Scripted
from .worlds import score, start

REVIEW = graph(
    looping("draft", 3), step("check"), step("send"), step("give_up"),
    "draft -> check", "check.again -> draft", "check.good -> send", "check.again -> give_up",
)  # fmt: skip


def checking(*ports: str) -> dict[str, Answer]:
    """`check` leaves by these ports, one per pass; `draft` counts how often it was told so."""
    turns: Iterator[str] = iter(ports)
    return {
        "draft": lambda given: {"tries": int(str(given.get("tries", 0))) + 1},
        "check": lambda given: (next(turns), given),
    }


def test_a_circle_is_passed_until_no_edge_leads_back() -> None:
    walk = Scripted(REVIEW, checking("again", "good"))

    assert walk.run().output == {"tries": 2}
    assert walk.order == ["draft", "check", "draft", "check", "send"]
    assert list(walk.given) == [
        ("draft", ""), ("check", ""), ("draft", "draft#2"), ("check", "draft#2"), ("send", ""),
    ]  # fmt: skip
    assert walk.skipped == [("give_up", "")]


def test_when_its_passes_are_spent_the_edge_back_is_dead_and_the_record_says_why() -> None:
    walk = Scripted(REVIEW, checking("again", "again", "again"))

    assert walk.run().output == {"tries": 3}
    assert walk.order.count("draft") == 3
    assert walk.order[-1] == "give_up"
    assert walk.skipped == [("draft", "draft#4"), ("send", "")]
    assert walk.reasons["draft", "draft#4"]["code"] == "passes_spent"


def test_errors_collected_beside_a_circle_count_too() -> None:
    document = graph(
        step("find"), looping("draft", 3), step("check"), map_over("each", "look"), step("look"),
        "find -> draft", "draft -> check", "check.again -> draft", "find -> each", "each.item -> look",
    )  # fmt: skip
    fails: dict[str, Answer] = {"find": {"items": [1]}, "look": ("fail", {})}

    assert Scripted(document, checking("again", "again", "good") | fails).run().errors == 1


def test_a_circle_that_nothing_follows_gives_its_last_pass() -> None:
    document = graph(looping("draft", 5), step("check"), "draft -> check", "check.again -> draft")

    walk = Scripted(document, checking("again", "again", "success"))

    assert walk.run().output == {"tries": 3}


def test_what_is_brought_back_covers_what_came_first_and_the_rest_comes_again() -> None:
    document = graph(
        step("start"), looping("draft", 2), step("check"),
        "start -> draft", "draft -> check", edge("check.again -> draft", order=0),
    )  # fmt: skip
    answers: dict[str, Answer] = {
        "start": {"topic": "rain", "text": ""},
        "check": ("again", {"text": "better"}),
    }
    walk = Scripted(document, answers)

    walk.run()

    assert walk.given["draft", "draft#2"] == {"topic": "rain", "text": "better"}


def test_a_circle_waits_for_what_leads_into_it_and_sees_the_same_in_each_pass() -> None:
    document = graph(
        step("rules"), looping("draft", 2), step("check", config={"join": "all"}),
        "draft -> check", "rules -> check", "check.again -> draft",
    )  # fmt: skip
    walk = Scripted(document, {"rules": {"rule": 7}, "check": lambda given: ("again", given)})

    walk.run()

    assert walk.given["check", ""]["rule"] == walk.given["check", "draft#2"]["rule"] == 7


def test_a_circle_whose_head_is_skipped_is_not_passed() -> None:
    document = graph(
        step("start"), looping("draft", 3), step("check"), step("side"),
        "start.never -> draft", "draft -> check", "side -> check", "check.again -> draft",
    )  # fmt: skip
    walk = Scripted(document, {"check": ("again", {})})

    walk.run()

    assert walk.order.count("check") == 1
    assert ("draft", "") in walk.skipped


def test_circles_in_circles_begin_anew_in_each_outer_pass() -> None:
    document = graph(
        step("start"), looping("plan", 2), looping("write", 2), step("review"),
        "start -> plan", "plan -> write", "write -> review",
        "review.rewrite -> write", "review.replan -> plan",
    )  # fmt: skip
    turns = iter(["rewrite", "replan", "rewrite", "done"])
    walk = Scripted(document, {"review": lambda given: (next(turns), given)})

    walk.run()

    assert [path for key, path in walk.given if key == "write"] == [
        "",
        "write#2",
        "plan#2",
        "plan#2/write#2",
    ]


def test_a_map_in_a_circle_and_a_circle_in_a_map_name_both() -> None:
    document = graph(
        looping("fetch", 2), map_over("each", "ask"), looping("ask", 2),
        "fetch -> each", "each.item -> ask", "ask.again -> ask", "each -> fetch",
    )  # fmt: skip
    walk = Scripted(document, {"fetch": {"items": [1]}, "ask": ("again", {})})

    walk.run()

    assert [path for key, path in walk.given if key == "ask"] == [
        "each:0",
        "each:0/ask#2",
        "fetch#2/each:0",
        "fetch#2/each:0/ask#2",
    ]


def test_a_failure_in_a_later_pass_is_told_and_starts_nothing_new() -> None:
    walk = Scripted(REVIEW, checking("again", "fail"))

    with pytest.raises(NodeFailed):
        walk.run()

    assert walk.order == ["draft", "check", "draft", "check"]


def test_a_walk_stopped_anywhere_goes_on_in_its_pass() -> None:
    ports = ("again", "again", "good")
    whole = Scripted(REVIEW, checking(*ports))
    output = whole.run().output

    walk = Scripted(REVIEW, checking(*ports))
    for nodes in range(1, len(whole.order)):
        walk.stop_after = nodes
        with pytest.raises(Stop):
            walk.run()
    walk.stop_after = None

    assert walk.run().output == output
    assert walk.order == whole.order


def test_a_join_of_a_number_waits_for_all_and_asks_for_so_many() -> None:
    assert voted("yes", "yes", "no").order[-1] == "pass"
    assert voted("yes", "no", "no").skipped == [("pass", "")]


def voted(*votes: str) -> Scripted:
    document = graph(
        parallel("ask", "a", "b", "c"), find("one"), find("two"), find("three"),
        step("pass", config={"join": 2}),
        "ask.a -> one", "ask.b -> two", "ask.c -> three",
        "one.yes -> pass", "two.yes -> pass", "three.yes -> pass",
    )  # fmt: skip
    named = zip(("one", "two", "three"), votes, strict=True)
    answers: dict[str, Answer] = {key: (vote, {}) for key, vote in named}
    walk = Scripted(document, {"ask": ("*", {"motion": 1}), **answers})
    walk.run()
    assert walk.given["three", ""] == {"motion": 1}
    return walk


def long_review(log: Path) -> GraphDocument:
    """Each pass takes a second; the log tells of each call."""
    slow = {"skill": "odd", "operation": "wait"}
    params = {"params": {"seconds": 0.25, "log": str(log)}}
    return graph(
        step("draft", config={"max_passes": 4, **params}, **slow),
        step("check", config=params, **slow),
        step("after", config=params, **slow),
        "draft -> check",
        "check -> draft",
        "check -> after",
    )


@pytest.mark.parametrize("calls", [1, 4, 6])
def test_a_run_killed_in_any_pass_ends_with_each_node_of_each_pass_once(
    cluster: RunningCluster, tmp_path: Path, calls: int
) -> None:
    log = tmp_path / "log"
    run = start(score(long_review(log)))
    wait_until(lambda: log.exists() and len(log.read_text().splitlines()) >= calls)

    cluster.kill_players()

    assert ended(run).status == RunStatus.SUCCEEDED, run.error
    played = [r for r in run.nodes.order_by("id") if r.status == NodeStatus.SUCCEEDED]
    paths = ["", "draft#2", "draft#3", "draft#4"]
    assert [(row.node_key, row.iteration) for row in played] == [
        *((key, path) for path in paths for key in ("draft", "check")),
        ("after", ""),
    ]
    spent = run.nodes.get(status=NodeStatus.SKIPPED)
    assert (spent.iteration, (spent.error or {})["code"]) == ("draft#5", "passes_spent")
    called = log.read_text().splitlines()
    assert len(called) - len(set(called)) <= 1
