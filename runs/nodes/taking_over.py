"""Answering a node from an earlier run, where it was given the same: what was done is not done again."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from agents.skills import registry
from maestro.errors import UnknownOperation
from runs.executor import Settled
from runs.models import NodeStatus, Run, RunNode
from runs.reuse.plans import PLANNED, SAMPLED
from scores.configs import MapOverConfig
from scores.document import NodeDocument

from .explaining import Comparison
from .outage import ask_database
from .performance import Performance

JSON = dict[str, Any]


async def take_over(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> Settled | None:
    """The earlier run's answer, recorded as this one's; None: the node has to play.

    After a plan no effect is taken over: it has not happened.
    """
    if performance.earlier is None or not _gives_an_answer(node):
        return None
    row = await counterpart(performance, node.key, iteration)
    if row is None or row.status != NodeStatus.SUCCEEDED or await _is_made_up(performance, row):
        return None
    compared = compare(performance, node, row, given)
    if not (compared.is_the_same or is_as_foreseen(performance, node, row, compared)):
        return None
    return await _record(performance, node, given, iteration, row, compared)


async def counterpart(performance: Performance, key: str, iteration: str) -> RunNode | None:
    """The earlier run's row of the node in this iteration, whatever its number was there."""
    earlier = performance.earlier
    path = earlier.path_of(iteration) if earlier else None
    if earlier is None or path is None:
        return None
    async with earlier.reading:
        if key not in earlier.rows:
            earlier.rows[key] = await ask_database(performance, _rows, earlier.run, key)
        if earlier.is_plan and not earlier.knows:
            for sample, real in await ask_database(performance, _learnt, performance.run.id):
                earlier.known.learn(sample, real)
            earlier.knows = True
    return earlier.rows[key].get(path)


async def align_items(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> None:
    """Before a map plays: which of the earlier run's items are these?"""
    earlier = performance.earlier
    config = MapOverConfig.model_validate(node.config)
    items = given.get(config.items_field)
    if earlier is None or not isinstance(items, list):
        return
    row = await counterpart(performance, node.key, iteration)
    before = ((row.input if row else None) or {}).get(config.items_field)
    earlier.align(node.key, iteration, items, before if isinstance(before, list) else None)


def compare(
    performance: Performance,
    node: NodeDocument,
    row: RunNode,
    given: JSON,
    leave_out: Collection[str] = (),
) -> Comparison:
    """What the node was given then, and now, as far as it reads it."""
    earlier = performance.earlier
    assert earlier is not None
    before, now = (
        {name: value for name, value in arguments_of(node, each).items() if name not in leave_out}
        for each in (row.input or {}, given)
    )
    found = earlier.known.compare(before, now)
    earlier.known.explain(found, earlier.foreseen.get(row.pk, {}))
    return found


def learn(performance: Performance, planned: RunNode, real: JSON) -> None:
    """An effect that was planned has happened, and gave this."""
    if performance.earlier is not None:
        performance.earlier.known.learn(planned.output_json, real)


def arguments_of(node: NodeDocument, given: JSON) -> JSON:
    """What an operation declares of its input; a model reads all of it."""
    if node.kind != "deterministic":
        return given
    try:
        return registry.find(node.skill, node.operation).arguments(given)
    except UnknownOperation:
        return given


def is_as_foreseen(
    performance: Performance, node: NodeDocument, row: RunNode, compared: Comparison
) -> bool:
    """A model that is told less, because effects were dropped, is not asked again: what it answered
    is what was approved."""
    foreseen = performance.earlier.foreseen if performance.earlier else {}
    return node.kind == "llm" and row.pk in foreseen and compared.is_as_planned


def _gives_an_answer(node: NodeDocument) -> bool:
    return node.kind in ("deterministic", "llm") or node.subkind == "subscore"


async def _is_made_up(performance: Performance, row: RunNode) -> bool:
    """Whether a plan answered it with a sample, or with something made of samples of its own."""
    earlier = performance.earlier
    if earlier is None or not earlier.is_plan:
        return False
    if row.child_run_id or (row.error or {}).get("code") in (PLANNED, SAMPLED):
        return True
    return bool(row.agent_id) and await ask_database(performance, _called_writes, row)


def _called_writes(row: RunNode) -> bool:
    calls = RunNode.objects.filter(
        run=row.run_id, node_key=row.node_key, iteration=row.iteration, attempt=row.attempt
    )
    return calls.filter(call__gt=0, error__code=PLANNED).exists()


def _rows(run: str, key: str) -> dict[str, RunNode]:
    rows = RunNode.objects.filter(run=run, node_key=key, call=0).order_by("attempt")
    return {row.iteration: row for row in rows.select_related("decision")}


def _learnt(run: str) -> list[tuple[Any, Any]]:
    """(sample, real answer) of the planned effects that this run's whole tree has had so far."""
    root = Run.objects.values_list("root_run_id", flat=True).get(pk=run) or run
    tree = RunNode.objects.filter(Q(run=root) | Q(run__root_run=root))
    done = tree.filter(
        source_node_id__isnull=False, status=NodeStatus.SUCCEEDED, effect__in=["write", "local"]
    )
    real = dict(done.values_list("source_node_id", "output_json"))
    planned = RunNode.objects.filter(pk__in=[pk for pk in real if pk is not None])
    return [(sample, real[pk]) for pk, sample in planned.values_list("pk", "output_json")]


async def _record(
    performance: Performance,
    node: NodeDocument,
    given: JSON,
    iteration: str,
    row: RunNode,
    compared: Comparison,
) -> Settled:
    output = compared.carried_over(row.output_json or {})
    await performance.record(
        performance.entry(
            node,
            iteration,
            NodeStatus.SUCCEEDED,
            port=row.port,
            input=given,
            output=output,
            error=row.error,
            operation=row.operation,
            effect=row.effect,
            child_run_id=row.child_run_id,
            source_node_id=row.source_node_id or row.pk,
            agent_id=row.agent_id,
            agent_version=row.agent_version,
            model=row.model,
        )
    )
    collected = (row.error or {}).get("details", {}).get("count", 0)
    return Settled(NodeStatus.SUCCEEDED, row.port, output, collected)
