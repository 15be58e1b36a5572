"""What a manifest promises of its operations: limits, and how often an effect happens."""

from typing import Any

import pytest
from pydantic import BaseModel

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.guarantee import LookUp
from agents.skills.limits import Limits
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample

SAMPLE = Sample({"text": "hello"})


class Words(BaseModel):
    text: str


class Said(BaseModel):
    text: str = ""


def skill(**declared: Any) -> Skill:
    return Skill(name="other", version="1", description="", icon="mail", **declared)


@pytest.mark.parametrize("name", ["concurrency", "per_minute"])
def test_a_limit_below_one_is_refused_where_it_is_declared(name: str) -> None:
    async def say(input: Words, context: Context) -> Said:
        return Said()

    declared: Any = {name: 0}
    with pytest.raises(ValueError, match=f"{name} is 0; 1 is the least"):
        skill().operation(sample=SAMPLE, **declared)(say)
    with pytest.raises(ValueError, match=f"{name} is 0; 1 is the least"):
        skill(**declared)


def test_of_two_limits_the_tighter_one_holds() -> None:
    assert Limits(5, None).tightened(Limits(2, 60)) == Limits(2, 60)
    assert Limits(5, 30).tightened(Limits(9, 60)) == Limits(5, 30)


def test_what_can_be_looked_up_happens_once_under_its_key() -> None:
    other = skill()

    async def find_it(input: Words, context: Context) -> Said | None:
        return Said(text="sent") if input.text == "sent" else None

    @other.operation(sample=SAMPLE, look_up=LookUp(function=find_it))
    def send(input: Words, context: Context) -> Said:
        return Said()

    assert other.operations["send"].guarantee() == "once_per_key"


async def test_a_look_up_answers_as_the_operation_would_have(context: Context) -> None:
    other = skill()

    def find_it(input: Words, context: Context) -> Said | None:
        return Said(text="sent") if input.text == "sent" else None

    @other.operation(sample=SAMPLE, look_up=LookUp(function=find_it))
    async def send(input: Words, context: Context) -> Said:
        return Said()

    operation = other.operations["send"]
    assert await registry.look_up(operation, {"text": "sent"}, context) == (
        "success",
        {"text": "sent"},
    )
    assert await registry.look_up(operation, {"text": "lost"}, context) is None


def test_only_a_write_can_be_looked_up() -> None:
    async def find_it(input: Words, context: Context) -> Said | None:
        return None

    async def read(input: Words, context: Context) -> Said:
        return Said()

    with pytest.raises(TypeError, match="no write"):
        skill().operation(sample=SAMPLE, effect=Effect.READ, look_up=LookUp(function=find_it))(read)
