"""What was approved of a plan is what happens: with those arguments, once, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from agents.skills.pipeline.models import Contact
from maestro.errors import Conflict, InvalidInput
from runs.actions import EffectChoice, decide_effects
from runs.models import Decision, Mode, NodeStatus, RunStatus
from runs.nodes.explaining import Known
from runs.plans.apply import apply_plan
from runs.reuse.plans import planned_effects
from tests.far_ends.messages_api import calls, text
from tests.runs.agents import agent_score, model, play_with, rows_of
from tests.runs.planning import BOOKS, LOANS, applied, lend, plan_of, titles
from tests.runs.stage import play_here
from tests.runs.worlds import pipeline, score, start
from tests.scores.graphs import add, graph, map_over, step, subscore

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ledger")]

JSON = dict[str, Any]


def test_each_effect_happens_as_approved_edited_or_not_at_all(ledger: Path) -> None:
    plan = plan_of(LOANS, BOOKS)
    emma, ulysses, _ = planned_effects(plan)

    run = applied(
        plan,
        EffectChoice(emma.pk, Decision.EDIT, {"title": "Persuasion"}),
        EffectChoice(ulysses.pk, Decision.DROP),
    )

    assert (run.status, run.errors, run.mode) == (RunStatus.SUCCEEDED, 0, Mode.LIVE)
    assert sorted(titles(ledger)) == ["Persuasion", "Walden"]
    rows = {row.iteration: row for row in run.nodes.filter(node_key="lend")}
    assert rows["each:0"].source_node_id == emma.pk
    assert rows["each:1"].status == NodeStatus.SKIPPED
    assert "ines" in (rows["each:1"].error or {})["message"]


def test_a_plan_is_applied_once(ledger: Path) -> None:
    plan = plan_of(LOANS, BOOKS)
    run = applied(plan)

    with pytest.raises(Conflict, match=run.pk):
        apply_plan(plan, started_by="ada")
    with pytest.raises(Conflict, match="applied already"):
        decide_effects(plan, [], by="ada")
    assert len(titles(ledger)) == 3


def test_decisions_are_kept_and_the_last_one_counts(ledger: Path) -> None:
    plan = plan_of(LOANS, BOOKS)
    emma = planned_effects(plan)[0]
    decide_effects(plan, [EffectChoice(emma.pk, Decision.DROP)], by="ada")
    decide_effects(plan, [EffectChoice(emma.pk, Decision.EDIT, {"title": "E."})], by="ines")

    applied(plan)

    assert sorted(titles(ledger)) == ["E.", "Ulysses", "Walden"]


def test_what_an_operation_would_not_take_is_refused_at_the_edit(ledger: Path) -> None:
    plan = plan_of(LOANS, BOOKS)
    emma = planned_effects(plan)[0].pk
    for choice in (
        EffectChoice(emma, Decision.EDIT, {"title": 7}),
        EffectChoice(emma, Decision.EDIT, {"title": "E.", "weight": 1}),
        EffectChoice(emma, Decision.EDIT),
        EffectChoice(emma, Decision.DROP, {"title": "E."}),
        EffectChoice(emma + 10_000, Decision.DROP),
    ):
        with pytest.raises(InvalidInput):
            apply_plan(plan, [choice], started_by="ines")
    assert not plan.replays.exists()


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.REHEARSAL])
def test_only_a_plan_is_applied(mode: Mode) -> None:
    run = play_here(start(score(graph(step("one", config={"params": {"fields": []}}))), mode=mode))
    with pytest.raises(Conflict, match="no plan"):
        apply_plan(run, started_by="ines")


def test_a_plan_that_would_change_nothing_is_not_applied() -> None:
    plan = plan_of(graph(step("one", config={"params": {"fields": []}})))
    with pytest.raises(Conflict, match="nothing to apply"):
        apply_plan(plan, started_by="ines")


def test_what_follows_a_write_is_given_what_it_really_gave() -> None:
    """The plan knew a sample's id; the activity is logged for the contact that was really made."""
    pipeline()
    params = {"params": {"pipeline": "outreach"}}
    log = {"params": {"pipeline": "outreach", "kind": "drafted"}}
    plan = plan_of(
        graph(
            add("add", config=params),
            step("log", skill="pipeline", operation="log_activity", config=log),
            "add -> log",
        ),
        {"email": "ada@example.com", "name": "Ada"},
    )

    run = applied(plan)

    assert run.status == RunStatus.SUCCEEDED, run.error
    contact = Contact.objects.get(email="ada@example.com")
    assert contact.activities.get().kind == "drafted"
    assert (run.nodes.get(node_key="log").input or {})["contact_id"] == contact.pk


def test_an_effect_that_has_become_another_one_does_not_happen(ledger: Path) -> None:
    """What is read behind a write is read anew; if it changes a call, nobody has approved that."""
    shown = {"port": "success", "output": {"title": "Emma, planned"}}
    plan = plan_of(
        graph(
            lend("first"),
            step("read", config={"sample": shown, "params": {"fields": ["title"], "title": "Now"}}),
            lend("second"),
            *("first -> read", "read -> second"),
        ),
        {"title": "Emma"},
    )
    assert (plan.nodes.get(node_key="second").input or {})["title"] == "Emma, planned"

    run = applied(plan)

    assert (run.status, (run.error or {})["code"]) == (RunStatus.FAILED, "not_as_planned")
    (told,) = (run.error or {})["details"]["differences"]
    assert told == {"place": "title", "planned": "Emma, planned", "now": "Now"}
    told = (run.error or {})["message"]
    assert "title was planned as “Emma, planned” and is “Now” now. Repair the run" in told
    assert titles(ledger) == ["Emma"]
    refused = run.nodes.get(node_key="second")
    assert refused.source_node_id == plan.nodes.get(node_key="second").pk


def test_what_a_person_has_worded_holds_whatever_is_before_it_by_then(ledger: Path) -> None:
    shown = {"port": "success", "output": {"title": "Planned"}}
    plan = plan_of(
        graph(
            lend("first"),
            step("read", config={"sample": shown, "params": {"fields": ["title"], "title": "Now"}}),
            lend("second"),
            *("first -> read", "read -> second"),
        ),
        {"title": "Emma"},
    )
    second = planned_effects(plan)[1]

    run = applied(plan, EffectChoice(second.pk, Decision.EDIT, {"title": "By hand"}))

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert titles(ledger) == ["Emma", "By hand"]


def test_the_approved_calls_of_a_models_turn_are_made_without_the_model(ledger: Path) -> None:
    asking = calls(("books__lend", {"title": "Emma"}), ("books__lend", {"title": "Walden"}))
    made = agent_score(allowed_tools=["books.lend"])
    plan = play_with([asking, text("Lent both, receipt r.")], made, mode=Mode.PLAN)
    emma, walden = planned_effects(plan)

    with model([]) as api:
        run = applied(plan, EffectChoice(walden.pk, Decision.DROP))

    assert (run.status, api.requests) == (RunStatus.SUCCEEDED, []), run.error
    assert titles(ledger) == ["Emma"]
    node, lent, dropped = rows_of(run)
    assert (lent.source_node_id, lent.status) == (emma.pk, NodeStatus.SUCCEEDED)
    assert (dropped.source_node_id, dropped.status) == (walden.pk, NodeStatus.SKIPPED)
    assert (node.cost_microdollars, run.cost_microdollars) == (0, 0)


def test_effects_of_a_subscore_are_decided_on_with_its_parents(ledger: Path) -> None:
    held = score(graph(lend()), slug="held")
    plan = score(
        graph(map_over("each", "call"), subscore("call", held.pk), "each.item -> call"),
        slug="outer",
    )
    run = start(plan, BOOKS, mode=Mode.PLAN)
    for _ in range(3):
        play_here(run)
    assert run.status == RunStatus.SUCCEEDED, (run.status, run.error)
    emma = planned_effects(run).get(input__title="Emma")

    live = apply_plan(run, [EffectChoice(emma.pk, Decision.DROP)], started_by="ines")
    for _ in range(3):
        play_here(live)

    assert live.status == RunStatus.SUCCEEDED, (live.status, live.error)
    assert sorted(titles(ledger)) == ["Ulysses", "Walden"]
    with pytest.raises(Conflict, match=run.pk):
        apply_plan(run.child_runs.all()[0], started_by="ines")


def test_a_difference_is_explained_by_what_a_write_gave_and_by_nothing_else() -> None:
    known = Known()
    known.learn({"id": "ct_sample", "ok": True}, {"id": "ct_7", "ok": False})

    assert known.compare({"to": "ct_sample"}, {"to": "ct_7"}).is_the_same
    assert known.compare("about ct_sample", "about ct_7").is_the_same
    assert not known.compare({"to": "ct_sample"}, {"to": "ct_8"}).is_as_planned
    assert not known.compare({"to": "ada"}, {"to": "ct_7"}).is_as_planned
    assert not known.compare({"go": True}, {"go": False}).is_as_planned
    assert not known.compare({"a": 1}, {"a": 1, "b": 2}).is_as_planned
    fewer = known.compare([1, 2, 3], [1, 3])
    assert fewer.is_as_planned and not fewer.is_the_same
    assert not known.compare([1, 2, 3], [3, 1]).is_as_planned
