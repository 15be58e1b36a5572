"""Who hears of a pipeline's moves, and what became of each message, over REST."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from agents.reachability import doubt_about
from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import Secret

from ..hook_schemas import (
    DeliveryOut,
    DeliveryQuery,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    delivery_out,
    webhook_out,
    webhook_tag,
)
from ..hooks import delete_hook, save_hook, send_again, send_test
from ..models import Hook
from .rows import deliveries, hooks, pipelines

router = Router()


@router.get(
    "/pipelines/{pipeline_id}/webhooks", response=Page[WebhookOut], auth=can("pipeline:read")
)
def list_webhooks(
    request: ApiRequest, pipeline_id: Id, query: Query[PageQuery]
) -> Page[WebhookOut]:
    """Who is told when a contact changes its stage."""
    rows = hooks(request).filter(pipeline=find(pipelines(request), pipeline_id))
    return page(Page[WebhookOut], rows, query, webhook_out)


@router.post(
    "/pipelines/{pipeline_id}/webhooks", response={201: WebhookOut}, auth=can("pipeline:write")
)
def create_webhook(
    request: ApiRequest, response: HttpResponse, pipeline_id: Id, body: WebhookIn
) -> Status[WebhookOut]:
    """Each move from now on is told to it, signed as docs/skills.md says."""
    pipeline = find(pipelines(request), pipeline_id)
    hook = Hook(workspace=request.auth.workspace, pipeline=pipeline)
    saved = _saved(request, hook, body)
    response["Location"] = reverse("api:get_webhook", args=[saved.pk])
    return Status(201, _shown(response, saved, _doubts(saved)))


@router.get("/webhooks/{webhook_id}", response=WebhookOut, auth=can("pipeline:read"))
def get_webhook(request: ApiRequest, response: HttpResponse, webhook_id: Id) -> WebhookOut:
    return _shown(response, find(hooks(request), webhook_id))


@router.patch("/webhooks/{webhook_id}", response=WebhookOut, auth=can("pipeline:write"))
def patch_webhook(
    request: ApiRequest,
    response: HttpResponse,
    webhook_id: Id,
    body: WebhookPatch,
    if_match: IfMatch,
) -> WebhookOut:
    """What waits goes to the address it has by then, signed with the secret it has by then."""
    with seen(hooks(request), webhook_id, if_match, webhook_tag) as hook:
        _saved(request, hook, body)
    return _shown(response, hook, _doubts(hook) if body.url else ())


@router.delete("/webhooks/{webhook_id}", response={204: None}, auth=can("pipeline:write"))
def drop_webhook(request: ApiRequest, webhook_id: Id, if_match: IfMatch) -> Status[None]:
    """What still waits for it is not sent."""
    with seen(hooks(request), webhook_id, if_match, webhook_tag) as hook:
        delete_hook(hook, by=author(request))
    return Status(204, None)


@router.post("/webhooks/{webhook_id}/test", response={201: DeliveryOut}, auth=can("pipeline:write"))
def test_webhook(request: ApiRequest, webhook_id: Id) -> Status[DeliveryOut]:
    """Sends `pipeline.test` within seconds, on the way that moves go; the delivery tells how it went."""
    return Status(
        201, delivery_out(send_test(find(hooks(request), webhook_id), by=author(request)))
    )


@router.get(
    "/webhooks/{webhook_id}/deliveries", response=Page[DeliveryOut], auth=can("pipeline:read")
)
def list_deliveries(
    request: ApiRequest, webhook_id: Id, query: Query[DeliveryQuery]
) -> Page[DeliveryOut]:
    """What it was told, newest first, with how each message fared."""
    rows = deliveries(request).filter(hook=find(hooks(request), webhook_id))
    chosen = rows.in_state(query.state) if query.state else rows
    return page(Page[DeliveryOut], chosen, query, delivery_out)


@router.post("/deliveries/{delivery_id}/send", response=DeliveryOut, auth=can("pipeline:write"))
def send_delivery_again(request: ApiRequest, delivery_id: Id) -> DeliveryOut:
    """At once, under the id it always had, whatever became of it before."""
    return delivery_out(send_again(find(deliveries(request), delivery_id), by=author(request)))


def _saved(request: ApiRequest, hook: Hook, body: WebhookIn | WebhookPatch) -> Hook:
    if body.secret_id is not None:
        secrets = Secret.objects.filter(workspace=request.auth.workspace)
        hook.secret = find(secrets, body.secret_id)
    hook.url = hook.url if body.url is None else body.url
    hook.enabled = hook.enabled if body.enabled is None else body.enabled
    return save_hook(hook, by=author(request))


def _doubts(hook: Hook) -> list[str]:
    doubt = doubt_about(hook.url, hook.workspace)
    return [doubt] if doubt else []


def _shown(response: HttpResponse, hook: Hook, warnings: Sequence[str] = ()) -> WebhookOut:
    response["ETag"] = webhook_tag(hook)
    return webhook_out(hook, warnings)
