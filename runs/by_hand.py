"""A call outside of any run: what an operation is told that a person tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.skills.context import Context
from maestro.errors import MissingSecret
from maestro.ids import new_id
from maestro.workspaces.models import Workspace

if TYPE_CHECKING:
    from agents.egress import Egress


def context_by_hand(workspace: Workspace, http: Egress) -> Context:
    """Without secrets; the way out narrowed to what the workspace lets its skills reach."""
    run_id = new_id("try")
    return Context(
        run_id=run_id,
        node_key="trial",
        iteration="",
        workspace_id=workspace.pk,
        idempotency_key=f"{workspace.pk}/{run_id}/trial",
        run_url="/admin/catalog/",
        secret=_no_secret,
        http=http.within(workspace.egress_hosts),
    )


def _no_secret(slot: str) -> str:
    raise MissingSecret(f"The skill does not declare the slot {slot}.", slot=slot)
