"""How a trial gets to a model: with the workspace's key, at the price in force, within its budget."""

from dataclasses import replace

from asgiref.sync import sync_to_async

from agents.llm import Models
from agents.llm.exchange import Reply, Request
from agents.llm.tokens import Tokens
from agents.skills.context import AskModel
from agents.skills.outcome import JSON
from maestro.errors import NodeError
from maestro.workspaces.filling import MODEL_SLOT
from runs.budgets import Offer
from runs.nodes.meter import Meter
from runs.nodes.one_answer import one_answer
from runs.nodes.secrets import Keyring, silenced

from .booking import Book
from .price import prices_of


class TrialLine:
    """Calling it asks; what a call may cost is held before it and booked after it."""

    def __init__(self, models: Models, keyring: Keyring, book: Book, prices: JSON) -> None:
        self._models, self._keyring, self._book = models, keyring, book
        self._meter = Meter(prices)

    async def __call__(self, request: Request) -> Reply:
        """Raises the errors of `Client.send`, MissingSecret, EgressRefused or BudgetReached."""
        key, mask = self._keyring.secret(MODEL_SLOT), self._keyring.mask
        provider = self._keyring.provider()
        most = self._meter.most(request.model, request)
        await sync_to_async(self._book.hold)(Offer(request.model, most))
        used: list[tuple[int, Tokens]] = []

        def spend(tokens: Tokens) -> None:
            used.append((self._meter.add(request.model, tokens), tokens))

        try:
            reply = await self._models.send(request, key=key, provider=provider, spend=spend)
        except NodeError as error:
            raise silenced(error, mask) from None
        finally:
            cost, tokens = used[-1] if used else (0, Tokens())
            await sync_to_async(self._book.settle)(cost, tokens)
        return replace(reply, content=mask.apply(reply.content))


def model_for_trial(
    models: Models, keyring: Keyring, book: Book, default_model: str, prices: JSON
) -> AskModel:
    """`Context.ask_model` of an operation that is tried."""

    async def open_line(model: str) -> TrialLine:
        known = prices if model in prices else await sync_to_async(prices_of)(model)
        return TrialLine(models, keyring, book, known)

    return one_answer(default_model, open_line)
