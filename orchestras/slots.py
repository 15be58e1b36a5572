"""Which secrets an orchestra's score asks for, and what fills each of these slots."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from agents.helpers import helpers_below, slugs_in
from agents.models import Agent, AgentVersion
from agents.skills.registry import allowed_operations, find
from maestro.errors import Conflict, Misconfigured, UnknownOperation
from maestro.workspaces.models import Secret, Workspace
from maestro.workspaces.vault import MIN_LENGTH, use_secret
from scores.actions import read_graph
from scores.document import GraphDocument, NodeDocument

from .models import Orchestra, SecretBinding

MODEL_SLOT = "anthropic_api_key"


@dataclass(frozen=True)
class Filling:
    """What fills a slot: a secret of the vault, or the environment where that is allowed."""

    slot: str
    secret: Secret | None

    @property
    def hosts(self) -> list[str]:
        """Where its owner says that it may be sent; empty: nothing is said."""
        return self.secret.hosts if self.secret is not None else []

    @property
    def provider(self) -> str:
        """The workspace's own Messages API, for its own key; empty: the deployer's."""
        return self.secret.workspace.messages_api_url if self.secret is not None else ""

    def value(self) -> str:
        """NotFound or Misconfigured when the vault cannot give it."""
        if self.secret is not None:
            return use_secret(self.secret)
        value: str = settings.ENVIRONMENT_SECRETS[self.slot]
        if len(value) < MIN_LENGTH:
            name = self.slot.upper()
            raise Misconfigured(f"{name} has fewer than {MIN_LENGTH} characters: it is no key.")
        return value


def fill_slots(
    workspace_id: str, orchestra_id: str | None, slots: Collection[str]
) -> dict[str, Filling]:
    """By slot: the orchestra's binding, else the workspace's secret of that name, else the
    environment's. A slot that nothing fills is left out."""
    in_vault = Secret.objects.filter(workspace=workspace_id).select_related("workspace")
    found = {s.name: s for s in in_vault.filter(name__in=slots, versions__isnull=False).distinct()}
    bindings = SecretBinding.objects.filter(
        workspace=workspace_id, orchestra=orchestra_id, slot__in=slots
    )
    found |= {
        binding.slot: binding.secret for binding in bindings.select_related("secret__workspace")
    }
    filled = {slot: Filling(slot, secret) for slot, secret in found.items()}
    outside = {slot for slot in slots if settings.ENVIRONMENT_SECRETS.get(slot)} - filled.keys()
    if outside:
        lent = outside - _kept_from(workspace_id)
        filled |= {slot: Filling(slot, None) for slot in slots if slot in lent}
    return filled


def needed_slots(document: GraphDocument) -> dict[str, list[str]]:
    """By slot, the keys of the nodes that ask for it: by their operation, or for their agent's
    model and tools."""
    needed: dict[str, list[str]] = {}
    tools = _tools_of(document.nodes)
    for node in document.nodes:
        for slot in dict.fromkeys(_slots_of(node, tools.get(node.key, []))):
            needed.setdefault(slot, []).append(node.key)
    return needed


def slots_of(orchestra: Orchestra) -> dict[str, list[str]]:
    """The needed slots of the version it plays."""
    if not orchestra.score.version:
        return {}
    return needed_slots(read_graph(orchestra.score, orchestra.score_version))


def missing_slots(orchestra: Orchestra) -> dict[str, list[str]]:
    """Those of them that nothing fills."""
    needed = slots_of(orchestra)
    filled = fill_slots(orchestra.workspace_id, orchestra.pk, needed)
    return {slot: nodes for slot, nodes in needed.items() if slot not in filled}


def require_slots(orchestra: Orchestra) -> None:
    """Conflict, with `details["missing"]`, when a slot is empty: its fires could only fail."""
    missing = missing_slots(orchestra)
    if missing:
        named = "; ".join(f"{slot} (for {', '.join(keys)})" for slot, keys in missing.items())
        raise Conflict(
            f"{orchestra} cannot be enabled: no secret fills {named}. Set one in the vault under "
            "the slot's name, or bind one to the slot. A rehearsal needs none.",
            missing=missing,
            place="enabled",
        )


def slots_of_tools(tools: Iterable[str]) -> Iterator[str]:
    """What the operations behind an agent's `allowed_tools` cannot do without."""
    for operation in allowed_operations(tools)[0]:
        yield from (slot.name for slot in operation.secrets if not slot.is_optional)


def _slots_of(node: NodeDocument, tools: Iterable[str]) -> Iterator[str]:
    if node.kind == "llm":
        yield MODEL_SLOT
        yield from slots_of_tools(tools)
    if node.kind == "deterministic":
        try:
            operation = find(node.skill, node.operation)
            slots = operation.slots_for(node.config.get("params", {}))
            yield from (slot.name for slot in slots if not slot.is_optional)
        except UnknownOperation:  # a start says so; here it asks for nothing
            return


def _tools_of(nodes: Iterable[NodeDocument]) -> dict[str, list[str]]:
    """By node key, what its agent may call in the version the node plays."""
    thinking = [node for node in nodes if node.kind == "llm" and node.agent_id]
    agents = {node.agent_id for node in thinking}
    rows = AgentVersion.objects.filter(agent__in=agents).order_by("version")
    tools: dict[tuple[str | None, int | None], list[str]] = {}
    for agent, version, allowed in rows.values_list("agent", "version", "content__allowed_tools"):
        tools[agent, version] = tools[agent, None] = _with_helpers(agent, allowed or [])
    return {node.key: tools.get((node.agent_id, node.agent_version), []) for node in thinking}


def _with_helpers(agent: str, tools: list[str]) -> list[str]:
    """With what the agents among them may call."""
    if not slugs_in(tools):
        return tools
    home = Agent.objects.values_list("workspace", flat=True).get(pk=agent)
    helpers = helpers_below(home, tools).values()
    return [*tools, *(tool for helper in helpers for tool in helper.allowed_tools or [])]


def _kept_from(workspace_id: str) -> set[str]:
    """Slots that the environment does not fill: all where the deployer did not say so, else one
    workspace would spend another's key; the model's where it would go to the workspace's server."""
    workspace = Workspace.objects.filter(pk=workspace_id, settings__env_secrets=True).first()
    if workspace is None:
        return set(settings.ENVIRONMENT_SECRETS)
    return {MODEL_SLOT} if workspace.messages_api_url else set()
