"""The operations of `notify`: inside Maestro here, outside of it in the modules beside."""

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.notify import mail, messages  # noqa: F401  # they declare their operations
from agents.skills.notify.manifest import Told, skill
from agents.skills.operation import Effect, Sample
from agents.skills.storable import Line, Payload
from maestro.workspaces.models import Level, Notification

__all__ = ["skill"]

SAMPLE = Sample({"notification_id": "no_sample"})


class NotifyInput(Told):
    link_label: Line = Field("View", max_length=80)
    payload: Payload = Field(default_factory=dict)


class NotifyOutput(BaseModel):
    notification_id: str


@skill.operation(effect=Effect.LOCAL, sample=SAMPLE)
def send_event(input: NotifyInput, context: Context) -> NotifyOutput:
    """Tell of something that happened."""
    return _send(Level.EVENT, input, context)


@skill.operation(effect=Effect.LOCAL, sample=SAMPLE)
def send_attention(input: NotifyInput, context: Context) -> NotifyOutput:
    """Ask for attention: a person should look."""
    return _send(Level.ATTENTION, input, context)


def _send(level: Level, input: NotifyInput, context: Context) -> NotifyOutput:
    """One notification per idempotency key, however often it is asked for."""
    notification, _ = Notification.objects.get_or_create(
        idempotency_key=context.idempotency_key,
        defaults={
            "workspace_id": context.workspace_id,
            "level": level,
            "title": input.filled_title(),
            "message": input.filled_message(),
            "link_url": context.run_url,
            "link_label": input.link_label,
            "payload": input.payload,
            "run_id": context.run_id,
        },
    )
    return NotifyOutput(notification_id=notification.pk)
