"""An LLM node in a rehearsal: no key, no call."""

from datetime import UTC, datetime

from jsonschema import Draft202012Validator

from runs.executor import Settled
from runs.models import Mode, NodeStatus, RunNode
from scores.document import SUCCESS, NodeDocument

from ..generated import example_for
from ..outage import ask_database
from ..performance import JSON, Performance
from ..suppression import own_sample
from .agent import content_of


async def play_rehearsed(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Answer from the node's sample, a recorded answer, the schema's example or its shape."""
    began = datetime.now(UTC)
    agent = performance.run.pins["agents"][node.key]
    sample = own_sample(node)
    if sample is None:
        output = await ask_database(
            performance, _rehearsed, performance.run.score_id, node.key, agent, iteration
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
    schema = content_of(agent["id"], agent["version"])["output_schema"]
    schema = schema or {"properties": {"text": {}}}
    return _last_answer(score_id, key, schema) or example_for(schema, iteration)


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
