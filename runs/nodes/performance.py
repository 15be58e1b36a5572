"""One run being played by this player: what its nodes share, and how they are written down."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator

from agents.egress import Egress
from agents.llm import Models
from agents.llm.parameters import Limits
from agents.skills.context import Context, ModeName
from agents.skills.operation import Operation
from maestro.errors import InvalidNodeInput, MaestroError, MissingSecret
from runs.executor import NodeFailed, Settled
from runs.journal import Journal, NodeEntry
from runs.limits import Places
from runs.models.choices import RETRY_AT, NodeStatus
from runs.reuse.plans import DROPPED
from runs.writing import writing_nodes
from scores.document import ON_ERROR, NodeDocument, RetryPolicy
from scores.downstream import behind
from scores.graph import Graph

from .earlier import Earlier
from .errors import error_json
from .meter import Meter
from .recorded import Attempt, Recorded
from .together import Together

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """What a claim says about a run. An audition is a plan that hears an agent at recorded inputs."""

    id: str
    fence: int
    workspace_id: str
    score_id: str
    mode: ModeName
    input: JSON
    pins: JSON
    orchestra_id: str | None = None
    parent_id: str | None = None
    is_audition: bool = False

    @property
    def claim(self) -> tuple[str, int]:
        return self.id, self.fence


@dataclass(frozen=True)
class Performance:
    """A claimed run with all that playing it needs.

    `stopping()`: no node may start any more. `holds()`: the player's lease holds; without it
    nothing may reach the outside, even for a node in flight. `hosts()`: those that the workspace
    lets its skills reach; empty: any.
    """

    run: ClaimedRun
    graph: Graph
    journal: Journal
    recorded: Recorded
    pool: Executor
    http: Egress
    models: Models
    stopping: Callable[[], bool]
    holds: Callable[[], bool]
    places: Places
    together: Together = field(default_factory=Together)
    hosts: Callable[[], frozenset[str]] = frozenset
    validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    @cached_property
    def earlier(self) -> Earlier | None:
        """The run whose answers this one may take over."""
        return Earlier.of(self.run.pins)

    @cached_property
    def is_plain(self) -> bool:
        """Whether a node's call is a real one, and nothing but its own record answers instead."""
        return self.run.mode == "live" and self.earlier is None

    @cached_property
    def is_each(self) -> bool:
        """Whether each output is durable before the next node starts."""
        return bool(settings.MAESTRO_DURABILITY == "each")

    @cached_property
    def behind_writes(self) -> set[str]:
        """Nodes that may read what a write before them wrote."""
        document = self.graph.document
        return behind(document, writing_nodes(document, self.run.pins))

    def meter(self, limits: Limits | None = None, above: Meter | None = None) -> Meter:
        """For one attempt, at the run's prices; what it counts, the one `above` counts, too."""
        return Meter(self.run.pins.get("prices", {}), limits, above)

    def place(
        self, operation: Operation, *, may_park: bool = True
    ) -> AbstractAsyncContextManager[None]:
        """A call's place among those of its workspace, where the skill is limited; what a
        rehearsal calls asks nobody outside."""
        run = self.run
        if run.mode == "rehearsal":
            return nullcontext()
        return self.places.place(run.workspace_id, run.claim, operation, may_park=may_park)

    def is_limited(self, operation: Operation) -> bool:
        """Whether a call of it has to find a place first."""
        return self.places.are_limited(self.run.workspace_id, operation)

    def last_attempt(self, node: NodeDocument, iteration: str) -> Attempt | None:
        return self.recorded.get((node.key, iteration))

    def settled_before(self, node: NodeDocument, iteration: str) -> Settled | None:
        """How the node ended in an earlier playing; None when it has still to play."""
        last = self.last_attempt(node, iteration)
        if last is None:
            return None
        if last.status == NodeStatus.SUCCEEDED:
            collected = (last.error or {}).get("details", {}).get("count", 0)
            return Settled(last.status, last.port, last.output or {}, collected)
        if last.status == NodeStatus.SKIPPED and (last.error or {}).get("code") == DROPPED:
            return Settled(last.status)
        if last.status == NodeStatus.FAILED and last.error is not None:
            if RETRY_AT in last.error.get("details", {}):
                return None
            return self.settle_failure(node, last.error, last.output)
        return None

    def refuse_input(self, node: NodeDocument, given: JSON) -> InvalidNodeInput | None:
        """What is wrong with the input by the node's own schema, if it declares one."""
        if node.input_schema is None:
            return None
        validator = self.validators.get(node.key)
        if validator is None:
            validator = self.validators[node.key] = Draft202012Validator(node.input_schema)
        fields = [
            {"place": ".".join(map(str, error.absolute_path)), "message": error.message[:200]}
            for error in validator.iter_errors(given)
        ]
        if not fields:
            return None
        return InvalidNodeInput(f"{node.key} cannot take this input", fields=fields[:20])

    def entry(
        self,
        node: NodeDocument,
        iteration: str,
        status: NodeStatus,
        **columns: Any,
    ) -> NodeEntry:
        """A row of this run under its fence; `columns` as `NodeEntry` names them."""
        if status != NodeStatus.RUNNING:
            columns.setdefault("finished_at", datetime.now(UTC))
        return NodeEntry(self.run.id, self.run.fence, node.key, iteration, status, **columns)

    async def record(self, entry: NodeEntry) -> None:
        """`note`, and wait for what it says."""
        rest = self.note(entry)
        if rest is not None:
            await rest

    def note(self, entry: NodeEntry) -> Awaitable[None] | None:
        """Note a settled node; what it gives is awaited before the next one: until it is durable,
        when the deployer asked for it, or until the loop has done its other work."""
        self.journal.record(entry)
        if self.is_each:
            return self.journal.flush(self.run.claim)
        return asyncio.sleep(0) if self.journal.runs_ahead() else None

    def skip(self, node: NodeDocument, iteration: str, why: JSON | None = None) -> None:
        """Note that a node will not play; on a resume the row is there already."""
        if self.last_attempt(node, iteration) is None:
            self.journal.record(self.entry(node, iteration, NodeStatus.SKIPPED, error=why))

    def fail(
        self,
        node: NodeDocument,
        iteration: str,
        given: JSON,
        error: MaestroError,
        **columns: Any,
    ) -> Settled:
        """Record a failure that no retry follows, and settle it as the graph says."""
        told = error_json(error, node.key)
        output = {"error": told, "input": given} if self.graph.takes_errors(node.key) else None
        port = ON_ERROR if output is not None else None
        self.journal.record(
            self.entry(
                node,
                iteration,
                NodeStatus.FAILED,
                port=port,
                input=given,
                output=output,
                error=told,
                **columns,
            )
        )
        return self.settle_failure(node, told, output)

    def settle_failure(self, node: NodeDocument, error: JSON, output: JSON | None) -> Settled:
        """SPEC 2: the wired `on_error` port, else `continue`, else the run fails (NodeFailed)."""
        if output is not None and self.graph.takes_errors(node.key):
            return Settled(NodeStatus.FAILED, ON_ERROR, output)
        if node.on_error == "continue":
            return Settled(NodeStatus.FAILED, None, errors=1)
        raise NodeFailed(node.key, error)

    def goes_on_after(self, node: NodeDocument) -> bool:
        """Whether the graph says what follows when the node fails."""
        return node.on_error == "continue" or self.graph.takes_errors(node.key)

    def context(self, node: NodeDocument, iteration: str) -> Context:
        """What an operation is given besides its input; the key is the same in every attempt."""
        run = self.run
        return Context(
            run_id=run.id,
            node_key=node.key,
            iteration=iteration,
            workspace_id=run.workspace_id,
            idempotency_key=f"{run.id}/{node.key}" + (f"/{iteration}" if iteration else ""),
            run_url=f"/admin/runs/run/{run.id}/change/",
            secret=_no_secret,
            http=self.http.within(self.hosts()),
            mode=run.mode,
        )


def may_retry(policy: RetryPolicy, attempt: int, code: str) -> bool:
    """Whether the policy allows another attempt after `attempt` ended with `code`."""
    return attempt < policy.attempts and code in policy.on


def _no_secret(slot: str) -> str:
    raise MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
