"""How a node gets to a model: with its workspace's key, on its meter, and the key left out of all
that is said."""

from dataclasses import replace
from functools import partial
from typing import Any

from agents.llm.exchange import Ask, Reply, Request
from agents.llm.parameters import Parameters
from agents.llm.session import Brief, Session
from agents.skills.context import AskModel
from maestro.errors import NodeError
from orchestras.slots import MODEL_SLOT
from runs.crash import crash_point

from .meter import Meter
from .performance import Performance
from .secrets import open_keyring, silenced

JSON = dict[str, Any]


async def open_model(performance: Performance, meter: Meter, model: str, asker: str) -> Ask:
    """The way to a model for one session.

    Raises ModelWithoutPrice or MissingSecret before anything is sent.
    """
    meter.require(model)
    keyring = await open_keyring(performance, [MODEL_SLOT], asker)
    key, spend = keyring.secret(MODEL_SLOT), partial(meter.add, model)

    async def ask(request: Request) -> Reply:
        try:
            reply = await performance.models.send(request, key=key, spend=spend)
        except NodeError as error:
            raise silenced(error, keyring.mask) from None
        crash_point("model.answered")
        return replace(reply, content=keyring.mask.apply(reply.content))

    return ask


def model_for_operations(performance: Performance, meter: Meter, operation: str) -> AskModel:
    """`Context.ask_model` of an operation: one answer without tools, on the node's meter."""

    async def ask_model(
        *,
        system: str,
        input: JSON,
        output_schema: JSON | None = None,
        model: str | None = None,
        max_tokens: int | None = None,
    ) -> JSON:
        chosen = model or performance.run.pins["default_model"]
        limits: JSON = {} if max_tokens is None else {"max_tokens": max_tokens}
        brief = Brief(
            model=chosen,
            system_prompt=system,
            output_schema=output_schema,
            parameters=Parameters(**limits),
        )
        session = Session(brief, await open_model(performance, meter, chosen, operation))
        return (await session.answer(input)).output

    return ask_model
