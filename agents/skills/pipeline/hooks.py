"""Registering who hears of moves, trying it, and sending again what did not arrive."""

from django.db import transaction
from django.utils import timezone

from agents.reachability import refuse_as_written
from agents.skills.outcome import JSON
from maestro.cleaning import clean, taken_at_the_same_time
from maestro.errors import Conflict
from maestro.workspaces.audit import record

from .models import Delivery, Hook
from .moves import message

TEST = "pipeline.test"
MAX_HOOKS = 10


@transaction.atomic
def save_hook(hook: Hook, *, by: str) -> Hook:
    """The hook as it is now, new or changed; InvalidInput says which field is wrong, and refuses a new
    address that could never be reached."""
    clean(hook)
    if not Hook.objects.filter(pk=hook.pk, url=hook.url).exists():
        refuse_as_written(hook.url, hook.workspace)
    if hook._state.adding and hook.pipeline.hooks.count() >= MAX_HOOKS:
        raise Conflict(f"A pipeline has at most {MAX_HOOKS} webhooks")
    with taken_at_the_same_time("the address"):
        hook.save()
    record(hook.workspace, by, "hook.saved", hook, _named(hook))
    return hook


@transaction.atomic
def delete_hook(hook: Hook, *, by: str) -> None:
    """With all its deliveries: what waits is not sent."""
    record(hook.workspace, by, "hook.deleted", hook, _named(hook))
    hook.delete()


@transaction.atomic
def send_test(hook: Hook, *, by: str) -> Delivery:
    """A message that tells of nothing, on the way that moves go. Conflict while the hook is off."""
    _refuse_while_off(hook)
    now = timezone.now()
    data: JSON = {"pipeline": {"id": hook.pipeline_id, "slug": hook.pipeline.slug}}
    body = message(TEST, now, data)
    record(hook.workspace, by, "hook.tested", hook, _named(hook))
    return Delivery.objects.create(workspace_id=hook.workspace_id, hook=hook, body=body, due_at=now)


@transaction.atomic
def send_again(delivery: Delivery, *, by: str) -> Delivery:
    """Send at once what waits, was given up or arrived, under its own id; the attempts begin anew."""
    locked = Delivery.objects.select_for_update(of=("self",)).select_related("hook__pipeline")
    row = locked.get(pk=delivery.pk)
    _refuse_while_off(row.hook)
    row.due_at, row.attempts, row.delivered_at, row.error = timezone.now(), 0, None, ""
    row.save(update_fields=["due_at", "attempts", "delivered_at", "error"])
    record(row.workspace, by, "delivery.sent_again", row, _named(row.hook))
    return row


def _refuse_while_off(hook: Hook) -> None:
    if not hook.enabled:
        raise Conflict(f"The webhook to {hook.host} is off; turn it on first")


def _named(hook: Hook) -> JSON:
    """Without the rest of its address, which may be a secret of its own."""
    return {"pipeline": hook.pipeline.slug, "host": hook.host, "enabled": hook.enabled}
