"""What the workspace has for fields that name one of its rows: offered in the form, never demanded."""

from collections.abc import Callable

from agents.skills.choices import KEY, Choices
from agents.skills.outcome import JSON
from agents.skills.pipeline.models import Pipeline
from maestro.workspaces.models import Workspace

Offered = list[tuple[str, str]]  # what is typed, and what it is
MOST = 200


def offered_in(workspace: Workspace, schema: JSON) -> dict[str, Offered]:
    """By the kind of choice, for those that fields at the top of the schema ask for: a query each."""
    asked = {part.get(KEY) for part in schema.get("properties", {}).values()}
    return {kind: look(workspace) for kind, look in LOOKS.items() if kind in asked}


def _pipelines(workspace: Workspace) -> Offered:
    return [(one.slug, one.name) for one in _all_pipelines(workspace)]


def _stages(workspace: Workspace) -> Offered:
    return [(stage, one.name) for one in _all_pipelines(workspace) for stage in one.stages]


def _all_pipelines(workspace: Workspace) -> list[Pipeline]:
    return list(Pipeline.objects.in_workspace(workspace).order_by("name")[:MOST])


def _secrets(workspace: Workspace) -> Offered:
    kept = workspace.secrets.order_by("name")[:MOST]
    return [(secret.name, secret.description) for secret in kept]


LOOKS: dict[str, Callable[[Workspace], Offered]] = {
    Choices.PIPELINES: _pipelines,
    Choices.STAGES: _stages,
    Choices.SECRETS: _secrets,
}
