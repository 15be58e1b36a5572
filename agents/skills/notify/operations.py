"""The skill `notify`: tells the people of the workspace, inside the admin."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.storable import Line, Payload, Prose
from agents.skills.template import fill
from maestro.workspaces.models import Level, Notification

skill = Skill(
    name="notify",
    version="1.0.0",
    description="Tell the people of this workspace, with a link to the run.",
    icon="notifications",
)
SAMPLE = Sample({"notification_id": "no_sample"})
TITLE_LENGTH = 80


class NotifyInput(BaseModel):
    """Any other field can be named in the two texts."""

    model_config = ConfigDict(extra="allow")

    title: Line = Field(description="Text with places like {name}; cut at 80 characters.")
    message: Prose = Field("", description="Text with places like {name}.")
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
    values: dict[str, Any] = input.model_extra or {}
    title = " ".join(fill(input.title, values).split())
    notification, _ = Notification.objects.get_or_create(
        idempotency_key=context.idempotency_key,
        defaults={
            "workspace_id": context.workspace_id,
            "level": level,
            "title": title[:TITLE_LENGTH] or "(no title)",
            "message": fill(input.message, values),
            "link_url": context.run_url,
            "link_label": input.link_label,
            "payload": input.payload,
            "run_id": context.run_id,
        },
    )
    return NotifyOutput(notification_id=notification.pk)
