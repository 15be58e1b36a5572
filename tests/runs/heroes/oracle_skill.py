"""Stands in for the three agents, so that the shipped scores can be played live without a model."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample

JSON = dict[str, Any]

skill = Skill(name="oracle", version="1", description="Knows.", icon="visibility")
asked: list[JSON] = []  # every question, as a paid call would be
emails: dict[str, str] = {}  # by lead, where the search is to show one
leave_out: set[str] = set()  # leads that are not worth a mail

INTENTS = {
    "Yes, show me": ("interested", "interested"),
    "I am away": ("out_of_office", None),
    "Bitte löschen": ("unsubscribe", "unsubscribed"),
}


class Question(BaseModel):
    model_config = ConfigDict(extra="allow")


class Answer(BaseModel):
    model_config = ConfigDict(extra="allow")


def forget() -> None:
    asked.clear()
    emails.clear()
    leave_out.clear()


@skill.operation(effect=Effect.NONE, sample=Sample({}))
async def shortlist(input: Question, context: Context) -> Answer:
    """Whoever is not left out."""
    given = input.model_dump()
    asked.append(given)
    kept = [
        {**lead, "email": emails.get(lead["lead_id"]), "signal": None, "reason": "It fits."}
        for lead in given["leads"]
        if lead["lead_id"] not in leave_out
    ]
    return Answer.model_validate({"shortlist": kept})


@skill.operation(effect=Effect.NONE, sample=Sample({}))
async def draft_opener(input: Question, context: Context) -> Answer:
    """A mail that says for whom and about which company it is."""
    given = input.model_dump()
    asked.append(given)
    company = given["company_profile"]["name"]
    body = f"Hi {given['name']}, about {company}"
    return Answer.model_validate({"subject": f"about {company}", "body": body, "preview": body})


@skill.operation(effect=Effect.NONE, sample=Sample({}))
async def classify(input: Question, context: Context) -> Answer:
    """By the first words."""
    given = input.model_dump()
    asked.append(given)
    intent, stage = next(v for words, v in INTENTS.items() if given["text"].startswith(words))
    judged = {
        "intent": intent,
        "confidence": 0.9,
        "explanation": "They say so.",
        "new_stage": stage,
    }
    return Answer.model_validate({**judged, "label": f"Maestro/{intent}"})
