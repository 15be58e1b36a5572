"""A third-party skill for a model's tools: reads, writes and asks models itself; its writes are
lines of a file, so that a test can count what really happened."""

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agents.skills.context import Context
from agents.skills.guarantee import LookUp
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Sample
from maestro.errors import OutcomeUnknown, ServiceRefused, Unavailable

skill = Skill(name="books", version="1", description="Books.", icon="menu_book")
LEDGER = "BOOKS_LEDGER"  # the variable that names the file


class Title(BaseModel):
    title: str


class Found(BaseModel):
    pages: int


@skill.operation(effect=Effect.READ, ports=("success", "unknown"), sample=Sample({"pages": 1}))
async def look_up(input: Title, context: Context) -> tuple[str, Found]:
    """How many pages a book has."""
    if input.title == "away":
        raise Unavailable("The library is closed.")
    if input.title == "crash":
        raise KeyError("a fault that quotes canary-secret")
    return "success", Found(pages=len(input.title))


class Lent(BaseModel):
    receipt: str


@skill.operation(effect=Effect.WRITE, idempotent=True, sample=Sample({"receipt": "r"}))
async def lend(input: Title, context: Context) -> Lent:
    """Lend a book; the library lends once per key."""
    return _written(input, context)


@skill.operation(effect=Effect.WRITE, sample=Sample({"receipt": "r"}))
async def post(input: Title, context: Context) -> Lent:
    """Send a book by mail, which cannot be taken back."""
    lent = _written(input, context)
    if input.title == "silence":
        raise OutcomeUnknown("The post office fell silent.")
    return lent


def _find(input: Title, context: Context) -> Lent | None:
    """The library's own record of what it did under a key."""
    if input.title == "burnt":
        raise ServiceRefused("The record has burnt.")
    done = Path(os.environ[LEDGER]).read_text().splitlines()
    known = f"{input.title}\t{context.idempotency_key}" in done
    return Lent(receipt=f"found for {input.title}") if known else None


@skill.operation(
    effect=Effect.WRITE, look_up=LookUp(function=_find), sample=Sample({"receipt": "r"})
)
async def ship(input: Title, context: Context) -> Lent:
    """Ship a book: twice if asked twice, but it can be looked up."""
    if input.title == "fog" and not Path(os.environ[LEDGER]).read_text():
        Path(os.environ[LEDGER]).write_text("fog at the first try\n")
        raise OutcomeUnknown("Nobody saw it leave.")
    lent = _written(input, context)
    if input.title in ("silence", "burnt"):
        raise OutcomeUnknown("The harbour fell silent.")
    return lent


@skill.operation(
    effect=Effect.WRITE,
    look_up=LookUp(function=_find, settles_seconds=3600),
    sample=Sample({"receipt": "r"}),
)
async def fly(input: Title, context: Context) -> Lent:
    """The same by plane, which is on no record for an hour."""
    raise OutcomeUnknown("It is in the air.")


@skill.operation(
    effect=Effect.WRITE,
    look_up=LookUp(function=_find, denies=False),
    sample=Sample({"receipt": "r"}),
)
async def whisper(input: Title, context: Context) -> Lent:
    """A write whose record has gaps."""
    raise OutcomeUnknown("Did they hear?")


class Review(BaseModel):
    review: str


@skill.operation(effect=Effect.READ, kind=Kind.LLM, sample=Sample({"review": "Good."}))
async def review(input: Title, context: Context) -> Review:
    """What a model thinks of it."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"review": {"type": "string"}},
        "required": ["review"],
    }
    answer = await context.ask_model(
        system="Review the book.", input={"title": input.title}, output_schema=schema
    )
    return Review.model_validate(answer)


def _written(input: Title, context: Context) -> Lent:
    with Path(os.environ[LEDGER]).open("a") as ledger:
        ledger.write(f"{input.title}\t{context.idempotency_key}\n")
    return Lent(receipt=f"receipt for {input.title}")
