"""Webhooks and their deliveries on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from maestro.rest.etags import content_tag
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import JSON, Body, Id

from .models import Delivery, Hook


class WebhookIn(Body):
    """`secret_id` signs what is sent, and is itself never sent."""

    url: str = Field(min_length=8, max_length=500)
    secret_id: Id
    enabled: bool = True


class WebhookPatch(Body):
    url: str | None = Field(None, min_length=8, max_length=500)
    secret_id: Id | None = None
    enabled: bool | None = None


class WebhookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    pipeline_id: str
    url: str
    secret_id: str
    enabled: bool
    created_at: datetime
    warnings: list[str] = Field([], description="Of a save: why its address would be refused now.")


class DeliveryQuery(PageQuery):
    state: Literal["delivered", "waiting", "given up"] | None = None


class DeliveryOut(BaseModel):
    """`id` is what `webhook-id` is made of in each attempt; `status` is the receiver's last answer."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    hook_id: str
    state: Literal["delivered", "waiting", "given up"]
    body: JSON
    attempts: int
    status: int | None
    error: str
    created_at: datetime
    tried_at: datetime | None
    due_at: datetime | None
    delivered_at: datetime | None


def webhook_out(hook: Hook, warnings: Sequence[str] = ()) -> WebhookOut:
    return WebhookOut.model_validate(hook).model_copy(update={"warnings": list(warnings)})


def webhook_tag(hook: Hook) -> str:
    return content_tag(webhook_out(hook))


def delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut.model_validate(delivery)
