"""One call of an operation in a test: what it is given, and what the far end says to it."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
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

    def origins(self, operation: Operation) -> dict[str, list[Origin]]:
        """Where each of them may go."""
        hosts = {s.name: self.homes.get(s.name, s.hosts) for s in operation.slots_for(self.input)}
        return {slot: [Origin.of(host) for host in named] for slot, named in hosts.items()}


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
    asked: list[Asked] | None = None,
) -> Played:
    """Call the operation as a node would, with other replies if some are given.

    Raises what it raises; what was asked till then is in `asked`, if a list is given.
    """
    operation = skill.operations[case.operation]
    http = ScriptedEgress(case.replies if replies is None else replies, asked)
    context = _context(
        case.slots(operation),
        case.origins(operation),
        http,
        idempotency_key=key,
        workspace_id=workspace_id,
        ask_model=_model(case.model),
    )
    if not operation.is_async and (operation.effect is Effect.LOCAL or operation.inside):
        return Played(operation.call_local(case.input, context), http.asked)

    async def called() -> Outcome:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await registry.call(
                operation, case.input, context, timeout_seconds=timeout_seconds
            )

    return Played(asyncio.run(called()), http.asked)


def try_slot(slot: Slot, value: str, replies: Sequence[Reply]) -> tuple[str, Sequence[Asked]]:
    """What the slot's probe tells of a secret, and what the far end was asked. Raises what it raises."""
    if slot.probe is None:
        raise TypeError(f"The slot {slot.name} has no probe")
    http = ScriptedEgress(replies)
    homes = {slot.name: [Origin.of(host) for host in slot.hosts]}
    context = _context({slot.name: value}, homes, http)
    return asyncio.run(_told(slot.probe(context, slot.name))), http.asked


async def _told(telling: Awaitable[str]) -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await telling


def _context(
    values: Mapping[str, str],
    homes: Mapping[str, Sequence[Origin]],
    http: ScriptedEgress,
    **more: Any,
) -> Context:
    custody = Custody(values, homes)

    def secret(slot: str) -> str:
        if slot not in values:
            raise MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
        return values[slot]

    told = {"workspace_id": "ws_1", "idempotency_key": KEY, **more}
    return Context(
        run_id="run_1",
        node_key="a_node",
        iteration="",
        run_url="/admin/runs/run/run_1/change/",
        secret=secret,
        http=http.holding(custody),
        conceal=custody.conceal,
        **told,
    )


def _model(answer: JSON | None) -> AskModel:
    async def ask_model(**_: Any) -> JSON:
        if answer is None:
            raise AssertionError("A model was asked, and the case has no answer of one")
        return answer

    return ask_model
