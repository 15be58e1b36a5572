"""The skill of the chaos suite: whatever a node does leaves a line outside Maestro first.

Outputs depend on the input and the node's place alone, so that a run that was cut to pieces must
end with the bytes of one that was not.
"""

import asyncio
import os
import zlib
from pathlib import Path

from pydantic import BaseModel

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Sample
from agents.skills.pipeline.models import Company

STARTS = "CHAOS_STARTS"  # the file of node starts
SINK = "CHAOS_SINK"  # the socket of the world outside

skill = Skill(name="far", version="1", description="Leaves traces.", icon="footprint")


class Given(BaseModel):
    value: int = 0


class Gave(BaseModel):
    value: int


class Many(BaseModel):
    items: list[Given]
    value: int


SAMPLE = Sample({"value": 1})


@skill.operation(effect=Effect.NONE, sample=SAMPLE)
async def think(given: Given, context: Context) -> Gave:
    """Pure, on the loop."""
    return _settle(given, context)


@skill.operation(effect=Effect.NONE, sample=SAMPLE)
def brood(given: Given, context: Context) -> Gave:
    """Pure, in a thread."""
    return _settle(given, context)


@skill.operation(effect=Effect.READ, sample=SAMPLE)
async def look(given: Given, context: Context) -> Gave:
    """Takes a moment."""
    settled = _settle(given, context)
    await asyncio.sleep(0.002)
    return settled


@skill.operation(effect=Effect.READ, sample=SAMPLE)
async def gather(given: Given, context: Context) -> Gave:
    """Ends once so many have begun at the same time as `value` says."""
    settled = _settle(given, context)
    while len(Path(os.environ[STARTS]).read_text().splitlines()) < given.value:
        await asyncio.sleep(0.05)
    return settled


@skill.operation(effect=Effect.NONE, sample=Sample({"items": [], "value": 1}))
async def spread(given: Given, context: Context) -> Many:
    """What a map goes over."""
    value = _settle(given, context).value
    return Many(items=[Given(value=value + number) for number in range(5)], value=value)


@skill.operation(effect=Effect.WRITE, idempotent=True, sample=SAMPLE)
async def send(given: Given, context: Context) -> Gave:
    """An outward effect: done when the sink has it on its disk."""
    settled = _settle(given, context)
    reader, writer = await asyncio.open_unix_connection(os.environ[SINK])
    writer.write(f"{_trace(context)}\t{context.idempotency_key}\n".encode())
    await reader.readline()
    writer.close()
    return settled


@skill.operation(effect=Effect.LOCAL, sample=SAMPLE)
def keep(given: Given, context: Context) -> Gave:
    """A row of Maestro's own; nothing in its table would refuse a second one."""
    settled = _settle(given, context)
    name = f"{context.run_id}/{context.node_key}/{context.iteration}"
    Company.objects.create(workspace_id=context.workspace_id, name=name)
    return settled


@skill.operation(effect=Effect.READ, kind=Kind.LLM, sample=SAMPLE)
async def ask(given: Given, context: Context) -> Gave:
    """A model call."""
    settled = _settle(given, context)
    await context.ask_model(system="Say something.", input={"value": given.value})
    return settled


def _settle(given: Given, context: Context) -> Gave:
    line = f"{_trace(context)}\n".encode()
    handle = os.open(os.environ[STARTS], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(handle, line)
    os.close(handle)
    place = f"{context.node_key}/{context.iteration}/{given.value}"
    return Gave(value=zlib.crc32(place.encode()) % 1_000_000)


def _trace(context: Context) -> str:
    return f"{os.getpid()}\t{context.run_id}\t{context.node_key}\t{context.iteration}"
