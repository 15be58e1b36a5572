"""Runs of one orchestra beside one another: allowed, one after the other, or not at all."""

from typing import Any

from maestro.errors import Conflict
from orchestras.models import Orchestra, Overlap
from runs.models import Run, RunStatus

from .saving import save, save_finished, save_queued

JSON = dict[str, Any]
SHOWN = 5


def lock_orchestra(pk: str | None) -> Orchestra | None:
    """Locked until the transaction ends, so that "is one in progress?" and the insert are one decision."""
    orchestras = Orchestra.objects.select_for_update(no_key=True, of=("self",))
    return orchestras.select_related("score", "workspace").filter(pk=pk).first()


def save_by_policy(run: Run, orchestra: Orchestra) -> Run:
    """Queued, waiting for its turn, or skipped; for what starts by the clock or anew."""
    others = _in_its_way(orchestra)
    if others and orchestra.overlap == Overlap.SKIP:
        return save_finished(run, RunStatus.SKIPPED, _skipped(others))
    return _save_in_turn(run, waits=bool(others))


def save_by_policy_or_refuse(run: Run, orchestra: Orchestra | None) -> Run:
    """The same for a run that is played again, repaired or applied: what the policy would skip is refused,
    because whoever asks for that run is better off asking again than with one that never plays.

    Raises Conflict that names the runs in progress. `orchestra` None: nothing is in its way.
    """
    others = _in_its_way(orchestra) if orchestra else []
    if orchestra and others and orchestra.overlap == Overlap.SKIP:
        message = (
            f"{orchestra.name} plays one run at a time, and {others[0]} is in progress. Wait for its "
            "end or cancel it, then ask again; or let runs of the orchestra queue or overlap."
        )
        raise Conflict(message, runs=others)
    return _save_in_turn(run, waits=bool(others))


def _in_its_way(orchestra: Orchestra) -> list[str]:
    """The oldest runs of the orchestra that are in progress; none where they may overlap."""
    if orchestra.overlap == Overlap.ALLOW:
        return []
    in_progress = Run.objects.filter(orchestra=orchestra).unfinished()
    return list(in_progress.order_by("queued_at", "id").values_list("id", flat=True)[:SHOWN])


def _save_in_turn(run: Run, *, waits: bool) -> Run:
    return save(run, RunStatus.WAITING, waiting_for="overlap") if waits else save_queued(run)


def _skipped(others: list[str]) -> JSON:
    return {
        "code": "overlap",
        "message": "Skipped, because an earlier run of this orchestra is still in progress.",
        "node": None,
        "details": {"runs": others},
    }
