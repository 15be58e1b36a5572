"""What can be written down: a node's row, a run's change of state."""

import json
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any

from runs.models import NodeStatus, RunStatus

from .statements import KEY

JSON = Any  # a node's or a run's JSON value
Claim = tuple[str, int]  # a run and the fence under which it was claimed


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of model calls and what they cost, in micro-dollars."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cost_microdollars: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One row of `score_run_nodes`; status `running` is an intent.

    An intent may be written again when its `usage` has grown; `counted` is what of it an earlier
    writing of this row has already added to the run.
    """

    run: str
    fence: int
    node_key: str
    iteration: str
    status: NodeStatus
    attempt: int = 1
    call: int = 0
    port: str | None = None
    input: JSON = None
    output: JSON = None
    error: JSON = None
    operation: str = ""
    effect: str = ""
    idempotency_key: str | None = None
    arguments_sha256: str | None = None
    child_run_id: str | None = None
    agent_id: str | None = None
    agent_version: int | None = None
    model: str | None = None
    usage: Usage = Usage()
    counted: Usage = Usage()
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def claim(self) -> Claim:
        return self.run, self.fence

    @property
    def row(self) -> tuple[JSON, ...]:
        """What tells this row from all others, as `statements.KEY` names it."""
        return self.run, self.node_key, self.iteration, self.attempt, self.call

    def as_row(self) -> dict[str, JSON]:
        """The columns as `statements.COLUMNS` names them, ready for JSON."""
        return {
            "run_id": self.run,
            "node_key": self.node_key,
            "iteration": self.iteration,
            "attempt": self.attempt,
            "call": self.call,
            "status": self.status.value,
            "port": self.port,
            "input": self.input,
            "output_json": self.output,
            "error": self.error,
            "operation": self.operation,
            "effect": self.effect,
            "idempotency_key": self.idempotency_key,
            "arguments_sha256": self.arguments_sha256,
            "fence": self.fence,
            "child_run_id": self.child_run_id,
            "agent_id": self.agent_id,
            "agent_version": self.agent_version,
            "model": self.model,
            "tokens_input": self.usage.input,
            "tokens_output": self.usage.output,
            "tokens_cache_read": self.usage.cache_read,
            "tokens_cache_write_5m": self.usage.cache_write_5m,
            "tokens_cache_write_1h": self.usage.cache_write_1h,
            "cost_microdollars": self.usage.cost_microdollars,
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
        }

    def counted_as_json(self) -> str:
        """`counted` with the row's key, under the names `statements.COUNTED` reads."""
        spent = {f"was_{name}": amount for name, amount in asdict(self.counted).items()}
        key = dict(zip(KEY, self.row, strict=True))
        return json.dumps({**key, **spent}, ensure_ascii=False)

    def as_json(self) -> str:
        return json.dumps(self.as_row(), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class RunChange:
    """The run leaves `running`: finished, or parked until something wakes it."""

    run: str
    fence: int
    status: RunStatus
    output: JSON = None
    error: JSON = None
    errors: int = 0
    waiting_for: str = ""
    resume_at: datetime | None = None

    @property
    def claim(self) -> Claim:
        return self.run, self.fence

    @property
    def row(self) -> tuple[JSON, ...]:
        return (self.run,)

    def as_json(self) -> str:
        row = {
            "run_id": self.run,
            "fence": self.fence,
            "status": self.status.value,
            "output": self.output,
            "error": self.error,
            "errors": self.errors,
            "waiting_for": self.waiting_for,
            "resume_at": _iso(self.resume_at),
            "finished": self.status.value in RunStatus.final(),
        }
        return json.dumps(row, ensure_ascii=False, allow_nan=False)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
