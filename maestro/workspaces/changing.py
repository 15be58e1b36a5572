"""Changing a workspace: what its owners decide for all that is in it."""

from typing import TypedDict

from django.db import transaction

from maestro.cleaning import clean

from .audit import record
from .models import Workspace


class WorkspaceFields(TypedDict, total=False):
    """What is left out stays."""

    name: str
    default_model: str
    monthly_budget_microdollars: int | None


@transaction.atomic
def change_workspace(workspace: Workspace, fields: WorkspaceFields, *, author: str) -> Workspace:
    """The workspace with these fields; InvalidInput says which one is wrong."""
    saved = Workspace.objects.select_for_update().get(pk=workspace.pk)
    for name, value in fields.items():
        if name in WorkspaceFields.__annotations__:
            setattr(saved, name, value)
    clean(saved)
    saved.save()
    record(saved, author, "workspace.changed", saved, {"fields": sorted(fields)})
    return saved
