"""How much of each budget is spent and held now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from runs.models import Account, Reservation, Run, RunQuerySet, RunStatus, Trial

from .caps import Cap, Scope

EVER = date(1970, 1, 1)
HEAVY = ("pins", "input", "output")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call's money is booked: in a run's tree, an orchestra and a workspace."""

    workspace: Workspace
    orchestra: Orchestra | None
    root: Run | None
    month: date

    @property
    def budgets(self) -> list[tuple[Scope, str, date, int | None]]:
        """(scope, id, month, allowed) of each, the narrowest first."""
        found: list[tuple[Scope, str, date, int | None]] = []
        if self.root is not None:
            found.append(("run", self.root.pk, EVER, self.root.budget_microdollars))
        if (held := self.orchestra) is not None:
            found.append(("orchestra", held.pk, self.month, held.budget_microdollars))
        home = self.workspace
        found.append(("workspace", home.pk, self.month, home.monthly_budget_microdollars))
        return found


def booked_runs() -> RunQuerySet:
    """Runs with all that `place_of` looks at, and without what is heavy."""
    heavy = [f"{whose}{name}" for whose in ("", "root_run__") for name in HEAVY]
    return Run.objects.select_related("root_run", "orchestra", "workspace").defer(*heavy)


def place_of(run: Run) -> Place:
    """Of one of `booked_runs`."""
    root = run.root_run or run
    return Place(run.workspace, run.orchestra, root, this_month(run.workspace))


def this_month(workspace: Workspace, now: datetime | None = None) -> date:
    """The first day of the month where the workspace is."""
    today = (now or timezone.now()).astimezone(ZoneInfo(workspace.time_zone)).date()
    return today.replace(day=1)


def caps_of_run(run: Run) -> list[Cap]:
    """Of the run's tree, its orchestra and its workspace; three queries."""
    return standing(place_of(booked_runs().get(pk=run.pk)))


def caps_of_orchestra(orchestra: Orchestra) -> list[Cap]:
    home = orchestra.workspace
    return standing(Place(home, orchestra, None, this_month(home)))


def caps_of_workspace(workspace: Workspace) -> list[Cap]:
    return standing(Place(workspace, None, None, this_month(workspace)))


def standing(place: Place) -> list[Cap]:
    """Each budget of the place, also one without a limit."""
    accounts = spent_by_scope(place)
    held = open_reservations(place)
    return [
        Cap(scope, pk, allowed, _spent(accounts, place, scope, pk), held[scope])
        for scope, pk, _, allowed in place.budgets
    ]


def spent_by_scope(place: Place) -> dict[str, int]:
    """By id, of the accounts that have been opened."""
    scopes = [Q(scope=pk, month=month) for _, pk, month, _ in place.budgets]
    found = Account.objects.filter(_any(scopes))
    return dict(found.values_list("scope", "spent"))


def open_reservations(place: Place) -> dict[str, int]:
    """By scope, what calls in flight may still cost. Those of a dead player count no more."""
    in_flight = Reservation.objects.filter(
        workspace=place.workspace, run__fence=F("fence"), run__status=RunStatus.RUNNING
    )
    root = place.root.pk if place.root else ""
    orchestra = place.orchestra.pk if place.orchestra else ""
    held = in_flight.aggregate(
        run=Sum("microdollars", filter=Q(root_id=root), default=0),
        orchestra=Sum("microdollars", filter=Q(orchestra_id=orchestra), default=0),
        workspace=Sum("microdollars", default=0),
    )
    tried = Trial.objects.filter(workspace=place.workspace, held_until__gt=timezone.now())
    held["workspace"] += tried.aggregate(sum=Sum("held_microdollars", default=0))["sum"]
    return held


def recorded(place: Place, scope: str) -> int:
    """What the rows of runs, and of trials by hand, say was spent: an account begins with it."""
    spent: int = _runs_of(place, scope).aggregate(sum=Sum("cost_microdollars", default=0))["sum"]
    return spent + (_tried(place) if scope == "workspace" else 0)


def _tried(place: Place) -> int:
    trials = Trial.objects.filter(workspace=place.workspace, at__gte=_begin(place))
    spent: int = trials.aggregate(sum=Sum("cost_microdollars", default=0))["sum"]
    return spent


def _begin(place: Place) -> datetime:
    zone = ZoneInfo(place.workspace.time_zone)
    return datetime(place.month.year, place.month.month, 1, tzinfo=zone)


def _runs_of(place: Place, scope: str) -> QuerySet[Run]:
    if scope == "run":
        root = place.root
        return Run.objects.filter(Q(pk=root) | Q(root_run=root))
    runs = Run.objects.filter(workspace=place.workspace, queued_at__gte=_begin(place))
    return runs.filter(orchestra=place.orchestra) if scope == "orchestra" else runs


def _spent(accounts: dict[str, int], place: Place, scope: str, pk: str) -> int:
    return accounts[pk] if pk in accounts else recorded(place, scope)


def _any(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole
