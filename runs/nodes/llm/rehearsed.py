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

MOST_ANSWERS = 50  # of one run: more would make no rehearsal clearer


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
    return _last_answer(score_id, key, schema, iteration) or example_for(schema, iteration)


def _last_answer(score_id: str, key: str, schema: JSON, iteration: str) -> JSON | None:
    """What the node answered in its newest live run, if that still fits the agent's schema.

    In a map the answer of the same item; of one that had none, another item's in turn, so that
    three items do not look the same.
    """
    answers = RunNode.objects.filter(
        run__score=score_id,
        run__mode=Mode.LIVE,
        node_key=key,
        call=0,
        status=NodeStatus.SUCCEEDED,
    )
    newest = answers.order_by("-id").values_list("run_id", flat=True).first()
    found = answers.filter(run=newest).order_by("id").values_list("iteration", "output_json")
    fits = Draft202012Validator(schema).is_valid
    told = {path: output for path, output in found[:MOST_ANSWERS] if fits(output)}
    if iteration in told or not told:
        return told.get(iteration)
    number = iteration.rpartition(":")[2]
    return list(told.values())[int(number) % len(told) if number.isdecimal() else -1]
