"""The skill `compose`: short texts written and judged by the workspace's model.

Each is one question with one answer; an agent is for what needs its own prompt, or tools.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Sample
from agents.skills.slot import Slot

skill = Skill(
    name="compose",
    version="1.0.0",
    description="Write openers and judge replies, with a model.",
    icon="edit_note",
    secrets=(Slot("anthropic_api_key"),),
)
FOLDER = Path(__file__).parent
MAX_TOKENS = 4_000
JSON = dict[str, Any]
Intent = Literal[
    "interested", "not_interested", "out_of_office", "wrong_person", "unsubscribe", "needs_review"
]
# Where an answer puts its sender in a pipeline of outreach; None: the stage stays.
STAGES: dict[Intent, str | None] = {
    "interested": "interested",
    "not_interested": "lost",
    "out_of_office": None,
    "wrong_person": "lost",
    "unsubscribe": "unsubscribed",
    "needs_review": "replied",
}


class OpenerInput(BaseModel):
    name: str
    title: str | None = None
    company: str | None = None
    signal: str | None = Field(None, description="Something recent and true to begin with.")
    person: JSON = Field(default_factory=dict, description="As apollo.enrich_person gives it.")
    company_profile: JSON = Field(default_factory=dict)
    offer: str = Field(min_length=1, description="What the sender can do for them.")
    sender: str = Field("", description="Who signs.")
    language: str | None = None


class OpenerOutput(BaseModel):
    subject: str = Field(max_length=90)
    body: str = Field(max_length=1_500)
    preview: str = Field(max_length=160)


@skill.operation(
    kind=Kind.LLM,
    effect=Effect.READ,
    timeout_seconds=180,
    sample=Sample(
        {
            "subject": "after the Series B",
            "body": "Hi Maya,\n\nNorthwind raised its Series B in September. I suppose part of it goes "
            "into people who copy bookings into NetSuite.\n\nWe take that part over: a booking is "
            "entered once and turns up where finance looks for it.\n\nIs that work you would rather "
            "not hire for?\n\nAlex",
            "preview": "Northwind raised its Series B in September. I suppose part of it goes into people",
        }
    ),
)
async def draft_personalized_opener(input: OpenerInput, context: Context) -> OpenerOutput:
    """A first mail to one person, grounded in what is known of them."""
    answer = await context.ask_model(
        system=_prompt("opener"),
        input=input.model_dump(exclude_none=True),
        output_schema=OpenerOutput.model_json_schema(),
        max_tokens=MAX_TOKENS,
    )
    return OpenerOutput.model_validate(answer)


class ReplyInput(BaseModel):
    text: str
    subject: str = ""
    from_email: str = ""
    from_name: str = ""


class _Judgement(BaseModel):
    intent: Intent
    confidence: float = Field(ge=0, le=1)
    explanation: str = Field(max_length=400)


class ReplyOutput(_Judgement):
    new_stage: str | None = Field(description="Null: the stage stays.")
    label: str


@skill.operation(
    kind=Kind.LLM,
    effect=Effect.READ,
    timeout_seconds=120,
    sample=Sample(
        {
            "intent": "interested",
            "confidence": 0.97,
            "explanation": 'Asks to see it: "Could you show me how it works on Tuesday".',
            "new_stage": "interested",
            "label": "Maestro/interested",
        }
    ),
)
async def classify_reply_intent(input: ReplyInput, context: Context) -> ReplyOutput:
    """What somebody who answered a cold mail wants, with the stage and label that follow from it."""
    answer = await context.ask_model(
        system=_prompt("intent"),
        input=input.model_dump(),
        output_schema=_Judgement.model_json_schema(),
        max_tokens=MAX_TOKENS,
    )
    judged = _Judgement.model_validate(answer)
    return ReplyOutput(
        **judged.model_dump(),
        new_stage=STAGES[judged.intent],
        label=f"Maestro/{judged.intent}",
    )


@cache
def _prompt(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()
