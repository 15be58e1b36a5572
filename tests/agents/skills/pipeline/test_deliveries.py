"""What webhooks are told arrives: signed, tried again under one id, given up loudly."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from agents.signing import message_id
from agents.skills.pipeline.deliveries import DUE, WAITS, Heard, _wait, deliver
from agents.skills.pipeline.hooks import save_hook, send_again, send_test
from agents.skills.pipeline.models import Delivery, Hook, Pipeline
from maestro.errors import Conflict
from maestro.workspaces.models import Notification
from maestro.workspaces.vault import set_secret
from tests.agents.far_end import FarEnd, serving

KEY = "canary-signing-key"


@pytest.fixture
def receiver() -> Iterator[FarEnd]:
    with serving() as far_end:
        yield far_end


@pytest.fixture
def hook(pipeline: Pipeline, receiver: FarEnd, settings: Settings) -> Hook:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    return hook_to(pipeline, f"{receiver.url}/json/moves")


def hook_to(pipeline: Pipeline, url: str) -> Hook:
    secret = set_secret(pipeline.workspace, "moves-key", KEY, by="ada")
    workspace = pipeline.workspace
    return save_hook(Hook(workspace=workspace, pipeline=pipeline, url=url, secret=secret), by="ada")


def is_due() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select {DUE}")
        return bool(cursor.fetchone()[0])


def let_time_pass(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_message_arrives_signed_and_its_secret_does_not(hook: Hook, receiver: FarEnd) -> None:
    delivery = send_test(hook, by="ada")
    assert is_due()

    assert deliver() == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    assert not is_due()
    asked = receiver.seen[0]
    headers, body = asked["headers"], asked["body"]
    assert headers["webhook-id"] == message_id(delivery.pk)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.digest(KEY.encode(), signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert KEY not in str(receiver.seen)


def test_what_fails_is_tried_again_later_under_the_same_id(
    pipeline: Pipeline, hook: Hook, receiver: FarEnd
) -> None:
    hook.url = f"{receiver.url}/status/503/90"
    save_hook(hook, by="ada")
    delivery = send_test(hook, by="ada")
    assert deliver() == 0
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert delivery.error == "127.0.0.1 answered 503"
    assert delivery.due_at is not None
    assert delivery.due_at > timezone.now() + timedelta(seconds=80)  # as Retry-After asks
    assert deliver() == 0
    assert len(receiver.seen) == 1

    hook.url = f"{receiver.url}/json/moves"
    save_hook(hook, by="ada")
    let_time_pass(delivery)
    assert deliver() == 1
    assert len({one["headers"]["webhook-id"] for one in receiver.seen}) == 1


def test_what_was_taken_by_a_sender_that_died_is_sent_by_another(
    hook: Hook, receiver: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = send_test(hook, by="ada")

    def dies(taken: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("agents.skills.pipeline.deliveries._sent", dies)
        with pytest.raises(SystemExit):
            deliver()
    assert deliver() == 0  # for a minute it may still be under way
    let_time_pass(delivery)
    assert deliver() == 1


def test_after_the_last_attempt_people_are_told_and_can_send_it_again(
    hook: Hook, receiver: FarEnd
) -> None:
    hook.url = f"{receiver.url}/status/400"
    save_hook(hook, by="ada")
    for _ in range(2):
        delivery = send_test(hook, by="ada")
        Delivery.objects.filter(pk=delivery.pk).update(attempts=len(WAITS))
    deliver()
    assert list(Delivery.objects.in_state("given up")) == list(Delivery.objects.all())
    told = Notification.objects.get()  # one for a hook and day
    assert (told.level, told.title) == ("attention", "A webhook to 127.0.0.1 is not answered")

    hook.url = f"{receiver.url}/json/moves"
    save_hook(hook, by="ada")
    again = send_again(Delivery.objects.order_by("pk")[0], by="ada")
    assert deliver() == 1
    assert receiver.seen[-1]["headers"]["webhook-id"] == message_id(again.pk)


def test_who_is_gone_is_asked_no_more(hook: Hook, receiver: FarEnd) -> None:
    hook.url = f"{receiver.url}/status/410"
    save_hook(hook, by="ada")
    send_test(hook, by="ada")
    deliver()
    hook.refresh_from_db()
    assert not hook.enabled
    with pytest.raises(Conflict, match="is off"):
        send_test(hook, by="ada")


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data", "http://localhost:5432/", "{}/text/{}"]
)
def test_what_egress_refuses_is_not_sent_and_said_so(
    url: str, pipeline: Pipeline, receiver: FarEnd, settings: Settings
) -> None:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"] if "{}" in url else []
    hook = hook_to(pipeline, "https://hooks.example.com")
    hook.url = url.format(receiver.url, KEY)
    hook.save()  # as one that was saved while the deployer still allowed it
    delivery = send_test(hook, by="ada")
    assert deliver() == 0
    delivery.refresh_from_db()
    assert delivery.error
    assert delivery.status is None
    assert KEY not in delivery.error
    assert not receiver.seen


def test_many_for_one_that_is_slow_hold_up_nobody_else(
    pipeline: Pipeline, hook: Hook, receiver: FarEnd
) -> None:
    dead = hook_to(pipeline, f"{receiver.url}/status/500")
    for _ in range(12):
        send_test(dead, by="ada")
    send_test(hook, by="ada")
    assert deliver() == 1
    assert len(receiver.seen) == 13


def test_attempts_are_spread_over_three_days() -> None:
    failed = Heard(error="no")
    waits = [_wait(attempt, failed) for attempt in range(1, 11)]
    assert waits[-1] is None
    assert all(wait is not None and wait >= WAITS[n] for n, wait in enumerate(waits[:-1]))
