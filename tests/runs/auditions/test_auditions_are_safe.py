"""An audition changes nothing outside, costs no more than it may, and survives what runs survive."""

from pathlib import Path

import pytest

from agents.models import Agent, ModelPrice
from maestro.errors import InvalidInput
from maestro.workspaces.models import Secret
from runs.auditions.actions import cancel_audition
from runs.auditions.declared import Selection
from runs.auditions.models import Audition, AuditionRow, RowStatus, Status
from runs.auditions.settling import settle
from runs.models import NodeStatus, Run, RunNode
from tests.admin.rows import make_node, make_run
from tests.factories import make_agent, make_score, make_workspace
from tests.far_ends.messages_api import Said, calls, error, text
from tests.runs.agents import PLAIN_COST, agent_score, model, play_with
from tests.runs.books_skill import LEDGER
from tests.runs.stage import play_here

from .stage import JSON, begun, classifier, held, recorded, sorting

pytestmark = pytest.mark.django_db(transaction=True)

EMMA, ULYSSES = {"title": "Emma"}, {"title": "Ulysses"}


def same(reply: str) -> str:
    return "unsure"


@pytest.fixture
def ledger(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ledger"
    path.touch()
    monkeypatch.setenv(LEDGER, str(path))
    return path


def lender() -> Agent:
    """One that has lent Emma once."""
    score = agent_score(allowed_tools=["books"])
    play_with([calls(("books__lend", EMMA)), text("Lent.")], score, {"reader": "Ada"})
    return Agent.objects.get(nodes__score=score)


def told(body: JSON) -> list[str]:
    return [block["content"] for block in body["messages"][-1]["content"]]


def test_a_writing_tool_is_answered_from_the_recording_else_by_its_sample(ledger: Path) -> None:
    agent = lender()
    asking = calls(("books__lend", EMMA), ("books__lend", ULYSSES), ("books__post", EMMA))

    audition, api = held(agent, lambda body: text("Done.") if len(body["messages"]) > 1 else asking)

    assert len(ledger.read_text().splitlines()) == 1, "only what was lent then"
    first, second, third = told(api.requests[-1])
    lent = RunNode.objects.get(operation="books.lend", run__mode="live").output_json
    assert first == f'{{"receipt": "{(lent or {})["receipt"]}"}}'
    assert second == third == '{"receipt": "r"}'
    notes = RunNode.objects.filter(run=audition.run, call__gt=0).order_by("call")
    assert [(row.error or {})["code"] for row in notes] == [
        "answered_from_recording",
        "planned",
        "planned",
    ]


def test_the_budget_is_passed_by_less_than_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = classifier(parameters={"max_tokens": 100})
    recorded(agent, [f"Reply {n}" for n in range(12)], sorting(old=same))

    audition, api = held(agent, sorting(new=same), budget=PLAIN_COST * 5)

    run = Run.objects.get(audition=audition)
    assert run.cost_microdollars < PLAIN_COST * 6
    assert audition.status == Status.DONE
    statuses = list(audition.rows.values_list("status", flat=True))
    assert statuses.count(RowStatus.PLAYED) == len(api.requests) == 5
    assert statuses.count(RowStatus.NOT_PLAYED) == 7


def test_without_a_price_or_a_key_nothing_begins() -> None:
    agent = classifier()
    recorded(agent, ["Yes"], sorting(old=same))

    with pytest.raises(InvalidInput, match="gpt-9 has no price"):
        begun(agent, model="gpt-9")
    Secret.objects.all().delete()
    with pytest.raises(InvalidInput, match="anthropic_api_key"):
        begun(agent)
    assert not Audition.objects.exists()
    assert ModelPrice.objects.exists()


def test_without_a_recorded_input_it_says_how_to_get_one() -> None:
    with pytest.raises(InvalidInput, match="Let a score play it live once"):
        begun(classifier())


def test_what_was_answered_before_a_crash_is_not_asked_again() -> None:
    agent = classifier()
    recorded(agent, [f"Reply {n}" for n in range(6)], sorting(old=same))
    audition = begun(agent)
    with model(sorting(new=same)):
        run = play_here(audition.run)  # type: ignore[arg-type]
    # As a kill between two rows leaves it: some rows answered, one cut in half, no end.
    last = RunNode.objects.get(run=run, node_key="candidate", iteration="rows:5")
    RunNode.objects.filter(run=run, node_key="rows").delete()
    RunNode.objects.filter(pk=last.pk).update(
        status=NodeStatus.RUNNING, output_json=None, port=None, finished_at=None
    )
    Run.objects.filter(pk=run.pk).update(status="queued", finished_at=None, output=None)

    with model(sorting(new=same)) as api:
        play_here(run)
    settle(audition.pk)

    assert len(api.requests) == 1
    attempts = RunNode.objects.filter(run=run, iteration="rows:5").order_by("attempt")
    assert [row.status for row in attempts] == ["cancelled", "succeeded"]
    assert audition.rows.filter(status=RowStatus.PLAYED).count() == 6
    run.refresh_from_db()
    assert run.cost_microdollars == 7 * PLAIN_COST, "the call cut in half is on a row too"


def test_cancelled_it_keeps_what_was_answered() -> None:
    agent = classifier()
    recorded(agent, ["One", "Two"], sorting(old=same))
    audition = begun(agent)

    cancel_audition(audition, by="ada")
    settle(audition.pk)

    audition.refresh_from_db()
    assert (audition.status, audition.passed) == (Status.CANCELLED, False)
    assert set(audition.rows.values_list("status", flat=True)) == {RowStatus.NOT_PLAYED}


def test_no_valid_answer_is_shown_beside_the_one_of_then() -> None:
    agent = classifier()
    recorded(agent, ["One", "Two"], sorting(old=same))

    audition, _ = held(agent, sorting(new=lambda reply: "" if "Two" in reply else "unsure"))

    assert audition.totals is not None
    assert (audition.totals["old"]["invalid"], audition.totals["new"]["invalid"]) == (0, 1)
    assert audition.passed is False
    row = AuditionRow.objects.get(audition=audition, changed=True)
    assert row.new is not None
    assert (row.new["output"], row.new["error"]["code"]) == (None, "answer_misfit")
    assert {flip["node"]: flip["after"] for flip in row.flips} == {
        "classify": "failed",
        "wants": "not played",
        "note": "not played",
    }


def test_a_provider_that_is_away_says_nothing_of_the_agent() -> None:
    agent = classifier()
    recorded(agent, ["One"], sorting(old=same))

    audition, _ = held(agent, lambda _: error(401, "authentication_error"))

    assert audition.rows.get().status == RowStatus.NOT_PLAYED
    assert audition.passed is False


def test_a_sample_by_a_field_hears_rare_answers_too() -> None:
    agent = classifier()
    rare = sorting(old=lambda reply: "interested" if "Reply 7" in reply else "unsure")
    recorded(agent, [f"Reply {n}" for n in range(10)], rare)

    audition = begun(agent, selection=Selection(sample=2, by="intent"))

    old = audition.rows.values_list("old", flat=True)
    assert {row["output"]["intent"] for row in old} == {"interested", "unsure"}


def test_another_workspaces_recordings_are_not_read() -> None:
    agent = classifier()
    recorded(agent, ["Yes"], sorting(old=same))
    audition = begun(agent)
    theirs = make_node(make_run(make_score(make_workspace())), "think", input={"secret": "theirs"})
    run = Run.objects.get(audition=audition)
    run.input = {"rows": [theirs.pk]}
    run.save(update_fields=["input"])

    with model(sorting(new=same)) as api:
        play_here(run)
    settle(audition.pk)

    assert api.requests == []
    assert audition.rows.get().status == RowStatus.NOT_PLAYED


def test_an_agent_among_the_tools_is_asked_and_writes_nothing(ledger: Path) -> None:
    agent = lender()
    clerk = make_agent(agent.workspace, name="Clerk", slug="clerk", allowed_tools=["books.post"])

    def answer(body: JSON) -> Said:
        first = len(body["messages"]) == 1
        if body["system"][0]["text"] == clerk.system_prompt:
            return calls(("books__post", EMMA)) if first else text("Posted.")
        return calls(("agent__clerk", {"input": "Post Emma"})) if first else text("Done.")

    audition, api = held(
        agent, answer, system_prompt="Ask the clerk.", allowed_tools=["agent:clerk"]
    )

    assert audition.rows.get().status == RowStatus.PLAYED
    assert len(ledger.read_text().splitlines()) == 1, "only what was lent then"
    run = Run.objects.get(audition=audition)
    assert len(api.requests) == 4
    assert audition.totals is not None
    assert audition.totals["new"]["cost_microdollars"] == run.cost_microdollars == 4 * PLAIN_COST
    with pytest.raises(InvalidInput, match="circle"):
        begun(clerk, allowed_tools=["agent:clerk"])
