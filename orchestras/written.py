"""An orchestra as a program writes it: rows by id and name, bindings beside the fields."""

from typing import Any

from django.db import transaction

from maestro.errors import InvalidInput
from maestro.workspaces.models import Secret, Workspace
from scores.models import Score

from .actions import OrchestraFields, bind_secrets, create_orchestra, save_orchestra, set_enabled
from .models import Orchestra

JSON = dict[str, Any]


@transaction.atomic
def create_written(workspace: Workspace, written: JSON, *, author: str) -> Orchestra:
    """A new orchestra with its bindings; InvalidInput says which field is wrong."""
    fields, secrets = _resolved(workspace, written)
    # Bound before it is enabled: that needs its slots filled.
    orchestra = create_orchestra(workspace, {**fields, "enabled": False}, author=author)
    if secrets:
        bind_secrets(orchestra, secrets, author=author)
    if fields.get("enabled"):
        orchestra = set_enabled(orchestra, True, author=author)
    return orchestra


@transaction.atomic
def save_written(orchestra: Orchestra, written: JSON, *, author: str) -> Orchestra:
    """The orchestra with what is written; what is left out stays."""
    fields, secrets = _resolved(orchestra.workspace, written)
    if secrets is not None:
        bind_secrets(orchestra, secrets, author=author)
    return save_orchestra(orchestra, fields, author=author)


def _resolved(
    workspace: Workspace, written: JSON
) -> tuple[OrchestraFields, dict[str, Secret] | None]:
    fields: Any = {
        name: value for name, value in written.items() if name in OrchestraFields.__annotations__
    }
    if "score_id" in written:
        score = Score.objects.in_workspace(workspace).filter(pk=written["score_id"]).first()
        if score is None:
            message = f"This workspace has no score {written['score_id']}"
            raise InvalidInput(message, place="score_id")
        fields["score"] = score
    return fields, _secrets(workspace, written["bindings"]) if "bindings" in written else None


def _secrets(workspace: Workspace, bindings: dict[str, str]) -> dict[str, Secret]:
    found = {
        s.name: s for s in Secret.objects.filter(workspace=workspace, name__in=bindings.values())
    }
    missing = sorted(set(bindings.values()) - found.keys())
    if missing:
        message = f"The vault has no secret {', '.join(map(repr, missing))}"
        raise InvalidInput(message, place="bindings")
    return {slot: found[name] for slot, name in bindings.items()}
