"""Telling a chat or a program: a message to a Slack-compatible webhook, or one of our own, signed."""

import json
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from agents.answer import Answer, said_in
from agents.signing import message_id, webhook_headers
from agents.skills.choices import Choices, offering
from agents.skills.context import Context
from agents.skills.notify.manifest import Told, link_to, skill
from agents.skills.operation import Effect, Sample
from agents.skills.storable import Payload
from agents.skills.template import fill
from maestro.errors import InvalidNodeInput, OutcomeUnknown, ServiceRefused

SLOT = r"^[A-Za-z0-9_-]{1,80}$"


class SlackInput(Told):
    secret: str = Field(
        pattern=SLOT,
        description="The slot with the webhook's address, which is a secret.",
        json_schema_extra=offering(Choices.SECRETS),
    )
    title: str = Field("", max_length=2_000, description="Text with places like {name}, in bold.")


class SlackOutput(BaseModel):
    status: int


@skill.operation(
    effect=Effect.WRITE,
    names_secret="secret",
    retryable=True,  # what it reports as an error was certainly not posted, or is outcome_unknown
    sample=Sample({"status": 200}),
)
async def send_slack(input: SlackInput, context: Context) -> SlackOutput:
    """Post a message to a chat by an incoming webhook, as Slack, Mattermost and Rocket.Chat have it.

    What is filled into the places is shown as it is: it can mention nobody and link nowhere.
    Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, and for
    escaping https://docs.slack.dev/messaging/formatting-message-text
    """
    address = context.secret(input.secret)
    if urlsplit(address).scheme != "https":
        raise InvalidNodeInput(f"The secret {input.secret} is no address like https://hooks.…")
    values = input.model_extra or {}
    title, message = (fill(text, values, _escaped).strip() for text in (input.title, input.message))
    text = "\n".join(filter(None, [title and f"*{title}*", message, f"<{link_to(context)}>"]))
    try:
        answer = await context.http.request("POST", address, json={"text": text}, redirects=0)
        _check_posted(answer, input.secret)
    except ServiceRefused as refusal:
        said = said_in(str(refusal.details.get("said", ""))) or refusal.message
        raise ServiceRefused(
            f"The chat does not take it: {said}. Look "
            f"whether the webhook in {input.secret} is still there.",
            **refusal.details,
        ) from None
    return SlackOutput(status=answer.status)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _check_posted(answer: Answer, slot: str) -> None:
    """ServiceRefused for a chat that says no, OutcomeUnknown for what is no chat.

    Slack, Mattermost and Discord say `ok`, as text/html; Rocket.Chat says `{"success": true}`.
    """
    said = answer.body.strip()
    if said.startswith(b"<"):
        message = f"A web page answered, not a chat: look whether the address in {slot} is whole"
        raise OutcomeUnknown(message, status=answer.status)
    try:
        told = answer.json() if said.startswith(b"{") else {}
    except ServiceRefused:
        message = "The chat's answer is broken: it may have posted the message"
        raise OutcomeUnknown(message, status=answer.status) from None
    if told.get("ok") is False or told.get("success") is False:
        raise ServiceRefused(f"it answered {answer.status}", said=said.decode(errors="replace"))


class WebhookInput(BaseModel):
    url: str = Field(description="Begins with https:// or http://.")
    payload: Payload = Field(default_factory=dict, description="Sent as JSON.")
    type: str = Field("maestro.event", max_length=200, description="What the receiver goes by.")
    signing_secret: str | None = Field(
        None,
        pattern=SLOT,
        description="The slot of the secret that signs it; itself never sent.",
        json_schema_extra=offering(Choices.SECRETS),
    )


class WebhookOutput(BaseModel):
    status: int
    id: str = Field(description="Of this message, the same when it is sent again.")


@skill.operation(
    effect=Effect.WRITE,
    names_secret="signing_secret",
    idempotent=True,  # the receiver knows a repeat by its id
    retryable=True,
    sample=Sample({"status": 200, "id": "msg_sample"}),
)
async def send_webhook(input: WebhookInput, context: Context) -> WebhookOutput:
    """Tell a program: JSON with an id, a time and, with a secret, a signature (Standard Webhooks).

    An attempt again carries the same `webhook-id`, by which the receiver knows it.
    """
    told: dict[str, Any] = {"type": input.type, "run_id": context.run_id, "data": input.payload}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    secret = context.secret(input.signing_secret) if input.signing_secret else ""
    key = context.idempotency_key
    headers = {"Content-Type": "application/json", **webhook_headers(key, body, secret)}
    answer = await context.http.request(
        "POST", input.url, headers=headers, content=body, redirects=0
    )
    return WebhookOutput(status=answer.status, id=message_id(key))
