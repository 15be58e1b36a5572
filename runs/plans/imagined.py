"""A run of a plan, walked in the mind: how each kind of node answers without anything being asked."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agents.egress import Egress
from agents.skills import registry
from agents.skills.operation import Effect, Kind, Operation
from maestro.errors import NodeError
from runs.by_hand import context_by_hand
from runs.executor import NodeFailed, Played, ScopeWalk, Settled, Walk
from runs.models import Decision, NodeStatus, Run, RunNode
from runs.nodes.applying import edited_fields
from runs.nodes.branch import choose
from runs.nodes.earlier import Earlier
from runs.nodes.errors import OperationBroke, error_json
from runs.nodes.explaining import Difference, differences
from runs.nodes.gate import items_of
from runs.nodes.map_over import play_joined
from runs.reuse.plans import PLANNED, SAMPLED
from scores.configs import BranchConfig, GateConfig, MapOverConfig
from scores.document import EVERY, ON_ERROR, SUCCESS, NodeDocument
from scores.graph import Graph

JSON = dict[str, Any]


@dataclass
class Found:
    """What the walk has come by, in the run and all runs below it."""

    changed: dict[int, list[JSON]] = field(default_factory=dict)
    inputs: dict[int, JSON] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    asked_anew: set[str] = field(default_factory=set)


@dataclass
class Imagined:
    """One run of the plan: its graph and what it recorded; `below` has the runs of its subscores."""

    run: Run
    graph: Graph
    earlier: Earlier
    found: Found
    rows: dict[tuple[str, str], RunNode] = field(default_factory=dict)
    calls: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    below: Mapping[str, "Imagined"] = field(default_factory=dict)

    def learn(self, row: RunNode) -> None:
        """Of several attempts the last one counts."""
        place = row.node_key, row.iteration
        if row.call:
            self.calls[place].append(row.pk)
        else:
            self.rows[place] = row

    async def play(self, given: JSON, http: Egress) -> Played:
        """Raises NodeFailed."""

        async def play(scope: ScopeWalk, node: NodeDocument, given: JSON, at: str) -> Settled:
            return await self._settle(scope, Call(node, given, at, self._row(node, at)), http)

        return await Walk(self.graph, play, lambda *_: None, lambda: False).run(given)

    def _row(self, node: NodeDocument, iteration: str) -> RunNode | None:
        path = self.earlier.path_of(iteration)
        return None if path is None else self.rows.get((node.key, path))

    async def _settle(self, scope: ScopeWalk, call: "Call", http: Egress) -> Settled:
        try:
            match call.node.subkind or call.node.kind:
                case "map_over":
                    return await self._map(scope, call)
                case "branch":
                    port, _ = choose(BranchConfig.model_validate(call.node.config), call.given)
                    return Settled(NodeStatus.SUCCEEDED, port, call.given)
                case "gate":
                    items = items_of(
                        GateConfig.model_validate(call.node.config), call.node.key, call.given
                    )
                    output = {"approved": items, "dropped": []}
                    return Settled(NodeStatus.SUCCEEDED, "approved", output)
                case "parallel":
                    return Settled(NodeStatus.SUCCEEDED, EVERY, call.given)
                case "subscore":
                    return await self._subscore(call, http)
                case "llm":
                    return self._answered(call)
                case _:
                    return await self._operation(call, http)
        except NodeError as error:
            return self._failed(call, error_json(error, call.node.key))

    async def _map(self, scope: ScopeWalk, call: "Call") -> Settled:
        field = MapOverConfig.model_validate(call.node.config).items_field
        items, before = call.given.get(field), call.before.get(field)
        if isinstance(items, list):
            known = before if isinstance(before, list) else None
            self.earlier.align(call.node.key, call.iteration, items, known)
        try:
            return await play_joined(scope, call.node, call.given, call.iteration)
        except NodeFailed as failure:
            return self._failed(call, failure.error)

    async def _subscore(self, call: "Call", http: Egress) -> Settled:
        child = self.below.get((call.row.child_run_id if call.row else None) or "")
        if child is None:
            return self._recorded(call)
        try:
            played = await child.play(call.given, http)
        except NodeFailed as failure:
            return self._failed(call, failure.error)
        return Settled(NodeStatus.SUCCEEDED, SUCCESS, played.output, played.errors)

    def _answered(self, call: "Call") -> Settled:
        """A model's answer stays the planned one, also where it was told of what is dropped."""
        if call.row is None:
            self.found.asked_anew.add(call.node.key)
            return Settled(NodeStatus.SKIPPED)
        self.found.reached.update(self.calls[call.node.key, call.row.iteration])
        compared = self.earlier.known.compare(call.before, call.given)
        if not compared.is_the_same:
            self.found.inputs[call.row.pk] = compared.as_foreseen()
        return self._recorded(call)

    async def _operation(self, call: "Call", http: Egress) -> Settled:
        operation = registry.find(call.node.skill, call.node.operation)
        if not operation.happens_in("plan"):
            return self._effect(call, operation)
        before, now = (operation.arguments(one) for one in (call.before, call.given))
        made_up = call.row is not None and (call.row.error or {}).get("code") == SAMPLED
        if call.row is not None and (made_up or before == now):
            return self._recorded(call)
        if operation.effect is Effect.NONE and operation.kind is Kind.TOOL:
            return await self._computed(call, operation, http)
        self.found.asked_anew.add(call.node.key)
        return self._recorded(call)

    async def _computed(self, call: "Call", operation: Operation, http: Egress) -> Settled:
        context = replace(context_by_hand(self.run.workspace, http), mode="plan")
        try:
            outcome = await registry.call(operation, call.given, context)
        except NodeError:
            raise
        except Exception as broken:
            raise OperationBroke.by(broken) from broken
        return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)

    def _effect(self, call: "Call", operation: Operation) -> Settled:
        row = call.row
        if row is None or (row.error or {}).get("code") != PLANNED:
            self.found.new.add(call.node.key)
            return Settled(NodeStatus.SKIPPED)
        self.found.reached.add(row.pk)
        decision = getattr(row, "decision", None)
        if decision is not None and decision.decision == Decision.DROP:
            return Settled(NodeStatus.SKIPPED)
        worded = edited_fields(row, operation)
        before, now = (
            {name: value for name, value in operation.arguments(one).items() if name not in worded}
            for one in (call.before, call.given)
        )
        told = [Difference(*one).as_json() for one in differences(before, now)]
        if told:
            self.found.changed[row.pk] = told
            self.found.inputs[row.pk] = self.earlier.known.compare(before, now).as_foreseen()
        return self._recorded(call)

    def _recorded(self, call: "Call") -> Settled:
        row = call.row
        if row is None:
            return Settled(NodeStatus.SKIPPED)
        if row.status == NodeStatus.FAILED:
            return self._failed(call, row.error or {}, row.output_json)
        collected = (row.error or {}).get("details", {}).get("count", 0)
        return Settled(NodeStatus.SUCCEEDED, row.port, row.output_json or {}, collected)

    def _failed(self, call: "Call", error: JSON, output: JSON | None = None) -> Settled:
        if self.graph.takes_errors(call.node.key):
            told = output or {"error": error, "input": call.given}
            return Settled(NodeStatus.FAILED, ON_ERROR, told)
        if call.node.on_error == "continue":
            return Settled(NodeStatus.FAILED, None, errors=1)
        raise NodeFailed(call.node.key, error)


@dataclass(frozen=True)
class Call:
    """A node that is to answer; `row` is what the plan recorded of it."""

    node: NodeDocument
    given: JSON
    iteration: str
    row: RunNode | None

    @property
    def before(self) -> JSON:
        return (self.row.input if self.row else None) or {}
