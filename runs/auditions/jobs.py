"""What the queue calls: a few seconds each, and asked again while there is more."""

from runs.queue import ring_softly

from .models import Audition, Status
from .settling import settle

AT_ONCE = 20


def settle_run(run_id: str) -> None:
    """An audition's run has ended."""
    for pk in Audition.objects.filter(run=run_id).values_list("pk", flat=True):
        if settle(pk):
            ring_softly("runs.auditions.jobs.settle_run", None, run_id)


def settle_all() -> None:
    """The minute's net under it: a ring may be lost."""
    playing = Audition.objects.filter(status=Status.PLAYING).order_by("created_at")
    for run_id in playing.values_list("run_id", flat=True)[:AT_ONCE]:
        if run_id is not None:
            ring_softly("runs.auditions.jobs.settle_run", None, run_id)
