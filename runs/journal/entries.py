"""What can be written down: a node's row, a run's change of state."""

from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from agents.skills.outcome import to_text
from runs.models import NodeStatus, RunStatus

from .statements import KEY, PLAIN

JSON = Any  # a node's or a run's JSON value
Claim = tuple[str, int]  # a run and the fence under which it was claimed
Fences = dict[str, int]  # by run the newest fence: what an older claim left is dropped
Live = dict[str, bool]  # by run that is still this player's: whether somebody asked to cancel it
JSON_COLUMNS = PLAIN[-3:]
Frozen = tuple[str | None, ...]  # the JSON values of an entry as text: what happens later shows not


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


NOTHING_USED = Usage()


@dataclass(slots=True)  # not frozen: to make one would take four times as long, for each node
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
    source_node_id: int | None = None
    agent_id: str | None = None
    agent_version: int | None = None
    model: str | None = None
    usage: Usage = NOTHING_USED
    counted: Usage = NOTHING_USED
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def claim(self) -> Claim:
        return self.run, self.fence

    @property
    def row(self) -> tuple[JSON, ...]:
        """What tells this row from all others, as `statements.KEY` names it."""
        return self.run, self.node_key, self.iteration, self.attempt, self.call

    @property
    def is_plain(self) -> bool:
        """Settled, never an intent before, and without money: a row that is only inserted."""
        return self.status != NodeStatus.RUNNING and not (
            self.effect == "write" or self.idempotency_key or self.model or self.child_run_id
        )

    def freeze(self) -> Frozen:
        return _text(self.input), _text(self.output), _text(self.error)

    def plain(self) -> tuple[str | int | None, ...]:
        """What `statements.PLAIN` names, but for its JSON columns."""
        return (
            self.run,
            self.node_key,
            self.iteration,
            self.attempt,
            self.call,
            self.status.value,
            self.port,
            self.operation,
            self.effect,
            self.fence,
            self.child_run_id,
            self.source_node_id,
            self.agent_id,
            self.agent_version,
            iso(self.started_at),
            iso(self.finished_at),
        )

    def plain_as_json(self, frozen: Frozen) -> str:
        """The columns as `statements.PLAIN` names them."""
        return _joined(dict(zip(PLAIN, self.plain(), strict=False)), JSON_COLUMNS, frozen)

    def as_json(self, frozen: Frozen) -> str:
        """The columns as `statements.COLUMNS` names them."""
        scalars = dict(zip(PLAIN, self.plain(), strict=False)) | {
            "idempotency_key": self.idempotency_key,
            "arguments_sha256": self.arguments_sha256,
            "model": self.model,
            "tokens_input": self.usage.input,
            "tokens_output": self.usage.output,
            "tokens_cache_read": self.usage.cache_read,
            "tokens_cache_write_5m": self.usage.cache_write_5m,
            "tokens_cache_write_1h": self.usage.cache_write_1h,
            "cost_microdollars": self.usage.cost_microdollars,
        }
        return _joined(scalars, JSON_COLUMNS, frozen)

    def counted_as_json(self) -> str:
        """`counted` with the row's key, under the names `statements.COUNTED` reads."""
        spent = {f"was_{name}": amount for name, amount in asdict(self.counted).items()}
        key = dict(zip(KEY, self.row, strict=True))
        return to_text({**key, **spent})


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

    def freeze(self) -> Frozen:
        return _text(self.output), _text(self.error)

    def as_json(self, frozen: Frozen) -> str:
        scalars = {
            "run_id": self.run,
            "fence": self.fence,
            "status": self.status.value,
            "errors": self.errors,
            "waiting_for": self.waiting_for,
            "resume_at": iso(self.resume_at),
            "finished": self.status.value in RunStatus.final(),
        }
        return _joined(scalars, ("output", "error"), frozen)


Entry = NodeEntry | RunChange


class Noted(NamedTuple):
    """An entry as it was when it was noted."""

    entry: Entry
    frozen: Frozen

    @classmethod
    def of(cls, entry: Entry) -> "Noted":
        return cls(entry, entry.freeze())

    @property
    def size(self) -> int:
        return sum(map(len, filter(None, self.frozen)))

    def as_json(self) -> str:
        return self.entry.as_json(self.frozen)


def _text(value: JSON) -> str | None:
    return None if value is None else to_text(value)


def _joined(scalars: dict[str, JSON], names: tuple[str, ...], frozen: Frozen) -> str:
    """One JSON object of values, and of texts that are JSON already."""
    told = [f', "{name}": {text}' for name, text in zip(names, frozen, strict=True) if text]
    return f"{to_text(scalars)[:-1]}{''.join(told)}}}"


def iso(moment: datetime | None) -> str | None:
    """As JSON and COPY take it."""
    return moment.isoformat() if moment else None
