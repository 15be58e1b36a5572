"""Which secrets a graph asks for, and which of them its workspace has not."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from django.db.models import F, Q, QuerySet

from agents.helpers import helpers_below, slugs_in
from agents.models import Agent, AgentVersion
from agents.skills.registry import allowed_operations, find
from agents.skills.slot import Slot
from maestro.errors import InvalidScore, UnknownOperation
from maestro.workspaces.filling import MODEL_SLOT, fill_from_workspace

from .document import GraphDocument, NodeDocument
from .models import Score
from .subscores import Tree, subscore_nodes

Tools = list[str]


def needed_slots(document: GraphDocument, *, with_optional: bool = False) -> dict[str, list[str]]:
    """By slot, the keys of the nodes that ask for it: by their operation, or for their agent's
    model and tools. `with_optional`: also of those that work without it."""
    needed: dict[str, list[str]] = {}
    tools = _tools_of(document.nodes)
    for node in document.nodes:
        slots = _slots_of(node, tools.get(node.key, []))
        names = [slot.name for slot in slots if with_optional or not slot.is_optional]
        for slot in dict.fromkeys(names):
            needed.setdefault(slot, []).append(node.key)
    return needed


def slots_with_below(
    score: Score, document: GraphDocument, *, with_optional: bool = False
) -> dict[str, list[str]]:
    """The same of a version of `score`, and what the scores that its nodes hold ask for, under the key
    of the node that holds them: they play with what the same orchestra binds."""
    needed = needed_slots(document, with_optional=with_optional)
    for node in subscore_nodes(document):
        below = (needed_slots(one, with_optional=with_optional) for one in _below(score, node))
        for slot in dict.fromkeys(chain.from_iterable(below)):
            needed.setdefault(slot, []).append(node.key)
    return needed


def _below(score: Score, node: NodeDocument) -> list[GraphDocument]:
    """All graphs below this node of the score; none where a start would be refused for them."""
    tree = Tree(score.workspace)
    try:
        tree.follow(node, (score,))
    except InvalidScore:
        return []
    return [held.document for held in tree.held.values()]


def unfilled_slots(
    document: GraphDocument, workspace_id: str, score: Score | None = None
) -> dict[str, list[str]]:
    """Those of them that the workspace does not fill, nor an orchestra of `score` by a binding."""
    needed = needed_slots(document)
    filled = fill_from_workspace(workspace_id, needed)
    left = {slot: nodes for slot, nodes in needed.items() if slot not in filled}
    if left and score is not None:
        bindings = score.orchestras.filter(bindings__slot__in=left)
        bound = set(bindings.values_list("bindings__slot", flat=True))
        left = {slot: nodes for slot, nodes in left.items() if slot not in bound}
    return left


def slots_of_tools(tools: Iterable[str]) -> Iterator[str]:
    """What the operations behind an agent's `allowed_tools` cannot do without."""
    yield from (slot.name for slot in _behind(tools) if not slot.is_optional)


def _behind(tools: Iterable[str]) -> Iterator[Slot]:
    for operation in allowed_operations(tools)[0]:
        yield from operation.secrets


def _slots_of(node: NodeDocument, tools: Iterable[str]) -> Iterator[Slot]:
    if node.kind == "llm":
        yield Slot(MODEL_SLOT)
        yield from _behind(tools)
    if node.kind == "deterministic":
        try:
            operation = find(node.skill, node.operation)
            yield from operation.slots_for(node.config.get("params", {}))
        except UnknownOperation:  # a start says so; here it asks for nothing
            return


def _tools_of(nodes: Iterable[NodeDocument]) -> dict[str, Tools]:
    """By node key, what its agent may call in the version the node plays, itself or by an agent it calls."""
    thinking = [node for node in nodes if node.kind == "llm" and node.agent_id]
    if not thinking:
        return {}
    rows = _played(thinking).values_list("agent", "version", "content__allowed_tools")
    tools: dict[tuple[str | None, int | None], Tools] = {}
    for agent, version, allowed in rows:
        tools[agent, version] = tools[agent, None] = allowed or []
    helpers = _helpers(thinking, [tool for allowed in tools.values() for tool in allowed])
    return {
        node.key: _with_helpers(tools.get((node.agent_id, node.agent_version), []), helpers)
        for node in thinking
    }


def _played(nodes: Iterable[NodeDocument]) -> QuerySet[AgentVersion]:
    """The versions that these nodes play, oldest first."""
    pinned = {node.agent_version for node in nodes if node.agent_version}
    named = Q(version=F("agent__version")) | Q(version__in=pinned)
    agents = {node.agent_id for node in nodes}
    return AgentVersion.objects.filter(named, agent__in=agents).order_by("version")


def _helpers(nodes: Iterable[NodeDocument], tools: Tools) -> dict[str, Agent]:
    """By slug, the agents among these tools and below; nodes of one graph are of one workspace."""
    if not slugs_in(tools):
        return {}
    agents = Agent.objects.filter(pk__in={node.agent_id for node in nodes})
    return helpers_below(agents.values_list("workspace", flat=True)[:1].get(), tools)


def _with_helpers(tools: Tools, helpers: Mapping[str, Agent]) -> Tools:
    """With what the agents among them may call."""
    found, seen = list(tools), set[str]()
    for tool in found:  # grows on the way
        for slug in slugs_in([tool]):
            if slug in helpers and slug not in seen:
                seen.add(slug)
                found += helpers[slug].allowed_tools or []
    return found
