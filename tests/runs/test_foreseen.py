"""What dropping effects of a plan makes of the others is seen before, and happens as it was shown."""

from pathlib import Path

import pytest

from maestro.errors import Conflict
from runs.actions import EffectChoice, decide_effects
from runs.models import Decision, EffectDecision, Mode, RunStatus
from runs.plans.apply import apply_plan
from runs.plans.foreseen import foresee
from runs.reuse.plans import planned_effects
from scores.document import GraphDocument, NodeDocument
from tests.far_ends.messages_api import text
from tests.runs.agents import agent_score, model, play_with
from tests.runs.planning import BOOKS, applied, lend, plan_of, titles
from tests.runs.stage import play_here
from tests.scores.graphs import graph, map_over, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ledger")]

COUNTED = {"templates": {"title": "{results} lent, {ended} not"}}


def summed(*between: NodeDocument | str) -> GraphDocument:
    """Books are lent one by one, and then one that is named by how many there were."""
    return graph(
        map_over("each", "lend"),
        lend(),
        step("text", skill="data", operation="template", config={"params": COUNTED}),
        lend("report"),
        *("each.item -> lend", "each -> text", "text -> report"),
        *between,
    )


def test_a_text_that_counts_what_is_dropped_is_shown_before_and_happens_as_shown(
    ledger: Path,
) -> None:
    plan = plan_of(summed(), BOOKS)
    emma, _, _, report = planned_effects(plan)
    decide_effects(plan, [EffectChoice(emma.pk, Decision.DROP)], by="ines")

    foreseen = foresee(plan)
    title = {"place": "title", "planned": "3 lent, 0 not", "now": "2 lent, 1 not"}
    assert foreseen.changed == {report.pk: [title]}
    assert (foreseen.fallen, foreseen.new, foreseen.asked_anew) == (set(), [], [])
    with pytest.raises(Conflict, match="changes 1 other effect"):
        apply_plan(plan, started_by="ines", accepts=lambda foreseen: False)
    assert titles(ledger) == []

    run = applied(plan)

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert titles(ledger)[-1] == "2 lent, 1 not"
    assert sorted(titles(ledger)[:2]) == ["Ulysses", "Walden"]


def test_what_was_worded_is_not_changed_by_what_is_dropped(ledger: Path) -> None:
    plan = plan_of(summed(), BOOKS)
    emma, _, _, report = planned_effects(plan)
    choices = [
        EffectChoice(emma.pk, Decision.DROP),
        EffectChoice(report.pk, Decision.EDIT, {"title": "By hand"}),
    ]
    decide_effects(plan, choices, by="ines")
    assert not foresee(plan).is_to_be_seen

    assert applied(plan).status == RunStatus.SUCCEEDED
    assert titles(ledger)[-1] == "By hand"


def test_what_comes_out_otherwise_than_foreseen_does_not_happen(ledger: Path) -> None:
    """Two were dropped on the page that was seen, one fails in the end: that text nobody has seen."""
    plan = plan_of(summed(), BOOKS)
    emma, ulysses, _, _ = planned_effects(plan)
    run = apply_plan(plan, [EffectChoice(emma.pk, Decision.DROP)], started_by="ines")
    # As if it had been dropped at the last moment.
    EffectDecision.objects.filter(node=ulysses).update(decision=Decision.DROP)

    play_here(run)

    assert (run.error or {})["code"] == "not_as_planned"
    assert titles(ledger) == ["Walden"]


def test_what_follows_from_what_is_dropped_is_said_to_fall_away(ledger: Path) -> None:
    titled = {"title": "W"}
    plan = plan_of(
        graph(lend("first"), lend("second", params=titled), "first -> second"), {"title": "Emma"}
    )
    first, second = planned_effects(plan)
    decide_effects(plan, [EffectChoice(first.pk, Decision.DROP)], by="ines")

    assert (foresee(plan).fallen, foresee(plan).is_to_be_seen) == ({second.pk}, False)


def test_a_write_that_would_come_instead_is_told_before(ledger: Path) -> None:
    none = {"conditions": [{"port": "some", "when": "size(input.results) > 0"}]}
    plan = plan_of(
        graph(
            map_over("each", "lend"),
            lend(),
            NodeDocument(key="any", kind="control", subkind="branch", config=none),
            lend("told", params={"title": "none"}),
            *("each.item -> lend", "each -> any", "any.else -> told"),
        ),
        {"items": [{"title": "Emma"}]},
    )
    emma = planned_effects(plan)[0]
    decide_effects(plan, [EffectChoice(emma.pk, Decision.DROP)], by="ines")

    assert foresee(plan).new == ["told"]


def test_a_model_is_not_asked_again_because_it_was_told_of_what_is_dropped(ledger: Path) -> None:
    made = agent_score(
        map_over("each", "lend"), lend(), lend("report", params={"title": "Lent"}),
        *("each.item -> lend", "each -> think", "think -> report"),
    )  # fmt: skip
    plan = play_with([text("Three books.")], made, BOOKS, mode=Mode.PLAN)
    emma = planned_effects(plan)[0]

    with model([]) as api:
        run = applied(plan, EffectChoice(emma.pk, Decision.DROP))

    assert (run.status, api.requests) == (RunStatus.SUCCEEDED, []), run.error
    assert titles(ledger)[-1] == "Lent"
    assert run.nodes.get(node_key="think").output_json == {"text": "Three books."}
