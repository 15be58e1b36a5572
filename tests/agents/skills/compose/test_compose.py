from typing import Any, get_args

import pytest

from agents.llm.schema import expressible
from agents.skills.compose.operations import STAGES, Intent
from agents.skills.context import Context
from agents.skills.operation import Effect, Kind
from agents.skills.registry import dispatch, find
from maestro.errors import InvalidNodeInput
from tests.agents.skills.conftest import MakeContext

MAIL = {"subject": "a subject", "body": "Hi Maya", "preview": "Hi"}
LEAD = {"name": "Maya Chen", "company": "Northwind", "offer": "We copy so that you need not."}


class Model:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.asked = answer, dict[str, Any]()

    async def __call__(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return self.answer


def asking(make_context: MakeContext, model: Model) -> Context:
    return make_context(ask_model=model)


async def test_an_opener_is_asked_for_with_what_is_known(make_context: MakeContext) -> None:
    model = Model(MAIL)
    given = {**LEAD, "signal": None, "person": {"city": "Utrecht"}, "item": {"not": "declared"}}

    outcome = await dispatch(
        "compose", "draft_personalized_opener", given, asking(make_context, model)
    )

    assert outcome == ("success", MAIL)
    assert model.asked["input"] == {
        **LEAD,
        "person": {"city": "Utrecht"},
        "company_profile": {},
        "sender": "",
    }
    assert "first mail" in model.asked["system"]
    assert set(model.asked["output_schema"]["required"]) == set(MAIL)


async def test_an_opener_without_an_offer_is_not_asked_for(make_context: MakeContext) -> None:
    model = Model(MAIL)

    with pytest.raises(InvalidNodeInput):
        await dispatch(
            "compose", "draft_personalized_opener", {"name": "Maya"}, asking(make_context, model)
        )
    assert model.asked == {}


@pytest.mark.parametrize("intent", get_args(Intent))
async def test_stage_and_label_follow_from_the_intent(
    make_context: MakeContext, intent: Intent
) -> None:
    judged = {"intent": intent, "confidence": 0.9, "explanation": "They say so."}
    context = asking(make_context, Model(judged))

    output = (await dispatch("compose", "classify_reply_intent", {"text": "…"}, context)).output

    assert output == {**judged, "new_stage": STAGES[intent], "label": f"Maestro/{intent}"}


@pytest.mark.parametrize("name", ["draft_personalized_opener", "classify_reply_intent"])
async def test_the_model_can_be_held_to_the_schema(make_context: MakeContext, name: str) -> None:
    operation = find("compose", name)
    judged = {"intent": "interested", "confidence": 1, "explanation": ""}
    model = Model(MAIL | judged)
    await dispatch("compose", name, {**LEAD, "text": "Yes"}, asking(make_context, model))

    assert expressible(model.asked["output_schema"]) is not None
    assert (operation.kind, operation.effect) == (Kind.LLM, Effect.READ)
    assert [slot.name for slot in operation.secrets] == ["anthropic_api_key"]
