"""Changing a workspace: what its owners decide for all that is in it."""

from typing import TypedDict

from django.db import connection, transaction

from maestro.cleaning import clean

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


def tell_of_hosts() -> None:
    """Let the players know, when the transaction is done, that a workspace's hosts have changed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [HOSTS_CHANNEL])
