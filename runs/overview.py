"""The numbers of the home page: only what the rows say, each with the list it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from maestro.workspaces.models import Notification, Workspace
from orchestras.models import Orchestra
from runs.models import Cluster, Run, RunStatus, Trial

BEAT_IS_LATE = timedelta(seconds=30)
SHOWN = 6
# A write cut in half, a gate, a budget: nothing goes on until somebody decides.
ASKED = ("gate", "budget")
FOR_A_PERSON = Q(status=RunStatus.NEEDS_ATTENTION) | Q(
    status=RunStatus.WAITING, waiting_for__in=ASKED
)

ON_ITS_OWN = Q(parent_run__isnull=True)


@dataclass(frozen=True)
class Today:
    """Since midnight in the workspace's zone."""

    since: datetime
    runs: int
    failed: int
    cost: int
    tried: int  # of the cost, by trials by hand


@dataclass(frozen=True)
class Queue:
    """Runs that are not finished, by what they do."""

    queued: int
    running: int
    waiting: int
    attention: int
    oldest_queued: datetime | None


@dataclass(frozen=True)
class Overview:
    """`clusters` beat for the whole installation; everything else is the workspace's."""

    today: Today
    queue: Queue
    clusters: int
    last_beat: datetime | None
    fires: list[Orchestra]
    recent: list[Run]
    asking: list[Run]
    unread: list[Notification]
    unread_count: int

    @property
    def cluster_words(self) -> str:
        return "1 cluster beats" if self.clusters == 1 else f"{self.clusters} clusters beat"


def overview(workspace: Workspace) -> Overview:
    """Nine queries, however much there is."""
    runs = Run.objects.filter(workspace=workspace)
    listed = runs.defer("input", "output", "pins").select_related("score", "orchestra")
    fires = workspace.orchestras.filter(enabled=True, next_fire_at__isnull=False)
    unread = workspace.notifications.filter(read_at__isnull=True)
    beats = Cluster.objects.filter(last_beat__gt=timezone.now() - BEAT_IS_LATE).count()
    return Overview(
        today=_today(workspace, runs),
        queue=_queue(runs),
        clusters=beats,
        last_beat=Cluster.objects.aggregate(at=Max("last_beat"))["at"],
        fires=list(fires.order_by("next_fire_at")[:SHOWN]),
        recent=list(listed.on_its_own().order_by("-queued_at", "-id")[:SHOWN]),
        asking=list(listed.filter(FOR_A_PERSON)[:SHOWN]),
        unread=list(unread.order_by("-created_at")[:SHOWN]),
        unread_count=unread.count(),
    )


def _today(workspace: Workspace, runs: QuerySet[Run]) -> Today:
    """What runs of subscores cost counts; they themselves do not, beside those they are part of."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counted = runs.filter(queued_at__gte=midnight).aggregate(
        runs=Count("pk", filter=ON_ITS_OWN),
        failed=Count("pk", filter=ON_ITS_OWN & Q(status=RunStatus.FAILED)),
        cost=Sum("cost_microdollars", default=0),
    )
    trials = Trial.objects.filter(workspace=workspace, at__gte=midnight)
    tried: int = trials.aggregate(cost=Sum("cost_microdollars", default=0))["cost"]
    return Today(midnight, counted["runs"], counted["failed"], counted["cost"] + tried, tried)


def _queue(runs: QuerySet[Run]) -> Queue:
    unfinished = runs.exclude(status__in=RunStatus.final())
    counted = unfinished.aggregate(
        queued=Count("pk", filter=Q(status=RunStatus.QUEUED)),
        running=Count("pk", filter=Q(status=RunStatus.RUNNING)),
        waiting=Count("pk", filter=Q(status=RunStatus.WAITING)),
        attention=Count("pk", filter=Q(status=RunStatus.NEEDS_ATTENTION)),
        oldest_queued=Min("queued_at", filter=Q(status=RunStatus.QUEUED)),
    )
    return Queue(**counted)
