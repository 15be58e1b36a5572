"""A changed agent at recorded inputs."""

import json

import pytest

from agents.actions import save_agent
from maestro.errors import Conflict
from maestro.workspaces.models import Notification
from runs.actions.again import rerun
from runs.auditions.models import Against, Audition
from runs.models import Run, RunNode
from tests.factories import AUTHOR, make_score
from tests.far_ends.messages_api import text
from tests.runs.agents import model
from tests.runs.stage import play_here
from tests.runs.worlds import start
from tests.scores.graphs import branch, graph, llm, map_over, step, subscore

from .stage import NEW_PROMPT, SCHEMA, classifier, held, recorded, sorting

pytestmark = pytest.mark.django_db(transaction=True)

REPLIES = [f"Reply {number}{' but next year' if number % 10 == 3 else ''}" for number in range(50)]


def old(reply: str) -> str:
    return "interested" if "Reply 1" in reply else "not_interested"


def new(reply: str) -> str:
    return "interested" if "next year" in reply else old(reply)


def test_fifty_recorded_replies_show_which_would_take_another_branch() -> None:
    agent = classifier()
    recorded(agent, REPLIES, sorting(old=old))
    told = Notification.objects.count()

    audition, api = held(agent, sorting(new=new))

    assert len(api.requests) == 50
    assert audition.totals is not None
    assert (audition.totals["same"], audition.totals["flipped"]) == (46, 4)
    flipped = [row for row in audition.rows.all() if row.changed]
    assert {row.input["reply"] for row in flipped} == {r for r in REPLIES if new(r) != old(r)}
    assert [flip for flip in flipped[0].flips if flip["what"] == "port"] == [
        {
            "node": "wants",
            "iteration": flipped[0].source["iteration"],
            "kind": "branch",
            "what": "port",
            "before": "event",
            "after": "person",
        }
    ]
    assert {flip["node"] for flip in flipped[0].flips} == {"wants", "tell", "note"}
    assert Notification.objects.count() == told, "nothing was told to anybody"


def test_the_model_is_asked_what_it_was_asked_then() -> None:
    agent = classifier()
    then = recorded(agent, ["Yes"], sorting(old=old))

    _, api = held(agent, sorting(new=new))

    given = RunNode.objects.get(run=then, node_key="classify").input
    assert given is not None
    (request,) = api.requests
    assert request["system"][0]["text"] == NEW_PROMPT
    assert json.loads(request["messages"][0]["content"]) == given


def test_it_is_kept_with_the_version_that_says_the_same() -> None:
    agent = classifier()
    recorded(agent, ["Yes"], sorting(old=old))
    audition, _ = held(agent, sorting(new=new))
    assert kept(audition) is None

    save_agent(agent, {"system_prompt": NEW_PROMPT}, author=AUTHOR)

    assert kept(audition) == 2


def kept(audition: Audition) -> int | None:
    return Audition.objects.with_saved_version().get(pk=audition.pk).saved_version


def test_what_it_cost_is_on_its_run_and_beside_what_it_was_to_cost() -> None:
    agent = classifier()
    then = recorded(agent, REPLIES[:10], sorting(old=old))

    audition, _ = held(agent, sorting(new=new))

    run = Run.objects.get(audition=audition)
    assert audition.totals is not None
    assert audition.totals["new"]["cost_microdollars"] == run.cost_microdollars > 0
    assert audition.totals["old"]["cost_microdollars"] == then.cost_microdollars
    forecast = audition.forecast
    assert forecast["low"] <= run.cost_microdollars <= forecast["high"]


def test_its_run_is_not_played_again_by_itself() -> None:
    agent = classifier()
    recorded(agent, ["Yes"], sorting(old=old))
    audition, _ = held(agent, sorting(new=new))

    with pytest.raises(Conflict, match="played an audition"):
        rerun(Run.objects.get(audition=audition))


def test_beside_the_current_version_asked_again_chance_is_told_from_change() -> None:
    agent = classifier()
    recorded(agent, ["One", "Two but next year"], sorting(old=lambda _: "unsure"))

    audition, api = held(agent, sorting(old=old, new=new), against=Against.CURRENT)

    assert len(api.requests) == 4
    rows = {row.input["reply"]: row for row in audition.rows.all()}
    assert {reply: row.old["output"]["intent"] for reply, row in rows.items()} == {
        "One": "not_interested",
        "Two but next year": "not_interested",
    }
    assert not rows["One"].changed
    assert rows["Two but next year"].flips[0]["after"] == "person"
    assert audition.forecast["rows"] == 2
    assert audition.totals is not None
    assert audition.totals["old"]["cost_microdollars"] > 0


def test_other_words_for_the_same_decision_are_not_another_answer() -> None:
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "why": {"type": "string"}}}
    agent = classifier(output_schema=schema)
    recorded(agent, ["One"], lambda _: text({"intent": "unsure", "why": "It is short."}))

    audition, _ = held(agent, lambda _: text({"intent": "unsure", "why": "It is terse."}))

    totals = audition.totals or {}
    assert (totals["changed"], totals["reworded"]) == (0, 1)


def test_what_follows_the_map_flips_with_one_item_and_a_subscore_is_not_started() -> None:
    agent = classifier()
    inner = make_score(agent.workspace, graph(step("only")), name="Inner")
    any_yes = branch("any", "x").model_copy(
        update={
            "config": {
                "conditions": [{"port": "yes", "when": "input.results[1].intent == 'interested'"}]
            }
        }
    )
    document = graph(
        map_over("each", "classify"),
        llm("classify", agent_id=agent.pk),
        any_yes,
        subscore("held", inner.pk),
        "each.item -> classify",
        "each -> any",
        "any.yes -> held",
    )
    score = make_score(agent.workspace, document, name="Digest")
    with model(sorting(old=lambda _: "unsure")):
        play_here(start(score, {"items": [{"reply": "One"}, {"reply": "Two but next year"}]}))

    audition, _ = held(agent, sorting(new=lambda r: "interested" if "next" in r else "unsure"))

    (row,) = [row for row in audition.rows.all() if row.flips]
    assert [(flip["node"], flip["before"], flip["after"]) for flip in row.flips] == [
        ("any", "else", "yes"),
        ("held", "skipped", "success"),
    ]
    assert not Run.objects.filter(score=inner).exists()
