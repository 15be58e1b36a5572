"""An LLM node: an agent's answer; rehearsed, it is answered without a model."""

import asyncio
from datetime import UTC, datetime

from django.db import close_old_connections
from jsonschema import Draft202012Validator

from agents.models import AgentVersion
from runs.executor import ScopeWalk, Settled
from runs.models import Mode, NodeStatus, RunNode
from scores.document import SUCCESS, NodeDocument

from .generated import example_for
from .performance import JSON, Performance
from .rehearsal import own_sample


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Answer from the node's sample, a recorded answer, the schema's example or its shape."""
    began = datetime.now(UTC)
    agent = performance.run.pins["agents"][node.key]
    sample = own_sample(node)
    if sample is None:
        loop = asyncio.get_running_loop()
        output = await loop.run_in_executor(
            performance.pool, _rehearsed, performance.run.score_id, node.key, agent, iteration
        )
    port, output = sample or (SUCCESS, output)
    await performance.record(
        performance.entry(
            node,
            iteration,
            NodeStatus.SUCCEEDED,
            port=port,
            input=given,
            output=output,
            agent_id=agent["id"],
            agent_version=agent["version"],
            started_at=began,
        )
    )
    return Settled(NodeStatus.SUCCEEDED, port, output)


def _rehearsed(score_id: str, key: str, agent: JSON, iteration: str) -> JSON:
    close_old_connections()
    try:
        version = AgentVersion.objects.get(agent=agent["id"], version=agent["version"])
        schema = version.content.get("output_schema") or {"properties": {"text": {}}}
        return _last_answer(score_id, key, schema) or example_for(schema, iteration)
    finally:
        close_old_connections()


def _last_answer(score_id: str, key: str, schema: JSON) -> JSON | None:
    """The newest live answer of this node that still fits the agent's schema."""
    answers = RunNode.objects.filter(
        run__score=score_id,
        run__mode=Mode.LIVE,
        node_key=key,
        call=0,
        status=NodeStatus.SUCCEEDED,
    )
    newest = answers.order_by("-id").values_list("output_json", flat=True).first()
    fits = newest is not None and Draft202012Validator(schema).is_valid(newest)
    return newest if fits else None
