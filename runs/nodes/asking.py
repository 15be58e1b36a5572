"""How a node gets to a model: with its workspace's key, on its meter, and the key left out of all
that is said."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from agents.llm.errors import UnknownModel
from agents.llm.exchange import Hear, Reply, Request, without_thinking
from agents.llm.tokens import Tokens
from agents.skills.context import AskModel
from agents.skills.slot import Slot
from maestro.errors import NodeError, TimedOut, Unavailable
from maestro.workspaces.filling import MODEL_SLOT
from runs.budgets import Offer
from runs.crash import crash_point

from .meter import Meter
from .one_answer import one_answer
from .performance import Performance
from .purse import Purse
from .secrets import Keyring, open_keyring, silenced

JSON = dict[str, Any]
SAVED = {"code": "budget_near", "message": "A budget has no room for what it may cost."}
MayRetry = Callable[[str], bool]  # whether the node's policy asks again after an error of this code


class ModelLine:
    """The models of one session, in the order in which they are asked; calling it asks.

    A model that does not exist, or that cannot answer although the node's policy has no attempt
    left, hands over to the next one; one that a budget has no room for to the cheaper one. Either
    is for the rest of the session.
    """

    def __init__(
        self,
        performance: Performance,
        meter: Meter,
        models: Sequence[str],
        keyring: Keyring,
        may_retry: MayRetry,
        cheaper: str | None,
    ) -> None:
        self._performance, self._meter, self._keyring = performance, meter, keyring
        self._purse, self._cheaper = Purse(performance), cheaper
        self._ahead = list(models)
        self._may_retry = may_retry
        self._foreign = 0  # messages that hold thoughts of a model asked before
        self.passed_over: list[JSON] = []
        self.hear: Hear | None = None

    @property
    def model(self) -> str:
        """Which is asked now."""
        return self._ahead[0]

    async def __call__(self, request: Request) -> Reply:
        """Raises the errors of `Client.send`, or LimitReached or BudgetReached before anything is sent."""
        while True:
            try:
                return await self._ask(request)
            except NodeError as error:
                if len(self._ahead) == 1 or not self._hands_over(error):
                    raise
                told = {"code": error.code, "message": error.message}
                self._pass_over(told, len(request.messages))

    async def _ask(self, request: Request) -> Reply:
        self._meter.check()
        granted = await self._purse.take(self._offers(request))
        if granted.model != self.model:
            self._ahead.insert(1, granted.model)
            self._pass_over(dict(SAVED), len(request.messages))
        costs: list[int] = []
        try:
            return await self._send(self._adapted(request), costs)
        finally:
            await self._purse.pay(granted, sum(costs))

    def _offers(self, request: Request) -> list[Offer]:
        models = dict.fromkeys([self.model, self._cheaper or self.model])
        return [Offer(model, self._meter.most(model, request)) for model in models]

    def _adapted(self, request: Request) -> Request:
        """As the model that is asked now may be told it."""
        messages = request.messages
        if self._foreign:
            foreign, own = messages[: self._foreign], messages[self._foreign :]
            messages = [*without_thinking(foreign), *own]
        return replace(request, model=self.model, messages=messages)

    async def _send(self, asked: Request, costs: list[int]) -> Reply:
        mask, key = self._keyring.mask, self._keyring.secret(MODEL_SLOT)

        def spend(tokens: Tokens) -> None:
            costs.append(self._meter.add(asked.model, tokens))

        try:
            reply = await self._performance.models.send(
                asked,
                key=key,
                provider=self._keyring.provider(),
                spend=spend,
                hear=self._heard if self.hear else None,
            )
        except NodeError as error:
            raise silenced(error, mask) from None
        crash_point("model.answered")
        return replace(reply, content=mask.apply(reply.content))

    def _heard(self, text: str) -> None:
        if self.hear is not None:
            self.hear(self._keyring.mask.apply(text, cut=True))

    def _hands_over(self, error: NodeError) -> bool:
        if isinstance(error, UnknownModel):
            return True
        return isinstance(error, Unavailable | TimedOut) and not self._may_retry(error.code)

    def _pass_over(self, why: JSON, messages: int) -> None:
        self.passed_over.append({"model": self._ahead.pop(0), **why})
        self._foreign = messages


async def open_models(
    performance: Performance,
    meter: Meter,
    models: Sequence[str],
    asker: str,
    may_retry: MayRetry = lambda code: False,
    cheaper: str | None = None,
) -> ModelLine:
    """The way to these models for one session.

    Raises ModelWithoutPrice or MissingSecret before anything is sent.
    """
    for model in [*models, *([cheaper] if cheaper else [])]:
        meter.require(model)
    keyring = await open_keyring(performance, [Slot(MODEL_SLOT)], asker)
    keyring.secret(MODEL_SLOT)
    return ModelLine(performance, meter, models, keyring, may_retry, cheaper)


def model_for_operations(performance: Performance, meter: Meter, operation: str) -> AskModel:
    """`Context.ask_model` of an operation: one answer without tools, on the node's meter."""

    async def open_line(model: str) -> ModelLine:
        return await open_models(performance, meter, [model], operation)

    # Of the run's pins when it is asked: only a run that may ask has pinned a model.
    return one_answer(performance.run.pins.get("default_model", ""), open_line)
