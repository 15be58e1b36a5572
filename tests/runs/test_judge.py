"""When a queue is found to be stuck: by what it does, and with patience where nobody could know."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from runs.cluster import judge as room
from runs.cluster.judge import Judge
from runs.machine import machine
from runs.models import Cluster
from runs.queue import beat_list

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """The judge's own, which stands still by itself; the database has another."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(room, "now", clock)
    return clock


@pytest.fixture
def judge(clock: Clock) -> Iterator[Judge]:
    judge = Judge("cl")
    yield judge
    judge.disconnect()


def queue(**columns: object) -> Cluster:
    """One that was started long ago."""
    started = timezone.now() - timedelta(hours=1)
    return Cluster.objects.create(id="cl", host=machine(), pid=1, started=started, **columns)


def seconds_until_stuck(judge: Judge, clock: Clock) -> float:
    """By the judge's clock, looked at every four seconds."""
    began = clock.seconds
    while clock.seconds < began + 100:
        clock.seconds += 4
        if judge.finds_it_stuck():
            break
    return clock.seconds - began


def test_the_first_beat_is_awaited_longer_each_time_later_ones_ten_seconds(
    judge: Judge, clock: Clock
) -> None:
    row = queue()
    waited = []
    for _ in range(4):
        judge.expect_first_beat()
        waited.append(seconds_until_stuck(judge, clock))
    assert waited == [16, 32, 64, 64]

    judge.be_patient()
    Cluster.objects.filter(pk=row.pk).update(last_beat=row.started)
    assert seconds_until_stuck(judge, clock) == 12


def test_beats_that_are_carried_out_but_never_acknowledged_are_a_sign(
    judge: Judge, clock: Clock
) -> None:
    queue(last_beat=timezone.now() + timedelta(minutes=5))  # just now, however long this takes
    for _ in range(10):
        clock.seconds += 4
        assert not judge.finds_it_stuck()
    taken = timezone.now() + timedelta(seconds=Conf.RETRY - 10)
    for _ in range(2):
        assert not judge.finds_it_stuck()
        OrmQ.objects.create(key=beat_list("cl"), payload="", lock=taken)

    assert judge.finds_it_stuck()


def test_after_a_gap_of_its_own_it_is_patient(judge: Judge, clock: Clock) -> None:
    queue(last_beat=timezone.now() - timedelta(minutes=5))
    clock.seconds += 300

    assert seconds_until_stuck(judge, clock) == 4 + 12  # from its first look
