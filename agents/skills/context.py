"""What an operation is given besides its input: whom it works for and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from agents.egress import Egress

ModeName = Literal["live", "rehearsal", "plan"]


class AskModel(Protocol):
    """One answer of a model: an object that fits `output_schema`, {"text": ...} without one.

    `input` is all that the model is told besides `system`. `model`: empty for the workspace's
    default. Raises the errors of `docs/llm.md`.
    """

    async def __call__(
        self,
        *,
        system: str,
        input: dict[str, Any],
        output_schema: dict[str, Any] | None = None,
        model: str | None = None,
        max_tokens: int | None = None,
    ) -> dict[str, Any]: ...


async def _no_model(**_: object) -> dict[str, Any]:
    raise TypeError("Only operations declared with kind=Kind.LLM may ask a model")


@dataclass(slots=True, kw_only=True)  # not frozen: one is made for each node
class Context:
    """One call of one operation, for one node of one run.

    `idempotency_key` is the same in every attempt of this call. `secret(slot)` gives the value
    bound for this run or raises MissingSecret; on the event loop it must answer without blocking.
    `ask_model` is there for operations of kind `llm`; what it spends is on the node's row.
    `conceal(slot, value)` keeps what was had in exchange for a secret out of the records, too.
    `mode` other than live: what the operation's effect forbids there does not happen.
    """

    run_id: str
    node_key: str
    iteration: str
    workspace_id: str
    idempotency_key: str
    run_url: str
    secret: Callable[[str], str]
    http: Egress
    conceal: Callable[[str, str], None] = lambda slot, value: None
    ask_model: AskModel = _no_model
    mode: ModeName = "live"
