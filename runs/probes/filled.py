"""Which slots a secret fills, and who asks for them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agents.skills.mcp.models import McpServer
from agents.skills.registry import skills
from agents.skills.slot import Slot
from maestro.workspaces.filling import MODEL_SLOT
from maestro.workspaces.models import Secret
from scores.models import Node


@dataclass(frozen=True)
class Filled:
    """`server` is the MCP server that it proves us to; then the slot is the secret's own name."""

    slot: Slot
    asked_by: str
    server: McpServer | None = None

    @property
    def can_be_tested(self) -> bool:
        known = self.server is not None or self.slot.name == MODEL_SLOT
        return known or self.slot.probe is not None


def filled_by(secret: Secret) -> list[Filled]:
    """Those of its own name, those that orchestras bind it to, and the MCP servers that are asked
    with it; each once. Three queries."""
    names = {secret.name, *(binding.slot for binding in secret.bindings.all())}
    servers = [
        Filled(Slot(secret.name), f"mcp.{server.name}", server)
        for server in secret.mcp_servers.select_related("secret")
    ]
    return [*asking_for(names, secret.workspace_id), *servers]


def asking_for(slots: Collection[str], workspace_id: str) -> list[Filled]:
    """The skills, models and nodes that ask for these slots, each once. One query."""
    found = [one for one in (*_declared(), *_named(workspace_id)) if one.slot.name in slots]
    return list({(one.slot.name, one.asked_by): one for one in found}.values())


def _declared() -> Iterator[Filled]:
    for skill in skills():
        for slot in skill.secrets:
            yield Filled(slot, "models" if slot.name == MODEL_SLOT else skill.name)


def _named(workspace_id: str) -> Iterator[Filled]:
    """Slots that only the params of a node name."""
    naming = {
        (skill.name, operation.name): operation
        for skill in skills()
        for operation in skill.operations.values()
        if operation.names_secret
    }
    nodes = Node.objects.filter(workspace=workspace_id, skill__in={skill for skill, _ in naming})
    for skill, name, config in nodes.values_list("skill", "operation", "config"):
        operation = naming.get((skill, name))
        if operation is not None:
            declared = operation.slots_for(config.get("params", {}))
            yield from (Filled(slot, skill) for slot in declared[len(operation.secrets) :])
