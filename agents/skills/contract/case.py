"""One call of an operation in a test: what it is given, and what the far end says to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.custody import Custody, Origin
from agents.skills import registry
from agents.skills.context import AskModel, Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Operation
from agents.skills.outcome import JSON, Outcome
from agents.skills.slot import Slot
from maestro.errors import MissingSecret

from .far_end import Asked, Reply, ScriptedEgress

KEY = "run_1/a_node"
PATIENCE_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Case:
    """A call that works.

    `output` None: any that fits. `model` is what a model answers an operation that asks one.
    `by_nature`: a write that twice is as once, so that it needs no key. `secrets` and `homes`:
    values and hosts of slots, where a made-up value and the skill's own hosts will not do.
    """

    operation: str
    input: JSON = field(default_factory=dict)
    replies: Sequence[Reply] = ()
    output: JSON | None = None
    port: str | None = None
    model: JSON | None = None
    by_nature: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    homes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def slots(self, operation: Operation) -> dict[str, str]:
        """Its slots with the values that they are filled with."""
        made_up = {s.name: f"canary-{s.name}-4711" for s in operation.slots_for(self.input)}
        return {**made_up, **self.secrets}


@dataclass(frozen=True)
class Played:
    """How a call ended, and what the far end was asked."""

    outcome: Outcome
    asked: Sequence[Asked]

    @property
    def output(self) -> JSON:
        return self.outcome.output

    @property
    def port(self) -> str:
        return self.outcome.port


def play(
    skill: Skill,
    case: Case,
    *,
    replies: Sequence[Reply] | None = None,
    key: str = KEY,
    timeout_seconds: float | None = None,
    workspace_id: str = "ws_1",
) -> Played:
    """Call the operation as a node would, with other replies if some are given.

    Raises what it raises.
    """
    operation = skill.operations[case.operation]
    http = ScriptedEgress(case.replies if replies is None else replies)
    context = _context(case, operation, http, key, workspace_id)
    if not operation.is_async and (operation.effect is Effect.LOCAL or operation.inside):
        return Played(operation.call_local(case.input, context), http.asked)

    async def called() -> Outcome:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await registry.call(
                operation, case.input, context, timeout_seconds=timeout_seconds
            )

    return Played(asyncio.run(called()), http.asked)


def _context(
    case: Case, operation: Operation, http: ScriptedEgress, key: str, workspace_id: str
) -> Context:
    values = case.slots(operation)
    homes = {s.name: _homes(case, s) for s in operation.slots_for(case.input)}
    custody = Custody(values, homes)

    def secret(slot: str) -> str:
        if slot not in values:
            raise MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
        return values[slot]

    return Context(
        run_id="run_1",
        node_key="a_node",
        iteration="",
        workspace_id=workspace_id,
        idempotency_key=key,
        run_url="/admin/runs/run/run_1/change/",
        secret=secret,
        http=http.holding(custody),
        conceal=custody.conceal,
        ask_model=_model(case.model),
    )


def _homes(case: Case, slot: Slot) -> list[Origin]:
    return [Origin.of(host) for host in case.homes.get(slot.name, slot.hosts)]


def _model(answer: JSON | None) -> AskModel:
    async def ask_model(**_: Any) -> JSON:
        if answer is None:
            raise AssertionError("A model was asked, and the case has no answer of one")
        return answer

    return ask_model
