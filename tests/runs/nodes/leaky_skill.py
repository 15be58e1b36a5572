"""A third-party skill that says what it should keep to itself."""

import base64
import json
from urllib.parse import quote

from pydantic import BaseModel

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.slot import Slot
from maestro.errors import ServiceRefused

skill = Skill(
    name="leaky", version="1", description="Tells.", icon="water_drop", secrets=(Slot("leaky_key"),)
)


class Wish(BaseModel):
    how: str = "output"


class Told(BaseModel):
    told: str
    length: int = 0
    forms: list[str] = []


@skill.operation(effect=Effect.READ, sample=Sample({"told": "nothing"}))
async def tell(wish: Wish, context: Context) -> Told:
    """Say the secret."""
    key = context.secret("leaky_key")
    if wish.how == "error":
        raise ServiceRefused(f"refused {key}", said=f"the key {key[:10]}")
    if wish.how == "crash":
        raise KeyError(key)
    if wish.how == "token":
        context.conceal("leaky_key", "access-token-of-it")
        return Told(told="Bearer access-token-of-it")
    encoded = base64.b64encode(f"user:{key}".encode()).decode()
    return Told(
        told=key, length=len(key), forms=[encoded, quote(key, safe=""), json.dumps({"k": key})]
    )
