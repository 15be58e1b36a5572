"""What a run that was cut to pieces must look like in the end."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psutil

from runs.models import Run, RunStatus

BODY_NODES = 3


def faults(run: Run, leads: int) -> Iterator[str]:
    """Each thing lost, doubled or out of order, in words."""
    if run.status != RunStatus.SUCCEEDED:
        yield f"{run.id} is {run.status}: {run.error}"
        return
    yield from _fates_of_leads(run, leads)
    yield from _rows(run, leads)
    yield from _events(run)


def _fates_of_leads(run: Run, leads: int) -> Iterator[str]:
    from agents.skills.pipeline.models import Activity, Contact

    pipeline = run.input["rows"][0]["pipeline"]
    contacts = Contact.objects.filter(pipeline__slug=pipeline).count()
    activities = Activity.objects.filter(contact__pipeline__slug=pipeline).count()
    results = len((run.output or {}).get("results", []))
    if not contacts == activities == results == leads:
        yield f"{contacts} contacts, {activities} activities and {results} results of {leads} leads"


def _rows(run: Run, leads: int) -> Iterator[str]:
    rows = list(run.nodes.order_by("id").values_list("node_key", "iteration", "attempt", "fence"))
    if len(rows) != 1 + BODY_NODES * leads:
        yield f"{len(rows)} rows of nodes"
    if any(attempt > 1 for _, _, attempt, _ in rows):
        yield "a node played again after it was recorded"
    if any(later[3] < earlier[3] for earlier, later in pairwise(rows)):
        yield "a row was written under a fence that was over"


def _events(run: Run) -> Iterator[str]:
    events = list(
        run.events.order_by("number").values_list("number", "kind", "node_key", "iteration")
    )
    if [number for number, *_ in events] != list(range(1, run.last_event + 1)):
        yield "the numbers of the events have a gap"
    told = Counter((key, path) for _, kind, key, path in events if kind.startswith("node."))
    if any(times > 1 for times in told.values()) or len(told) != run.nodes.count():
        yield "a node's event is missing or was told twice"


def standstill(run: Run) -> float:
    """The longest time in seconds in which no node of the run ended."""
    times = run.nodes.values_list("finished_at", flat=True)
    ends = sorted(time for time in times if time is not None)
    return max(((later - earlier).total_seconds() for earlier, later in pairwise(ends)), default=0)


def processes_left(folder: Path) -> list[int]:
    """Processes of this installation, its database apart."""
    return [process.pid for process in psutil.process_iter() if _belongs(process, folder)]


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        mine = process.environ().get("MAESTRO_DATA_DIR") == str(folder)
        return mine and "cluster" in " ".join(process.cmdline())
    except psutil.Error:
        return False
