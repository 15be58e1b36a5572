"""Schedules: each fire that is due becomes exactly one run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from orchestras.models import Orchestra
from runs.cluster.keep import Keep
from runs.cluster.tick import tick
from runs.models import Run, RunStatus, Trigger
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .worlds import score, workspace

CLUSTERS = 4


def orchestra(minutes_late: int = 0, **fields: object) -> Orchestra:
    """An orchestra whose fire is due."""
    made = score(graph(step("a", config={"params": {"fields": ["x"]}})))
    due = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes_late)
    fields = {"cron": "* * * * *", "enabled": True, "next_fire_at": due, "input": {"x": 1}} | fields
    return Orchestra.objects.create(
        workspace=workspace(), name="Every minute", score=made, **fields
    )


@pytest.mark.django_db
def test_a_due_fire_starts_one_run_with_the_orchestras_input() -> None:
    due = orchestra()
    at = due.next_fire_at
    Orchestra.objects.update(
        cron=f"{at:%M %H} * * *", misfire="once"
    )  # the minute may end meanwhile

    tick()
    tick()

    run = Run.objects.get()
    assert (run.trigger, run.slot, run.input) == (Trigger.CRON, due.next_fire_at, {"x": 1})
    due.refresh_from_db()
    assert due.last_fire_at == run.slot
    assert run.slot and due.next_fire_at and due.next_fire_at > run.slot


@pytest.mark.django_db(transaction=True)
def test_several_clusters_that_tick_at_once_start_it_once() -> None:
    orchestra(minutes_late=5, misfire="all", overlap="allow")

    def step_in_thread(_: int) -> None:
        tick()
        connection.close()

    with ThreadPoolExecutor(CLUSTERS) as clusters:
        list(clusters.map(step_in_thread, range(CLUSTERS * 3)))

    slots = list(Run.objects.values_list("slot", flat=True))
    assert len(slots) == len(set(slots)) >= 6


@pytest.mark.django_db
def test_a_fire_that_cannot_start_is_a_failed_run_that_says_why() -> None:
    due = orchestra()
    broken = graph(step("a", skill="gone", operation="away"))
    due.score.versions.update(graph=broken.content())

    tick()

    run = Run.objects.get()
    assert (run.status, (run.error or {})["code"]) == (RunStatus.FAILED, "invalid_score")


@pytest.mark.django_db
def test_a_fire_while_one_is_in_progress_is_skipped_and_says_so() -> None:
    orchestra(minutes_late=1, misfire="all")

    tick()

    first, *others = Run.objects.order_by("slot")
    assert first.status == RunStatus.QUEUED
    assert {run.status for run in others} == {RunStatus.SKIPPED}
    assert (others[0].error or {})["details"] == {"runs": [first.id]}


@pytest.mark.django_db
def test_queued_fires_go_one_after_the_other() -> None:
    orchestra(minutes_late=1, misfire="all", overlap="queue")
    tick()
    first, second, *_ = Run.objects.order_by("slot")  # the minute may have ended
    assert (second.status, second.waiting_for) == (RunStatus.WAITING, "overlap")

    Keep(None).step()
    second.refresh_from_db()
    assert second.status == RunStatus.WAITING

    Run.objects.filter(pk=first.pk).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now())
    Keep(None).step()
    second.refresh_from_db()
    assert (second.status, second.waiting_for) == (RunStatus.QUEUED, "")


def test_the_cluster_keeps_the_schedule_by_itself(cluster: RunningCluster) -> None:
    orchestra()

    wait_until(Run.objects.exists)

    assert ended(Run.objects.earliest("queued_at")).status == RunStatus.SUCCEEDED
