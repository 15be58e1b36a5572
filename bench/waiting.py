"""The skill `bench`: an operation that waits, and does nothing else."""

import asyncio

from pydantic import BaseModel, ConfigDict

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample

skill = Skill(name="bench", version="1", description="Waits.", icon="timer")


class WaitInput(BaseModel):
    seconds: float


class WaitOutput(BaseModel):
    model_config = ConfigDict(extra="allow")


@skill.operation(effect=Effect.READ, sample=Sample({}))
async def wait(input: WaitInput, context: Context) -> WaitOutput:
    """Wait so long."""
    await asyncio.sleep(input.seconds)
    return WaitOutput()
