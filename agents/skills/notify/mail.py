"""Telling people by mail, with a link to the run."""

from django.contrib.auth import get_user_model
from pydantic import Field

from agents.skills.context import Context
from agents.skills.email.message import Addresses
from agents.skills.email.operations import SendInput, SendOutput, keeps, send_email
from agents.skills.notify.manifest import Told, link_to, skill
from agents.skills.operation import Effect, Sample
from maestro.errors import InvalidNodeInput


class MailInput(Told):
    to: Addresses = Field(
        default_factory=list, description="Empty: everybody of the workspace who has an address."
    )


@skill.operation(
    effect=Effect.WRITE,
    idempotent=keeps,
    retryable=True,
    mails=True,
    timeout_seconds=120,
    sample=Sample({"message_id": "<sample@localhost>", "kept": False}),
)
def send_mail(input: MailInput, context: Context) -> SendOutput:
    """Tell people by mail; without addresses, the people of the workspace."""
    to = input.to or _members(context.workspace_id)
    if not to:
        raise InvalidNodeInput("Nobody of the workspace has an address; say `to` whom")
    body = f"{input.filled_message()}\n\n{link_to(context)}\n".lstrip()
    mail = {"to": to, "subject": input.filled_title(), "body": body}
    return send_email(SendInput.model_validate(mail), context)


def _members(workspace_id: str) -> list[str]:
    people = get_user_model().objects.filter(memberships__workspace=workspace_id, is_active=True)
    return sorted(people.exclude(email="").values_list("email", flat=True).distinct())
