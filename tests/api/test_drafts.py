"""Drafts over REST: kept with their mistakes, guarded against each other, played without a save."""

import pytest
from django.core.management import call_command

from maestro.workspaces.models import Workspace
from runs.models import Run
from scores.models import Score
from tests.factories import make_score
from tests.runs.stage import play_here
from tests.scores.graphs import edge, graph, map_over, step

from .callers import JSON, Caller, read, refused


@pytest.fixture
def score(workspace: Workspace) -> Score:
    return make_score(workspace, graph(step("first"), step("second"), "first -> second"))


def draft_of(*parts: object, base_version: int = 1) -> JSON:
    return {**graph(*parts).as_json(), "base_version": base_version}  # type: ignore[arg-type]


def tag(caller: Caller, score: Score) -> str:
    return caller.get(f"/scores/{score.pk}/draft").headers["ETag"]


def keep(caller: Caller, score: Score, draft: JSON) -> JSON:
    return read(caller.put(f"/scores/{score.pk}/draft", draft, If_Match=tag(caller, score)))


def test_without_a_draft_the_saved_graph_is_what_work_begins_from(
    caller: Caller, score: Score
) -> None:
    said = read(caller.get(f"/scores/{score.pk}/draft"))

    assert (said["base_version"], said["saved_at"]) == (1, None)
    assert [node["key"] for node in said["nodes"]] == ["first", "second"]


def test_a_draft_keeps_what_a_save_would_refuse_and_says_what_is_wrong(
    caller: Caller, score: Score
) -> None:
    said = keep(caller, score, draft_of(step("first", operation="gone"), base_version=1))

    assert [(issue["code"], issue["node"]) for issue in said["issues"]] == [
        ("unknown_operation", "first")
    ]
    again = read(caller.get(f"/scores/{score.pk}/draft"))
    assert again == said and again["author"] == "API key test (mk_" + again["author"][-10:]
    assert read(caller.get(f"/scores/{score.pk}/graph"))["version"] == 1


def test_two_people_do_not_write_over_each_others_draft(caller: Caller, score: Score) -> None:
    seen = tag(caller, score)
    keep(caller, score, draft_of(step("mine")))

    late = caller.put(f"/scores/{score.pk}/draft", draft_of(step("yours")), If_Match=seen)

    refused(late, 412, "stale_version")
    refused(caller.put(f"/scores/{score.pk}/draft", draft_of()), 428, "precondition_required")
    assert read(caller.get(f"/scores/{score.pk}/draft"))["nodes"][0]["key"] == "mine"


@pytest.mark.parametrize("moved", [True, False])
def test_a_save_ends_the_draft(caller: Caller, score: Score, moved: bool) -> None:
    parts = ["first -> second"] if moved else []
    draft = draft_of(step("first"), step("second"), *parts)
    draft["nodes"][0]["position"] = {"x": 40, "y": 40}
    keep(caller, score, draft)

    graph = {"nodes": draft["nodes"], "edges": draft["edges"]}
    saved = read(caller.put(f"/scores/{score.pk}/graph", graph, If_Match='"1"'))

    assert saved["version"] == (1 if moved else 2)
    said = read(caller.get(f"/scores/{score.pk}/draft"))
    assert (said["saved_at"], said["nodes"][0]["position"]["x"]) == (None, 40)


def test_a_draft_is_dropped(caller: Caller, score: Score) -> None:
    keep(caller, score, draft_of(step("other")))

    answer = caller.delete(f"/scores/{score.pk}/draft", If_Match=tag(caller, score))

    assert answer.status_code == 204
    assert len(read(caller.get(f"/scores/{score.pk}/draft"))["nodes"]) == 2


def test_a_graph_is_checked_without_a_save(caller: Caller, score: Score) -> None:
    broken = graph(step("first"), step("second"), "first -> second", "second -> first").as_json()

    said = read(caller.post(f"/scores/{score.pk}/graph/check", broken))

    assert (
        said["issues"][0]["level"] == "error" and "first → second" in said["issues"][0]["message"]
    )
    assert read(caller.post(f"/scores/{score.pk}/graph/check", {"nodes": []})) == {"issues": []}


@pytest.mark.parametrize(
    ("when", "holds", "missing", "message"),
    [
        ("input.n > 2", True, None, ""),
        ("input.n > 3", False, None, ""),
        ("input.other == 1", False, "other", ""),
        ("input.n +", None, None, "cannot be read"),
        ("input.n.matches('x')", None, None, "cannot call matches"),
        ("input.n == input.text + 1", None, None, "failed"),
    ],
)
def test_a_condition_is_tried_on_an_input(
    caller: Caller, when: str, holds: bool | None, missing: str | None, message: str
) -> None:
    said = read(caller.post("/conditions", {"when": when, "input": {"n": 3, "text": "a"}}))

    assert (said["holds"], said["missing"]) == (holds, missing)
    assert message in said["message"]


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_rehearsed_and_its_run_keeps_the_graph(caller: Caller, score: Score) -> None:
    keep(caller, score, draft_of(step("only", config={"params": {"fields": ["n"]}})))

    said = read(caller.post(f"/scores/{score.pk}/draft/runs", {"input": {"n": 1, "m": 2}}), 201)

    assert (said["mode"], said["score_version"]) == ("rehearsal", None)
    run = play_here(Run.objects.get())
    assert (run.status, run.output) == ("succeeded", {"n": 1})
    keep(caller, score, draft_of(step("another")))
    drawn = read(caller.get(f"/runs/{run.pk}/graph"))
    assert [node["key"] for node in drawn["nodes"]] == ["only"]


@pytest.mark.django_db(transaction=True)
def test_one_node_of_a_draft_is_tried_by_itself(caller: Caller, score: Score) -> None:
    inner = step("inner", config={"params": {"fields": ["n"]}})
    broken = step("broken", operation="gone")
    keep(
        caller, score,
        draft_of(broken, map_over("each", "inner"), inner, "broken -> each", edge("each.item -> inner")),
    )  # fmt: skip

    body = {"node": "each", "input": {"items": [{"n": 1}, {"n": 2}]}}
    read(caller.post(f"/scores/{score.pk}/draft/runs", body), 201)

    output = play_here(Run.objects.get()).output
    assert output and output["results"] == [{"n": 1}, {"n": 2}]
    refused(caller.post(f"/scores/{score.pk}/draft/runs", {"node": "no"}), 404, "not_found")
    said = refused(caller.post(f"/scores/{score.pk}/draft/runs", {}), 422, "invalid_score")
    assert said["details"]["errors"][0]["node"] == "broken"


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_played_from_a_node_on_and_takes_over_what_still_fits(
    caller: Caller, score: Score
) -> None:
    def chain(*fields: str) -> dict[str, object]:
        keys = ["first", "second", "third"]
        picks = [
            step(key, config={"params": {"fields": list(of)}})
            for key, of in zip(keys, fields, strict=True)
        ]
        return draft_of(*picks, "first -> second", "second -> third")

    keep(caller, score, chain("ab", "ab", "a"))
    path = f"/scores/{score.pk}/draft/runs"
    read(caller.post(path, {"input": {"a": 1, "b": 2}}), 201)
    source = play_here(Run.objects.get())
    asked = {"from": "third", "source": source.pk}

    keep(caller, score, chain("ab", "ab", "b"))
    said = read(caller.post(path, {**asked, "mode": "live"}), 201)
    run = play_here(Run.objects.get(pk=said["id"]))
    assert (run.trigger, run.output) == ("replay", {"b": 2})
    taken = run.nodes.filter(source_node_id__isnull=False).order_by("id")
    assert [row.node_key for row in taken] == ["first", "second"]

    keep(caller, score, chain("ab", "a", "ab"))
    refusal = refused(caller.post(path, {**asked, "mode": "live"}), 409, "conflict")
    assert "because second changed" in refusal["message"]
    said = read(caller.post(path, asked), 201)
    assert play_here(Run.objects.get(pk=said["id"])).output == {"a": 1}
    refused(caller.post(path, {"from": "no", "source": source.pk}), 404, "not_found")
    refused(caller.post(path, {"from": "third"}), 422, "invalid_input")


def test_the_graph_of_a_run_is_that_of_its_version(caller: Caller, score: Score) -> None:
    run = read(caller.post(f"/scores/{score.pk}/runs", {"mode": "rehearsal"}), 201)

    assert len(read(caller.get(f"/runs/{run['id']}/graph"))["nodes"]) == 2


@pytest.mark.django_db
def test_the_shipped_scores_are_drafts_of_themselves() -> None:
    call_command("seed", verbosity=0)
    score = Score.objects.get(slug="reply-triage-v2")
    caller = Caller.of(score.workspace)
    said = read(caller.get(f"/scores/{score.pk}/draft"))

    kept = keep(caller, score, {name: said[name] for name in ("nodes", "edges", "base_version")})

    assert kept["nodes"] == said["nodes"] and kept["edges"] == said["edges"]


def test_strangers_have_no_part_in_it(stranger: Caller, score: Score) -> None:
    path = f"/scores/{score.pk}"
    refused(stranger.get(f"{path}/draft"), 404, "not_found")
    refused(stranger.put(f"{path}/draft", draft_of(), If_Match="*"), 404, "not_found")
    refused(stranger.delete(f"{path}/draft", If_Match="*"), 404, "not_found")
    refused(stranger.post(f"{path}/graph/check", {}), 404, "not_found")
    refused(stranger.post(f"{path}/draft/runs", {}), 404, "not_found")
