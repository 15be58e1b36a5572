"""The agent a node plays, as pinned when its run started."""

from dataclasses import dataclass, field
from typing import Any

from agents.helpers import PREFIX
from agents.llm.exchange import Tool
from agents.llm.parameters import Limits, Parameters
from agents.llm.session import SECONDS, Brief
from agents.models import AgentVersion
from agents.skills import registry
from agents.skills.mcp.offered import SKILLS as MCP_SKILLS
from agents.skills.mcp.offered import with_schemas
from agents.skills.operation import Operation
from scores.document import NodeDocument

from ..outage import ask_database
from ..performance import Performance

JSON = dict[str, Any]
MAX_KEPT = 100

_contents: dict[tuple[str, int], JSON] = {}  # by agent and version

HELPER_INPUT: JSON = {
    "type": "object",
    "properties": {
        "input": {"type": "string", "description": "All that it is told: it sees nothing else."}
    },
    "required": ["input"],
}


@dataclass(frozen=True, slots=True)
class PinnedAgent:
    """One version of an agent, with the model and operations resolved at the run's start; no
    version for one that is heard before it is saved."""

    id: str
    version: int | None
    model: str
    content: JSON
    parameters: Parameters
    operations: dict[str, Operation]
    helpers: dict[str, "PinnedAgent"] = field(default_factory=dict)  # by the name of the tool

    @property
    def tool_name(self) -> str:
        return f"{PREFIX}{self.content['slug']}"

    @property
    def models(self) -> list[str]:
        """Its own, then those to fall back on, in order."""
        return list(dict.fromkeys([self.model, *self.parameters.fallback_models]))

    def brief(self, timeout_seconds: int | None) -> Brief:
        """What its session is to do, within the node's time."""
        times = [seconds for seconds in (timeout_seconds, self.parameters.max_seconds) if seconds]
        return Brief(
            model=self.model,
            system_prompt=self.content["system_prompt"],
            output_schema=self.content["output_schema"],
            parameters=self.parameters,
            tools=(
                *(_as_tool(operation) for operation in self.operations.values()),
                *(_as_helper(helper) for helper in self.helpers.values()),
            ),
            seconds=min(times, default=SECONDS),
        )


async def read_agent(performance: Performance, node: NodeDocument) -> PinnedAgent:
    """With the node's own limits. Raises UnknownOperation for a tool that is no longer installed."""
    allowed = Limits.model_validate(node.config.get("limits") or {})
    return await _read_pinned(performance, performance.run.pins["agents"][node.key], allowed)


async def _read_pinned(performance: Performance, pin: JSON, allowed: Limits) -> PinnedAgent:
    operations = {name: registry.find(*name.split(".", 1)) for name in pin["tools"]}
    if any(one.skill in MCP_SKILLS for one in operations.values()):
        operations = await ask_database(
            performance, with_schemas, performance.run.workspace_id, operations
        )
    content: JSON = (
        pin["content"]
        if pin.get("content")
        else await _saved_content(performance, (pin["id"], pin["version"]))
    )
    parameters = Parameters.model_validate(content["parameters"]).within(allowed)
    helpers = [await _read_pinned(performance, p, Limits()) for p in pin.get("agents", {}).values()]
    return PinnedAgent(
        pin["id"],
        pin["version"],
        pin["model"],
        content,
        parameters,
        operations,
        {helper.tool_name: helper for helper in helpers},
    )


async def _saved_content(performance: Performance, saved: tuple[str, int]) -> JSON:
    """An agent's content in one of its versions: it never changes, so it is kept."""
    content = _contents.get(saved)
    if content is None:
        content = _contents[saved] = await ask_database(performance, content_of, *saved)
        while len(_contents) > MAX_KEPT:
            _contents.pop(next(iter(_contents)))
    return content


def content_of(agent: str, version: int) -> JSON:
    """An agent's content in one of its versions, which never changes."""
    return dict(AgentVersion.objects.get(agent=agent, version=version).content)


def _as_tool(operation: Operation) -> Tool:
    return Tool(operation.full_name, operation.description, operation.tool_schema())


def _as_helper(agent: PinnedAgent) -> Tool:
    described = agent.content["description"] or agent.content["name"]
    return Tool(agent.tool_name, f"An agent: {described}", HELPER_INPUT)
