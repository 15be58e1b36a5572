"""A finished run is played again: whole, from a node on, or only what failed of it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from maestro.errors import Conflict, InvalidInput, NotFound
from runs.actions import repair, rerun
from runs.models import Mode, NodeStatus, Run, RunStatus, Trigger
from runs.reuse.failures import failed_rows, groups_of
from scores.document import NodeDocument
from scores.models import Score, ScoreVersion
from tests.far_ends.messages_api import text
from tests.runs.agents import PLAIN_COST, agent_score, model, play_with
from tests.runs.stage import play_here
from tests.runs.worlds import score, start
from tests.scores.graphs import edge, graph, map_over, step, subscore

pytestmark = pytest.mark.django_db(transaction=True)

JSON = dict[str, Any]
FAILING = (3, 7, 11)
AFTER = step("after", config={"params": {"fields": ["text"]}})


def odd(key: str, operation: str, **params: object) -> NodeDocument:
    return step(key, skill="odd", operation=operation, config={"params": params})


@pytest.fixture
def logs(packages: Path, tmp_path: Path) -> Path:
    """A folder of files that each call of the skill `odd` appends its key to."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def calls(logs: Path) -> Counter[str]:
    """How often each file was written to."""
    return Counter({path.name: len(path.read_text().splitlines()) for path in logs.iterdir()})


def twenty(logs: Path) -> JSON:
    """Of 20 items, three whose first call fails."""
    return {
        "items": [
            {"n": n, "fails": int(n in FAILING), "log": str(logs / f"item-{n}")} for n in range(20)
        ]
    }


@pytest.fixture
def mapped(logs: Path) -> Score:
    """Each item is looked at (`flaw`), posted and told; what follows the join is posted, too."""
    return score(
        graph(
            map_over("each", "look", "post", "told"),
            odd("look", "flaw"),
            odd("post", "post", log=str(logs / "posts")),
            step("told", config={"params": {"fields": ["n"]}}),
            edge("each.item -> told"),
            odd("sum", "post", log=str(logs / "sum")),
            *("each.item -> look", "look -> post", "post -> told", "each -> sum"),
        )
    )


def status_of(run: Run, key: str) -> Counter[str]:
    return Counter(run.nodes.filter(node_key=key).values_list("status", flat=True))


def test_repair_plays_the_failed_items_alone_and_what_follows_the_join(
    mapped: Score, logs: Path
) -> None:
    first = play_here(start(mapped, twenty(logs)))
    assert (first.status, first.errors) == (RunStatus.SUCCEEDED, 3)
    before = calls(logs)

    again = repair(first)
    run = play_here(again.start(started_by="ines"))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    expected = Counter({f"item-{n}": 1 for n in FAILING} | {"posts": 3})  # the sum is the same
    assert calls(logs) - before == expected
    joined = run.nodes.get(node_key="each").output_json or {}
    assert [one["n"] for one in joined["results"]] == [*range(20)]
    assert (run.trigger, run.source_run, run.input) == (Trigger.REPLAY, first, first.input)
    assert again.writes_again == 1
    first.refresh_from_db()
    assert first.errors == 3


def test_writes_behind_the_join_are_not_repeated_for_siblings_that_moved_up(logs: Path) -> None:
    """The first item failed, so that in the repaired run all others have another number."""
    made = score(
        graph(
            map_over("each", "look", "told"),
            odd("look", "flaw"),
            step("told", config={"params": {"fields": ["n"]}}),
            map_over("send", "post", items_field="results"),
            odd("post", "post", log=str(logs / "posts")),
            *("each.item -> look", "look -> told", "each -> send", "send.item -> post"),
            edge("each.item -> told"),
        )
    )
    items = [{"n": n, "fails": int(not n), "log": str(logs / f"item-{n}")} for n in range(3)]
    first = play_here(start(made, {"items": items}))
    assert calls(logs)["posts"] == 2

    run = play_here(repair(first).start(started_by="ines"))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0)
    assert calls(logs) == Counter({"item-0": 2, "item-1": 1, "item-2": 1, "posts": 3})
    sent = run.nodes.filter(node_key="post").order_by("iteration")
    there = dict(first.nodes.filter(node_key="post").values_list("iteration", "id"))
    told = [(row.iteration, row.source_node_id) for row in sent]
    assert told == [
        ("send:0", None),
        ("send:1", there["send:0"]),
        ("send:2", there["send:1"]),
    ]


def test_what_is_kept_is_marked_and_not_paid_twice() -> None:
    made = agent_score(AFTER, "think -> after")
    first = play_with([text("Fine.")], made, {"a": 1})

    again = rerun(first, node="after")
    run = play_here(again.start(started_by="ines"))

    assert (run.status, run.cost_microdollars, run.tokens_input) == (RunStatus.SUCCEEDED, 0, 0)
    kept = run.nodes.get(node_key="think")
    original = first.nodes.get(node_key="think")
    assert (kept.source_node_id, kept.output_json) == (original.pk, {"text": "Fine."})
    assert (kept.cost_microdollars, kept.tokens_input, kept.agent_id) == (0, 0, original.agent_id)
    assert original.cost_microdollars == PLAIN_COST
    assert run.nodes.get(node_key="after").source_node_id is None
    assert (again.kept.nodes, again.plays_again) == (["think"], ["after"])


def test_from_a_node_inside_a_map_each_item_keeps_what_comes_before(
    mapped: Score, logs: Path
) -> None:
    first = play_here(start(mapped, {"items": twenty(logs)["items"][:3]}))
    before = calls(logs)

    again = rerun(first, node="post")
    run = play_here(again.start(started_by="ines"))

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert calls(logs) - before == Counter({"posts": 3, "sum": 1})
    assert again.writes_again == 4


def test_the_whole_run_is_played_again_on_the_same_input(mapped: Score, logs: Path) -> None:
    first = play_here(start(mapped, {"items": twenty(logs)["items"][:2]}))

    run = play_here(rerun(first).start(started_by="ines"))

    assert (run.status, run.input) == (RunStatus.SUCCEEDED, first.input)
    assert not run.nodes.filter(source_node_id__isnull=False).exists()
    assert calls(logs)["posts"] == 4


def next_version(made: Score, *parts: Any) -> int:
    made.version += 1
    made.save()
    graph_of = graph(*parts).content()
    ScoreVersion.objects.create(
        score=made, version=made.version, graph=graph_of, content_hash="1" * 64, author="test"
    )
    return made.version


def test_a_mended_version_is_played_with_what_the_old_one_recorded(logs: Path) -> None:
    broken = odd("post", "flawed_post", fails=9, log=str(logs / "broken"))
    first_step = odd("first", "wait", log=str(logs / "first"))
    made = score(graph(first_step, broken, "first -> post"))
    first = play_here(start(made))
    assert first.status == RunStatus.FAILED
    mended = next_version(
        made, first_step, odd("post", "post", log=str(logs / "mended")), "first -> post"
    )

    run = play_here(repair(first, version=mended).start(started_by="ines"))

    assert (run.status, run.score_version) == (RunStatus.SUCCEEDED, 2), run.error
    assert calls(logs) == Counter({"first": 1, "broken": 1, "mended": 1})


def test_failures_are_grouped_by_cause_and_one_group_is_repaired(logs: Path) -> None:
    made = score(
        graph(
            map_over("each", "look"),
            step("look", skill="odd", operation="flaw"),
            "each.item -> look",
        )
    )
    codes = ["unavailable", "unavailable", "node_error"]
    items = [{"fails": 1, "code": code, "log": str(logs / str(n))} for n, code in enumerate(codes)]
    first = play_here(start(made, {"items": [*items, {"fails": "x"}]}))

    groups = groups_of(failed_rows(first))
    assert [(group.code, group.count) for group in groups] == [
        ("unavailable", 2),
        ("invalid_node_input", 1),
        ("node_error", 1),
    ]
    run = play_here(repair(first, groups=[groups[0].id]).start(started_by="ines"))

    assert run.errors == 2
    assert calls(logs) == Counter({"0": 2, "1": 2, "2": 1})
    last = play_here(repair(run, items=[("look", "each:2")]).start(started_by="ines"))
    assert last.errors == 1
    assert calls(logs)["2"] == 2


def test_a_run_is_repaired_once_and_then_its_repair_is(mapped: Score, logs: Path) -> None:
    first = play_here(start(mapped, twenty(logs)))
    run = repair(first).start(started_by="ines")

    with pytest.raises(Conflict, match=run.pk):
        repair(first).start(started_by="ada")
    with pytest.raises(Conflict, match="not over"):
        repair(run)


def test_what_cannot_be_played_again_is_refused_with_the_reason(mapped: Score, logs: Path) -> None:
    run = play_here(start(mapped, {"items": []}))

    with pytest.raises(Conflict, match="no node failed"):
        repair(run)
    with pytest.raises(InvalidInput, match="nowhere"):
        rerun(run, node="nowhere")
    with pytest.raises(NotFound, match="version 9"):
        rerun(run, version=9)
    with pytest.raises(InvalidInput, match="abc"):
        repair(run, groups=["abc"])


def test_a_run_that_failed_in_one_branch_keeps_the_other(logs: Path) -> None:
    made = score(
        graph(
            odd("fine", "post", log=str(logs / "fine")),
            odd("broken", "flaw", fails=1, log=str(logs / "broken")),
            step("both", config={"join": "all", "params": {"fields": ["ok"]}}),
            *("fine -> both", "broken -> both"),
        )
    )
    first = play_here(start(made))
    assert first.status == RunStatus.FAILED

    run = play_here(repair(first).start(started_by="ines"))

    assert run.status == RunStatus.SUCCEEDED
    assert calls(logs) == Counter({"fine": 1, "broken": 2})
    assert status_of(run, "both") == Counter({NodeStatus.SUCCEEDED: 1})


def held_twice(logs: Path) -> Score:
    """Each item is a run of a score that posts, then looks."""
    held = score(
        graph(
            step("told", config={"params": {"fields": ["n"]}}),
            odd("post", "post", log=str(logs / "posts")),
            step("flawed", config={"params": {"fields": ["fails", "log"]}}),
            step("look", skill="odd", operation="flaw", config={"join": "all"}),
            *("told -> post", "post -> look", "flawed -> look"),
        ),
        slug="held",
    )
    return score(
        graph(map_over("each", "call"), subscore("call", held.pk), "each.item -> call"), "outer"
    )


def played_through(run: Run) -> Run:
    play_here(run)
    while Run.objects.filter(status=RunStatus.QUEUED).exists():
        play_here(run)
    return run


def test_a_repaired_item_that_is_a_run_repeats_none_of_its_writes(logs: Path) -> None:
    items = [{"n": n, "fails": int(n == 1), "log": str(logs / f"item-{n}")} for n in range(2)]
    first = played_through(start(held_twice(logs), {"items": items}))
    assert (first.status, first.errors) == (RunStatus.SUCCEEDED, 1), first.error
    posts = calls(logs)["posts"]

    run = played_through(repair(first).start(started_by="ines"))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert calls(logs)["posts"] == posts
    assert calls(logs)["item-1"] == 2
    (child,) = run.child_runs.all()
    assert child.source_run == first.child_runs.get(parent_iteration="each:1")


def test_writes_in_runs_below_are_counted_before_they_happen_again(logs: Path) -> None:
    items = [{"n": n, "fails": 0, "log": str(logs / f"item-{n}")} for n in range(2)]
    first = played_through(start(held_twice(logs), {"items": items}))

    again = rerun(first, node="call")

    assert (again.writes_again, again.may_write) == (calls(logs)["posts"], ["call"])
    rehearsed = played_through(start(first.score, {"items": items}, mode=Mode.REHEARSAL))
    assert (rerun(rehearsed).writes_again, rerun(rehearsed).may_write) == (0, [])


def test_a_score_below_that_only_reads_is_not_said_to_write() -> None:
    held = score(graph(step("pick", config={"params": {"fields": []}})), slug="held")
    first = played_through(start(score(graph(subscore("call", held.pk)), "outer")))

    assert rerun(first, node="call").may_write == []


def test_a_model_is_not_asked_again_for_what_is_kept() -> None:
    made = agent_score(AFTER, "think -> after")
    first = play_with([text("Fine.")], made)
    with model([]) as api:
        play_here(rerun(first, node="after").start(started_by="ines"))
    assert api.requests == []
