"""What trying an operation that asks a model may cost: it is played up to its question, which is not asked."""

import asyncio
import json
import logging
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from agents.egress import open_way_out
from agents.llm.exchange import Request
from agents.llm.tokens import Band
from agents.skills import registry
from agents.skills.operation import Operation
from agents.skills.outcome import JSON
from maestro.errors import Conflict
from maestro.numbers import money
from maestro.workspaces.models import Workspace
from runs.actions.pins import prices_in_force
from runs.by_hand import context_by_hand
from runs.forecasts.figures import Range
from runs.forecasts.guessed import BYTES_PER_TOKEN, Asker, guess, prompt_by_length
from runs.nodes.one_answer import limited_to

SECONDS = 5
log = logging.getLogger(__name__)
NOWHERE = ["nowhere.invalid"]


@dataclass(frozen=True)
class Price:
    """In micro-dollars, of one answer: `expected` of a usual one, `high` of one as long as allowed."""

    model: str
    range: Range

    @property
    def in_words(self) -> str:
        usual, most = money(self.range.expected, 4), money(self.range.high, 4)
        return f"which costs about {usual} for a usual answer, at most {most} for one"

    def as_json(self) -> JSON:
        low, expected, high = self.range.low, self.range.expected, self.range.high
        return {"model": self.model, "low": low, "expected": expected, "high": high}


class _Asked(BaseException):
    """Its question; no operation can take it for an error of the far end."""

    def __init__(self, request: Request) -> None:
        self.request = request


def price_of(workspace: Workspace, operation: Operation, given: JSON) -> Price:
    """Conflict when its model has no price."""
    request = _question(workspace, operation, given)
    bands = [Band(**band) for band in prices_of(request.model)[request.model]]
    asker = Asker(operation.full_name, request, bands, maps=0)
    flows_in = len(request.messages[0]["content"].encode()) // BYTES_PER_TOKEN
    return Price(request.model, guess(asker, prompt_by_length(request) + flows_in))


def prices_of(model: str) -> JSON:
    """Its bands; Conflict when there are none, because its calls would count as free."""
    prices = prices_in_force([model])
    if not prices.get(model):
        raise Conflict(
            f"{model} has no price, so what a trial costs cannot be said. Add one to the model prices "
            "(zeros, if it is free).",
            model=model,
        )
    return prices


def request_of(default_model: str, asked: dict[str, Any]) -> Request:
    """The first request of a session that `Context.ask_model` is asked for."""
    return Request(
        model=asked.get("model") or default_model,
        system=asked["system"],
        messages=[{"role": "user", "content": json.dumps(asked["input"], ensure_ascii=False)}],
        schema=asked.get("output_schema"),
        parameters=limited_to(asked.get("max_tokens")),
    )


def _question(workspace: Workspace, operation: Operation, given: JSON) -> Request:
    """One that needs the network or a secret before it asks is taken to ask about its input alone."""
    default = workspace.default_model

    async def ask_model(**asked: Any) -> NoReturn:
        raise _Asked(request_of(default, asked))

    async def played() -> None:
        async with aclosing(open_way_out()) as http, asyncio.timeout(SECONDS):
            context = context_by_hand(workspace, http)
            context = replace(context, ask_model=ask_model, http=http.within(NOWHERE))
            await registry.call(operation, given, context)

    try:
        asyncio.run(played())
    except _Asked as question:
        return question.request
    except Exception:  # whatever it is, the trial itself will say it
        log.info("%s does not come to its question by itself", operation.full_name)
    return request_of(default, {"system": "", "input": given})
