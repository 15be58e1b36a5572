"""Carrying what hooks are told: from the outbox to the receiver, until it said that it has it.

A delivery is taken for a minute by whoever sends it. Killed meanwhile, it is due again after that, and
goes out under the same id: at least once, and a receiver that keeps ids sees it exactly once.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agents.custody import Custody
from agents.egress import open_way_out
from agents.signing import webhook_headers
from maestro.errors import MaestroError
from maestro.workspaces.models import Level, Notification
from maestro.workspaces.vault import use_secret

from .models import Delivery, Hook

if TYPE_CHECKING:
    from agents.egress import Egress

SECONDS = 10  # that a receiver may take
AGAIN_WITHIN_SECONDS = 2  # a job takes further ones only so long, and so ends within 12 s
MAX_BYTES = 1024 * 1024  # of an answer, of which nothing is kept
# As Standard Webhooks recommends: ten attempts in three days.
WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
GONE = 410
LOCK = 7_304_118  # any number that no other lock has

# One at a time in the whole installation: jobs of the queue are short and its workers few.
LOCKED = f"select pg_try_advisory_lock({LOCK})"
UNLOCK = f"select pg_advisory_unlock({LOCK})"

DUE = """exists (
  select from stage_hooks hook join stage_deliveries waits on waits.hook_id = hook.id
   where hook.enabled and waits.due_at <= clock_timestamp())"""

# At most five of a hook at once: one that is slow or dead holds up nobody else's.
TAKE = """
update stage_deliveries
   set due_at = clock_timestamp() + interval '60 s', attempts = attempts + 1,
       tried_at = clock_timestamp()
 where id = any(array(
   select due.id from stage_hooks hook cross join lateral (
     select id from stage_deliveries
      where hook_id = hook.id and due_at <= clock_timestamp()
      order by due_at limit 5 for update skip locked) as due
    where hook.enabled limit 50))
returning id"""

# What arrived or was given up a month ago; the rest of very much goes the next times. One that a
# person sends again at this moment is locked, and stays.
FORGET = """
delete from stage_deliveries where id = any(array(
  select id from stage_deliveries
   where due_at is null and tried_at < clock_timestamp() - interval '30 days'
   order by tried_at limit 1000 for update skip locked))"""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What became of one attempt; `error` empty: it arrived."""

    status: int | None = None
    error: str = ""
    retry_after: float = 0


def deliver() -> int:
    """Send what is due; how many arrived. Returns at once while another process does it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKED)
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _deliver()
        finally:
            cursor.execute(UNLOCK)


def _deliver() -> int:
    arrived, until = 0, time.monotonic() + AGAIN_WITHIN_SECONDS
    while taken := _take():
        for delivery, heard in zip(taken, _sent(taken), strict=True):
            _settle(delivery, heard)
            arrived += not heard.error
        if time.monotonic() > until:
            break
    return arrived


def _take() -> list[Delivery]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        ids = [row[0] for row in cursor.fetchall()]
    rows = Delivery.objects.filter(pk__in=ids)
    return list(rows.select_related("hook__secret__workspace"))


def _sent(taken: list[Delivery]) -> list[Heard]:
    secrets = [_secret_of(one.hook) for one in taken]  # read here: a loop waits for no database
    return asyncio.run(_send_all(zip(taken, secrets, strict=True)))


def _secret_of(hook: Hook) -> str | Heard:
    try:
        return use_secret(hook.secret)
    except MaestroError as refusal:
        return _refused(refusal)


async def _send_all(letters: Iterable[tuple[Delivery, str | Heard]]) -> list[Heard]:
    async with aclosing(open_way_out()) as http:
        return await asyncio.gather(*(_send(http, *letter) for letter in letters))


async def _send(http: "Egress", delivery: Delivery, secret: str | Heard) -> Heard:
    if isinstance(secret, Heard):
        return secret
    hook = delivery.hook
    body = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":")).encode()
    signed = webhook_headers(delivery.pk, body, secret)
    way = http.within(hook.secret.workspace.egress_hosts)
    try:
        answer = await way.holding(Custody({hook.secret.name: secret}, {})).request(
            "POST",
            hook.url,
            headers={"Content-Type": "application/json", **signed},
            content=body,
            seconds=SECONDS,
            max_bytes=MAX_BYTES,
            is_write=False,  # a repeat under the same id is no second message
            redirects=0,  # a failure there; and most would be followed without the body
        )
    except MaestroError as refusal:
        return _refused(refusal)
    return Heard(status=answer.status)


def _refused(refusal: MaestroError) -> Heard:
    """Of an answer its status alone is kept: what a stranger writes is not ours to show."""
    status, wait = refusal.details.get("status"), refusal.details.get("retry_after")
    return Heard(
        status=status if isinstance(status, int) else None,
        error=refusal.message[:500] or refusal.code,
        retry_after=wait if isinstance(wait, float) else 0,
    )


def _settle(delivery: Delivery, heard: Heard) -> None:
    """Write down what became of an attempt. One that another process has begun since counts instead,
    unless this one arrived."""
    row = Delivery.objects.filter(pk=delivery.pk)
    if not heard.error:
        now = timezone.now()
        row.update(delivered_at=now, due_at=None, status=heard.status, error="")
        return
    wait = _wait(delivery.attempts, heard)
    due = None if wait is None else timezone.now() + timedelta(seconds=wait)
    mine = row.filter(attempts=delivery.attempts, delivered_at=None)
    if mine.update(due_at=due, status=heard.status, error=heard.error) and due is None:
        _give_up(delivery, heard)


def _wait(attempts: int, heard: Heard) -> float | None:
    """Seconds to the next attempt, spread a little; None after the last, and where nobody is any more."""
    if heard.status == GONE or attempts > len(WAITS):
        return None
    return max(WAITS[attempts - 1] * random.uniform(1, 1.1), min(heard.retry_after, WAITS[-1]))


def _give_up(delivery: Delivery, heard: Heard) -> None:
    """Tell people, once a day for each hook; who answers 410 wants no more, and is turned off."""
    hook, today = delivery.hook, timezone.now().date()
    gone = heard.status == GONE
    if gone:
        Hook.objects.filter(pk=hook.pk).update(enabled=False)
    way_on = "It is off now." if gone else "Mend it, then send what was given up again."
    Notification.objects.get_or_create(
        idempotency_key=f"hook:{hook.pk}:{today}",
        defaults={
            "workspace_id": delivery.workspace_id,
            "level": Level.ATTENTION,
            "title": f"A webhook to {hook.host} is not answered"[:80],
            "message": f"{heard.error}. {way_on}",
            "link_url": reverse("admin:pipeline_hook_change", args=[hook.pk]),
            "link_label": "Webhook",
        },
    )
