"""A trial keeps to what its workspace allows: the limits of skills, and the month's budget."""

import time

import pytest
from pytest_django import Settings

from agents.models import ModelPrice, SkillLimit
from agents.skills.mcp.offered import find_in
from agents.skills.outcome import JSON
from maestro.errors import Conflict
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from runs.budgets import caps_of_workspace
from runs.limits import claim_by_hand
from runs.models import Account, SkillPlaces, Trial
from runs.trials import Tried, places, price_of, try_operation
from tests.factories import AUTHOR, make_workspace
from tests.far_ends.messages_api import MessagesAPI, Said, error, speaking, text

REPLY: JSON = {"text": "Stop."}
JUDGED = {"intent": "unsubscribe", "confidence": 1, "explanation": "It says so."}
ROWS: JSON = {"rows": [{"n": 1}], "by": "n"}
COST = 600  # of 100 tokens in and 20 out


@pytest.fixture
def workspace(db: None) -> Workspace:
    ModelPrice.objects.create(
        model="claude", valid_from="2026-01-01", input=3_000_000, output=15_000_000,
        cache_write_5m=1, cache_write_1h=1, cache_read=1,
    )  # fmt: skip
    made = make_workspace(default_model="claude")
    set_secret(made, "anthropic_api_key", "sk-canary-4711", by=AUTHOR)
    return made


def tried(workspace: Workspace, name: str, given: JSON) -> Tried:
    operation = find_in(workspace, *name.split("."))
    return try_operation(workspace, operation, given, by=AUTHOR, confirmed=True)


def judged(workspace: Workspace, settings: Settings, *says: Said) -> tuple[Tried, MessagesAPI]:
    with speaking(list(says) or [text(JUDGED)]) as provider:
        settings.ANTHROPIC_BASE_URL = provider.url
        return tried(workspace, "compose.classify_reply_intent", REPLY), provider


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", ["data.sort", "pipeline.find_contact"])
def test_a_trial_takes_a_place_and_gives_it_back(workspace: Workspace, operation: str) -> None:
    SkillLimit.objects.create(workspace=workspace, name=operation, concurrency=1)
    given = {"pipeline": "none", "email": "ada@x.example"} if "find" in operation else ROWS

    for _ in range(2):
        tried(workspace, operation, given)

    assert SkillPlaces.objects.get(scope=operation).holders == {}


@pytest.mark.django_db(transaction=True)
def test_without_a_place_it_is_refused_and_nothing_is_called(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "WAIT_SECONDS", 0.3)
    SkillLimit.objects.create(workspace=workspace, name="data", concurrency=1)
    busy, gone = claim_by_hand("busy", time.time() + 60), claim_by_hand("gone", time.time() - 1)
    room = {"workspace": workspace, "scope": "data"}
    kept = SkillPlaces.objects.create(**room, holders={"ticket_1": busy})

    with pytest.raises(Conflict, match=r"data: 1 at once.*no place came"):
        tried(workspace, "data.sort", ROWS)
    kept.refresh_from_db()
    assert (list(kept.holders), kept.waiting) == (["ticket_1"], [])

    SkillPlaces.objects.update(holders={"ticket_2": gone})  # its process died long ago
    assert tried(workspace, "data.sort", ROWS).error is None


def test_the_price_is_said_before_anything_is_asked(workspace: Workspace) -> None:
    operation = find_in(workspace, "compose", "classify_reply_intent")

    with pytest.raises(Conflict) as refusal:
        try_operation(workspace, operation, REPLY, by=AUTHOR, confirmed=False)

    price = price_of(workspace, operation, REPLY)
    assert refusal.value.details["price"] == price.as_json()
    assert "asks claude" in refusal.value.message
    least, most = 15 * 50, 15 * 4_000  # an answer of 50 tokens alone, and one of max_tokens
    assert least < price.range.low < price.range.expected < price.range.high
    assert most < price.range.high < most + 15_000
    assert not Trial.objects.exists()


def test_a_model_without_a_price_is_not_asked(workspace: Workspace, settings: Settings) -> None:
    ModelPrice.objects.all().delete()

    with pytest.raises(Conflict, match="has no price"):
        judged(workspace, settings)


def test_what_it_costs_is_booked_in_the_workspaces_month(
    workspace: Workspace, settings: Settings
) -> None:
    workspace.monthly_budget_microdollars = 100_000
    workspace.save()

    for _ in range(2):
        done, _ = judged(workspace, settings)
        assert done.outcome is not None and done.booked is not None
        assert done.booked.cost_microdollars == COST

    assert Account.objects.get().spent == 2 * COST
    (cap,) = caps_of_workspace(workspace)
    assert (cap.spent, cap.held) == (2 * COST, 0)
    Account.objects.all().delete()  # one that is opened later begins with the rows
    assert caps_of_workspace(workspace)[0].spent == 2 * COST


def test_a_failed_call_and_a_repaired_one_are_booked_alike(
    workspace: Workspace, settings: Settings
) -> None:
    failed, _ = judged(workspace, settings, error(401, "authentication_error", "sk-canary-4711"))
    mended, _ = judged(workspace, settings, text("no JSON"), text(JUDGED))

    assert failed.error is not None and failed.booked is not None
    assert "sk-canary-4711" not in str(failed.error.as_json())
    assert (failed.error.code, failed.booked.cost_microdollars) == ("key_refused", 0)
    assert mended.booked is not None and mended.booked.cost_microdollars == 2 * COST


def test_without_money_nothing_is_asked(workspace: Workspace, settings: Settings) -> None:
    workspace.monthly_budget_microdollars = 0
    workspace.save()

    refused, provider = judged(workspace, settings)

    assert refused.error is not None and refused.error.code == "budget_reached"
    assert refused.error.message.endswith("try again, or wait for the next month.")
    assert provider.requests == [] and refused.booked is None
