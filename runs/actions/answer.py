"""Answering for a write that was cut in half: was it sent?"""

from django.db import transaction
from django.utils import timezone

from maestro.errors import Conflict, NotFound
from runs.models import NodeStatus, Run, RunNode, RunStatus
from scores.document import SUCCESS

from .events import lock_run, tell, wake_players


@transaction.atomic
def answer_cut_write(run: Run, *, node: str, iteration: str, sent: bool, by: str) -> Run:
    """Settle the node as done (`sent`), or let it play again; the run goes on.

    Where it was a tool of an LLM node, the tool is settled so, and the node begins anew.

    Raises NotFound when no such node waits, Conflict when the run does not wait for an answer.
    """
    run = lock_run(run)
    if run.status != RunStatus.NEEDS_ATTENTION:
        raise Conflict(f"{run.id} does not wait for an answer: it is {run.status}.")
    row = run.nodes.filter(
        node_key=node, iteration=iteration, call=0, status=NodeStatus.NEEDS_ATTENTION
    ).first()
    if row is None:
        raise NotFound(f"{node} does not wait for an answer in this run.")
    tools = run.nodes.filter(
        node_key=node,
        iteration=iteration,
        attempt=row.attempt,
        call__gt=0,
        status=NodeStatus.NEEDS_ATTENTION,
    )
    for tool in tools:
        _settle(tool, sent)
    _settle(row, sent and not tools)
    payload = {"sent": sent, "by": by}
    tell(run, "node.answered", node=node, iteration=iteration, payload=payload)
    run.status = RunStatus.QUEUED
    run.waiting_for = ""
    tell(run, "run.queued")
    run.save(update_fields=["status", "waiting_for", "last_event"])
    wake_players()
    return run


def _settle(row: RunNode, sent: bool) -> None:
    """Sent: succeeded, with what is known of the answer. Not sent: this attempt did not happen."""
    row.status = NodeStatus.SUCCEEDED if sent else NodeStatus.CANCELLED
    row.port = SUCCESS if sent else None
    row.output_json = {"confirmed_by_a_person": True} if sent else None
    row.finished_at = timezone.now()
    row.save(update_fields=["status", "port", "output_json", "finished_at"])
