"""One slot tried: the service is asked with the secret, and what it says is told without it."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from traceback import format_exception

from agents.egress import Egress, open_way_out
from agents.llm import Models
from agents.llm.errors import UnknownModel
from agents.skills.mcp.late import line_to
from agents.skills.mcp.session import list_tools
from maestro.errors import EgressRefused, NodeError, TimedOut, Unavailable
from maestro.workspaces.filling import MODEL_SLOT
from maestro.workspaces.models import TestOutcome, Workspace
from runs.by_hand import context_by_hand
from runs.nodes.secrets import Keyring, silenced

from .filled import Filled

SECONDS = 10
MAX_TOLD = 400
NOTHING_TO_ASK = "Nothing can be asked of it that changes nothing: try an operation that uses it."
NOT_THERE = (EgressRefused, Unavailable, TimedOut)  # that say nothing of the secret

log = logging.getLogger(__name__)

Tried = tuple[TestOutcome, str]


async def try_all(workspace: Workspace, asked: Sequence[tuple[Filled, Keyring]]) -> list[Tried]:
    """All at once, each within ten seconds: what came of it, and a sentence about it."""
    async with aclosing(open_way_out()) as http, aclosing(Models()) as models:
        narrowed = http.within(workspace.egress_hosts)
        tries = (_try(workspace, one, keyring, narrowed, models) for one, keyring in asked)
        return list(await asyncio.gather(*tries))


async def _try(
    workspace: Workspace, one: Filled, keyring: Keyring, http: Egress, models: Models
) -> Tried:
    if not one.can_be_tested:
        return TestOutcome.UNTESTABLE, NOTHING_TO_ASK
    try:
        async with asyncio.timeout(SECONDS):
            told = await _ask(workspace, one, keyring, http, models)
    except TimeoutError:
        return TestOutcome.UNREACHABLE, f"No answer came within {SECONDS} s."
    except NodeError as error:
        told = silenced(error, keyring.mask).message
        return _outcome(error), _sentence(told)
    except Exception as broken:
        trace = keyring.mask.apply("".join(format_exception(broken)), cut=True)
        log.error("the test of %s for %s broke\n%s", one.slot.name, one.asked_by, trace)
        return TestOutcome.UNTESTABLE, f"The test of {one.asked_by} broke: {type(broken).__name__}."
    return TestOutcome.WORKS, _sentence(keyring.mask.apply(told))


async def _ask(
    workspace: Workspace, one: Filled, keyring: Keyring, http: Egress, models: Models
) -> str:
    value = keyring.secret(one.slot.name)
    if one.server is not None:
        line, _ = line_to(one.server, value, http)
        return f"The server has {len(await list_tools(line))} tools."
    if one.slot.name == MODEL_SLOT:
        await models.look(key=value, provider=keyring.provider())
        return ""
    assert one.slot.probe is not None
    context = keyring.lent_to(context_by_hand(workspace, http))
    return await one.slot.probe(context, one.slot.name)


def _outcome(error: NodeError) -> TestOutcome:
    if isinstance(error, UnknownModel):  # a workspace's own server without a list of models
        return TestOutcome.UNTESTABLE
    return TestOutcome.UNREACHABLE if isinstance(error, NOT_THERE) else TestOutcome.REFUSED


def _sentence(told: str) -> str:
    told = " ".join(told.replace("\x00", "").split())[:MAX_TOLD]
    return told if told.endswith((".", "!", "?")) or not told else f"{told}."
