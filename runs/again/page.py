"""What the page of a run says about playing it again: where it comes from, what failed, what would be
kept."""

from dataclasses import dataclass

from maestro.errors import MaestroError
from runs.actions import Again, rerun
from runs.models import Run, RunNode, RunStatus
from runs.reuse.failures import Group, failed_rows, groups_of
from runs.timeline.view import View

SHOWN_RUNS = 5
SHOWN_GROUPS = 50


@dataclass(frozen=True)
class AgainPage:
    """`from_here`: the rerun from the chosen node, foreseen. `original`: the row of an earlier run
    that the chosen node's answer is from."""

    replays: list[Run]
    groups: list[Group]
    from_here: Again | None
    original: RunNode | None

    @property
    def failures(self) -> int:
        return sum(group.count for group in self.groups)


def again_page(run: Run, view: View, chosen: RunNode | None) -> AgainPage:
    """`chosen`: the last row of the node that the page shows in detail."""
    replays = run.replays.only("id", "status", "mode", "reuse", "queued_at").order_by("-queued_at")
    source = chosen.source_node_id if chosen else None
    originals = RunNode.objects.filter(run__workspace=run.workspace_id).only("run_id")
    return AgainPage(
        replays=list(replays[:SHOWN_RUNS]),
        groups=groups_of(failed_rows(run))[:SHOWN_GROUPS] if _has_failed(run) else [],
        from_here=_from_here(run, view),
        original=originals.filter(pk=source).first() if source else None,
    )


def _has_failed(run: Run) -> bool:
    return run.is_finished and (run.errors > 0 or run.status == RunStatus.FAILED)


def _from_here(run: Run, view: View) -> Again | None:
    if not run.is_finished or not view.node:
        return None
    try:
        return rerun(run, node=view.node)
    except MaestroError:
        return None
