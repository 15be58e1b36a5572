"""Which rows of a run another one may start from, and copying them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from runs.models import NodeStatus, Run
from scores.document import GraphDocument, NodeDocument
from scores.graph import owners_of

from .places import Places

_COPIED = (
    "node_key, iteration, attempt, call, status, port, input, output_json, error, operation, effect, "
    "idempotency_key, arguments_sha256, child_run_id, agent_id, agent_version, model"
)
# Without times, tokens and cost: those are the original's, which `source_node_id` names.
COPY = f"""
insert into score_run_nodes (run_id, source_node_id, {_COPIED})
select %(run)s, coalesce(source_node_id, id), {_COPIED}
  from score_run_nodes where id = any(%(rows)s) order by id"""


class Row(NamedTuple):
    """What of a recorded row decides whether it is kept."""

    id: int
    node_key: str
    iteration: str
    attempt: int
    call: int
    status: str
    port: str | None
    effect: str
    child_run_id: str | None


@dataclass(frozen=True)
class Kept:
    """Rows to copy, and rows of nodes that play again."""

    rows: list[Row]
    again: list[Row]

    def copy_to(self, run: Run) -> None:
        """In the transaction that starts the run."""
        if not self.rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(COPY, {"run": run.pk, "rows": [row.id for row in self.rows]})

    @property
    def nodes(self) -> list[str]:
        return sorted({row.node_key for row in self.rows})


def kept_rows(
    source: Run,
    played: GraphDocument,
    document: GraphDocument,
    again: Places,
    *,
    failures: bool = False,
) -> Kept:
    """Of a run that played `played`, for one that is to play `document`.

    A node keeps what is recorded of it when it is in both graphs, of one kind and in the body of
    one map, whatever else has changed of it: what was done is not done again. `failures`: also
    those that nothing in the graph took.
    """
    choosing = _Choosing(list(_last_attempts(_rows(source))), document, again, failures)
    same = _same_nodes(played, document)
    kept: list[Row] = []
    anew: list[Row] = []
    for row in choosing.rows:
        (kept if row.node_key in same and choosing.keeps(row) else anew).append(row)
    whole = {(row.node_key, row.iteration) for row in kept if not row.call}
    return Kept([row for row in kept if (row.node_key, row.iteration) in whole], anew)


class _Choosing:
    """Row by row, for a graph and the places in it that play again."""

    def __init__(
        self, rows: list[Row], document: GraphDocument, again: Places, failures: bool
    ) -> None:
        self.rows = rows
        self._again, self._failures = again, failures
        self._owners = owners_of(document.nodes)
        self._goes_on = {node.key for node in document.nodes if node.on_error == "continue"}
        self._joined = {
            (row.node_key, row.iteration) for row in rows if row.status == NodeStatus.SUCCEEDED
        }

    def keeps(self, row: Row) -> bool:
        """A tool call goes with its node."""
        if (row.node_key, row.iteration) in self._again:
            return False
        if row.call or row.status in (NodeStatus.SUCCEEDED, NodeStatus.SKIPPED):
            return True
        return row.status == NodeStatus.FAILED and self._stays_failed(row)

    def _stays_failed(self, row: Row) -> bool:
        if self._failures or row.port is not None or row.node_key in self._goes_on:
            return True
        map_around = self._owners[row.node_key], row.iteration.rpartition("/")[0]
        return map_around in self._joined and map_around not in self._again


def _rows(source: Run) -> Iterator[Row]:
    rows = source.nodes.order_by("id").values_list(*Row._fields)
    return (Row(*row) for row in rows.iterator())


def _last_attempts(rows: Iterable[Row]) -> Iterator[Row]:
    rows = list(rows)
    last: dict[tuple[str, str], int] = {}
    for row in rows:
        place = row.node_key, row.iteration
        last[place] = max(row.attempt, last.get(place, 0))
    return (row for row in rows if row.attempt == last[row.node_key, row.iteration])


def _same_nodes(played: GraphDocument, document: GraphDocument) -> set[str]:
    before = {node.key: node for node in played.nodes}
    owned_before, owned = owners_of(played.nodes), owners_of(document.nodes)
    return {
        node.key
        for node in document.nodes
        if node.key in before
        and _kind(node) == _kind(before[node.key])
        and owned[node.key] == owned_before[node.key]
    }


def _kind(node: NodeDocument) -> tuple[str, str]:
    return node.kind, node.subkind
