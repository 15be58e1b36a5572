"""What an operation is given besides its input: whom it works for and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agents.egress import Egress


@dataclass(frozen=True, kw_only=True)
class Context:
    """One call of one operation, for one node of one run.

    `idempotency_key` is the same in every attempt of this call. `secret(slot)` gives the value
    bound for this run or raises MissingSecret; on the event loop it must answer without blocking.
    `conceal(slot, value)` keeps what was had in exchange for a secret out of the records, too.
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
    mode: Literal["live", "rehearsal", "plan"] = "live"
