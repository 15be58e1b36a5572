"""What a run resolves once, at its start: it keeps playing that, whatever is saved meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from django.utils import timezone

from agents.content import content_of
from agents.helpers import MAX_LEVELS, PREFIX, slugs_in
from agents.llm.tokens import Band
from agents.models import Agent, ModelPrice
from agents.skills import registry
from agents.skills.operation import Kind
from agents.skills.registry import allowed_operations
from maestro.errors import InvalidScore
from maestro.prepared import ask
from runs.models import Mode
from scores.document import GraphDocument, NodeDocument
from scores.models import Score

from .versions import contents_of, sound_document

JSON = dict[str, Any]

NEWEST = "select id, version from agents where id = any(%(ids)s)"


def pin(score: Score, version: int, mode: Mode) -> JSON:
    """For this version of the score: {"agents": {node: {"id", "version", "model", "models", "tools"}},
    "default_model", "prices": {model: bands}}; the last two only where a model may be asked.

    Checks the graph again, because what it refers to may have changed since it was saved; raises
    InvalidScore that names each place, and for a model that has no price.
    """
    return pin_document(score, sound_document(score, version), mode)


def pin_document(score: Score, document: GraphDocument, mode: Mode) -> JSON:
    """The same for a graph that was checked."""
    default = score.workspace.default_model
    agents = _pin_agents([node for node in document.nodes if node.kind == "llm"], default)
    asked = {
        model: key
        for key, pinned in agents.items()
        for agent in with_helpers(pinned)
        for model in agent["models"]
    }
    for operation in _asking_operations(document, agents):
        asked.setdefault(default, operation)
    if not asked:
        return {"agents": agents}
    prices = prices_in_force(asked)
    if mode != Mode.REHEARSAL:
        _refuse_without_price(score, asked, prices)
    return {"agents": agents, "default_model": default, "prices": prices}


def _pin_agents(nodes: list[NodeDocument], default_model: str) -> JSON:
    if not nodes:
        return {}
    agents = {node.key: str(node.agent_id) for node in nodes}
    newest: dict[str, int] = dict(ask(NEWEST, {"ids": list(agents.values())}))
    pinned = {
        node.key: (agents[node.key], node.agent_version or newest[agents[node.key]])
        for node in nodes
    }
    contents = contents_of(set(pinned.values()))
    return {
        key: pin_agent(key, id, version, contents[id, version], default_model)
        for key, (id, version) in pinned.items()
    }


def with_helpers(pinned: JSON) -> Iterator[JSON]:
    """A pinned agent and those that it may call."""
    yield pinned
    for helper in pinned.get("agents", {}).values():
        yield from with_helpers(helper)


def pin_agent(
    key: str, id: str, version: int | None, content: JSON, default_model: str, levels: int = 0
) -> JSON:
    """What a run keeps of an agent with this content; InvalidScore for tools that are not there."""
    slugs = slugs_in(content["allowed_tools"])
    own_tools = [tool for tool in content["allowed_tools"] or [] if not tool.startswith(PREFIX)]
    tools, unknown = allowed_operations(own_tools)
    if unknown:
        raise InvalidScore(
            f"{key}: its agent allows {', '.join(unknown)}, which is not installed; install the "
            "skill, or take it out of the agent."
        )
    if levels > MAX_LEVELS:
        raise InvalidScore(f"{key}: its agents call each other over more than {MAX_LEVELS} levels.")
    own = content["model"] or default_model
    helpers = _pin_helpers(key, id, slugs, default_model, levels + 1) if slugs else {}
    return {
        "id": id,
        "version": version,
        "model": own,
        "models": [own, *_others(content["parameters"])],
        "tools": [operation.full_name for operation in tools],
        **({"agents": helpers} if helpers else {}),
    }


def _pin_helpers(key: str, caller: str, slugs: list[str], default_model: str, levels: int) -> JSON:
    """By slug, each at its newest version."""
    home = Agent.objects.values_list("workspace", flat=True).get(pk=caller)
    found = {agent.slug: agent for agent in Agent.objects.filter(workspace=home, slug__in=slugs)}
    if missing := sorted(set(slugs) - found.keys()):
        raise InvalidScore(f"{key}: its agent may call {', '.join(missing)}, which is not there.")
    return {
        slug: pin_agent(key, agent.pk, agent.version, content_of(agent), default_model, levels)
        for slug, agent in found.items()
    }


def _others(parameters: JSON) -> list[str]:
    """Models that may answer in place of the agent's own."""
    cheaper = parameters.get("cheaper_model")
    return [*parameters.get("fallback_models", []), *([cheaper] if cheaper else [])]


def _asking_operations(document: GraphDocument, agents: JSON) -> Iterator[str]:
    """The operations, of nodes and of agents' tools, that ask the workspace's model themselves."""
    names = [f"{n.skill}.{n.operation}" for n in document.nodes if n.kind == "deterministic"]
    yield from asking_among(names, agents)


def asking_among(names: list[str], agents: JSON) -> Iterator[str]:
    """Of these operations and the tools of pinned agents, those that ask a model themselves."""
    for agent in agents.values():
        names += [tool for one in with_helpers(agent) for tool in one["tools"]]
    for name in dict.fromkeys(names):
        if registry.find(*name.split(".", 1)).kind is Kind.LLM:
            yield name


def prices_in_force(models: Iterable[str]) -> JSON:
    """By model, its bands as a run keeps them; one without a price is left out."""
    today = timezone.now().date()
    columns = [field.name for field in fields(Band)]
    return {
        model: [{name: getattr(price, name) for name in columns} for price in prices]
        for model, prices in ModelPrice.objects.in_force(models, today).items()
    }


def _refuse_without_price(score: Score, asked: dict[str, str], prices: JSON) -> None:
    for model, asker in asked.items():
        if model not in prices:
            raise InvalidScore(
                f"{score.name} cannot be played: {asker} asks {model}, which has no price. Add "
                "one to the model prices (zeros, if it is free), or choose another model."
            )
