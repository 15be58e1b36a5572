"""The rows that a caller may see."""

from maestro.workspaces.bearer import ApiRequest
from maestro.workspaces.models import WorkspaceQuerySet

from ..models import Contact, Delivery, DeliveryQuerySet, Hook, Pipeline


def pipelines(request: ApiRequest) -> "WorkspaceQuerySet[Pipeline]":
    return Pipeline.objects.in_workspace(request.auth.workspace)


def contacts(request: ApiRequest) -> "WorkspaceQuerySet[Contact]":
    rows = Contact.objects.in_workspace(request.auth.workspace)
    return rows.select_related("company", "pipeline", "workspace")


def hooks(request: ApiRequest) -> "WorkspaceQuerySet[Hook]":
    rows = Hook.objects.in_workspace(request.auth.workspace)
    return rows.select_related("pipeline", "workspace")


def deliveries(request: ApiRequest) -> DeliveryQuerySet:
    return Delivery.objects.in_workspace(request.auth.workspace)
