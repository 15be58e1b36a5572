"""`subscore`: another score as one node; its run plays by itself while this one waits unplayed.

The two meet in the database alone: the child begins in one transaction with the row that waits for
it, and a condition (`claims.WAKE_PARENTS`) sees that it has ended.
"""

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from maestro.errors import Conflict, NodeError, TimedOut
from runs.actions.cancel import cancel_run
from runs.actions.subscores import start_child
from runs.crash import crash_point
from runs.executor import Parked, ScopeWalk, Settled
from runs.journal import NodeEntry, record_in
from runs.models import NodeStatus, Run, RunStatus
from scores.document import SUCCESS, NodeDocument

from .attempts import Step
from .outage import ask_database
from .performance import JSON, Performance
from .suppression import own_sample
from .taking_over import counterpart


class SubscoreFailed(NodeError):
    """The run of the subscore did not succeed; details have its id, status and error."""

    code = "subscore_failed"


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Start the child, or see what became of it; Parked while it is under way."""
    step = Step(node, iteration, given)
    sample = own_sample(node) if performance.run.mode == "rehearsal" else None
    if sample is not None:
        return await _settle(performance, step, sample.port, sample.output)
    await performance.journal.flush(performance.run.claim)
    deadline = _deadline(performance, step)
    row = await counterpart(performance, node.key, iteration)
    earlier = row.child_run_id if row else None
    try:
        child = await ask_database(
            performance, _find_or_start, performance, step, deadline, earlier
        )
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    if not child.is_finished:
        raise Parked("subscore", resume_at=deadline)
    if child.status == RunStatus.SUCCEEDED:
        return await _settle(performance, step, SUCCESS, child.output or {}, child)
    return performance.fail(
        node, iteration, given, _failure(child, deadline), child_run_id=child.pk
    )


def _deadline(performance: Performance, step: Step) -> datetime | None:
    """Counted from the child's start, however often the run was resumed since."""
    if step.node.timeout_seconds is None:
        return None
    began = performance.last_attempt(step.node, step.iteration)
    since = began.started_at if began and began.started_at else datetime.now(UTC)
    return since + timedelta(seconds=step.node.timeout_seconds)


def _find_or_start(
    performance: Performance, step: Step, deadline: datetime | None, earlier: str | None
) -> Run:
    """The child as it is now. Safe to ask again: what was started is found.

    `earlier`: the child that this node had in the run which is repaired, or in the plan.
    """
    child = _find(performance, step)
    if child is None:
        return _start(performance, step, earlier)
    if not child.is_finished and deadline is not None and deadline <= datetime.now(UTC):
        return _cut_off(child)
    return child


def _find(performance: Performance, step: Step) -> Run | None:
    return Run.objects.filter(
        parent_run=performance.run.id,
        parent_node_key=step.node.key,
        parent_iteration=step.iteration,
    ).first()


def _start(performance: Performance, step: Step, earlier: str | None) -> Run:
    """Child and waiting row in one transaction, under this run's fence."""
    key, iteration = step.node.key, step.iteration
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            parent = Run.objects.get(pk=performance.run.id)
            child = start_child(
                parent,
                node=key,
                iteration=iteration,
                input=step.given,
                earlier=Run.objects.filter(
                    pk=earlier, score=parent.pins["subscores"][key]["id"]
                ).first(),
            )
            record_in(cursor, _waiting(performance, step, child))
            crash_point("subscore.before_commit")
        crash_point("subscore.started")
        return child
    except IntegrityError as refusal:
        gone = f"{key}: the score it held when the run started has been deleted."
        raise SubscoreFailed(gone) from refusal


def _waiting(performance: Performance, step: Step, child: Run) -> NodeEntry:
    return performance.entry(
        step.node,
        step.iteration,
        NodeStatus.WAITING,
        input=step.given,
        child_run_id=child.pk,
        started_at=datetime.now(UTC),
        finished_at=None,
    )


def _cut_off(child: Run) -> Run:
    try:
        return cancel_run(child, by="its parent, which waited long enough")
    except Conflict:
        child.refresh_from_db()
        return child


async def _settle(
    performance: Performance, step: Step, port: str, output: JSON, child: Run | None = None
) -> Settled:
    errors = child.errors if child else 0
    began = performance.last_attempt(step.node, step.iteration)
    await performance.record(
        performance.entry(
            step.node,
            step.iteration,
            NodeStatus.SUCCEEDED,
            port=port,
            input=step.given,
            output=output,
            error=_collected(step.node.key, errors),
            child_run_id=child.pk if child else None,
            started_at=began.started_at if began else datetime.now(UTC),
        )
    )
    return Settled(NodeStatus.SUCCEEDED, port, output, errors)


def _collected(node: str, count: int) -> JSON | None:
    if not count:
        return None
    message = f"The subscore succeeded with errors: {count}."
    return {
        "code": "items_failed",
        "message": message,
        "node": node,
        "details": {"count": count},
    }


def _failure(child: Run, deadline: datetime | None) -> NodeError:
    if child.cancel_requested and deadline is not None and deadline <= datetime.now(UTC):
        return TimedOut("The subscore did not end in time and was cancelled.", run=child.pk)
    told = (child.error or {}).get("message", f"It was {child.status}.")
    message = f"The run of the subscore did not succeed. {told}"
    return SubscoreFailed(message, run=child.pk, status=child.status, error=child.error)
