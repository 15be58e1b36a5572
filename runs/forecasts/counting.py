"""Counting prompts at the provider, which is free: the tokens that no run has recorded yet."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from agents.llm import Models
from agents.llm.exchange import Request
from agents.skills.slot import Slot
from maestro.errors import Conflict, MissingSecret, NodeError
from maestro.workspaces.filling import MODEL_SLOT
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from orchestras.slots import fill_slots
from runs.nodes.secrets import keyring_of

SECONDS = 20
AT_ONCE = 8


def count_prompts(
    workspace: Workspace, orchestra: Orchestra | None, requests: Sequence[Request]
) -> list[int]:
    """Tokens of each. Conflict when there is no key, or the provider does not answer."""
    played_as = orchestra.pk if orchestra else None
    if not fill_slots(workspace.pk, played_as, [MODEL_SLOT]):
        raise Conflict(f"To count tokens a key is needed: no secret fills {MODEL_SLOT}.")
    try:
        keyring = keyring_of(workspace.pk, played_as, [Slot(MODEL_SLOT)], "counting tokens")
        return asyncio.run(_count(keyring.secret(MODEL_SLOT), keyring.provider(), requests))
    except TimeoutError:
        raise Conflict("The model's provider took too long to count.") from None
    except MissingSecret:
        raise
    except NodeError as refusal:
        raise Conflict(f"The tokens cannot be counted. {_without_words(refusal)}") from None


async def _count(key: str, provider: str, requests: Sequence[Request]) -> list[int]:
    room = asyncio.Semaphore(AT_ONCE)

    async with aclosing(Models()) as models, asyncio.timeout(SECONDS):

        async def one(request: Request) -> int:
            async with room:
                return await models.count(request, key=key, provider=provider)

        return list(await asyncio.gather(*map(one, requests)))


def _without_words(refusal: NodeError) -> str:
    """The code only: a provider's words may quote the key."""
    return f"The provider's refusal is {refusal.code}."
