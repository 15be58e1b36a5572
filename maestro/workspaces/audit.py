"""The one way to write down who did what."""

from typing import Any

from django.db.models import Model

from .models import AuditEntry, Workspace


def record(
    workspace: Workspace, actor: str, action: str, obj: Model, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Add an entry to the audit log, in the caller's transaction and so with the deed.

    `action` is a word like `agent.saved`; `details` hold names and versions, never secrets or prompts.
    """
    return AuditEntry.objects.create(
        workspace=workspace,
        actor=actor,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        details=details or {},
    )
