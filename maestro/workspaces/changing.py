"""Changing a workspace: what its owners decide for all that is in it."""

from typing import TypedDict

from django.db import connection, transaction

from maestro.cleaning import clean
from maestro.erasing import erase
from maestro.errors import InUse
from maestro.uses import Use, use_by

from .audit import record
from .models import Workspace

HOSTS_CHANNEL = "maestro_egress_hosts"  # players listen, and read the hosts anew


class WorkspaceFields(TypedDict, total=False):
    """What is left out stays."""

    name: str
    default_model: str
    messages_api_url: str
    monthly_budget_microdollars: int | None
    egress_hosts: list[str]


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
    if "egress_hosts" in fields:
        tell_of_hosts()
    return saved


@transaction.atomic
def delete_workspace(workspace: Workspace) -> None:
    """Delete a workspace with all that is in it; InUse names the runs that are not finished."""
    saved = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if used_by := uses_of(saved):
        raise InUse(f"{saved} has {len(used_by)} unfinished runs", used_by=used_by)
    saved.runs.erase()
    erase(saved.contacts.all())
    saved.delete()


def uses_of(workspace: Workspace) -> list[Use]:
    """Its unfinished runs, at most a hundred."""
    return [use_by(run) for run in workspace.runs.unfinished().order_by("queued_at")[:100]]


def tell_of_hosts() -> None:
    """Let the players know, when the transaction is done, that a workspace's hosts have changed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [HOSTS_CHANNEL])
