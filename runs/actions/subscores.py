"""Runs of the scores that a run's nodes hold: pinned with their parent, started once per node."""

from typing import Any

from maestro.errors import InvalidScore
from runs.models import Mode, Reuse, Run, Trigger
from runs.reuse.plans import holding_rows
from scores.document import GraphDocument
from scores.models import Score
from scores.subscores import Tree, subscore_nodes

from .pins import pin, pin_document
from .saving import save_queued
from .versions import read_document

JSON = dict[str, Any]


def pin_all(score: Score, version: int, mode: Mode) -> JSON:
    """What `pin` says of the score, and the same of every score below it, all resolved now.

    Where nodes hold scores, "subscores" is {node: {"id", "version"}} and "scores" has, by
    `id@version`, the pins of each; the agents of one are also what its own runs pin. Raises
    InvalidScore that names the score at fault.
    """
    pins = pin(score, version, mode)
    return _with_those_below(score, read_document(score, version), mode, pins)


def pin_document_and_below(score: Score, document: GraphDocument, mode: Mode) -> JSON:
    """The same for a graph that was checked, but never saved."""
    return _with_those_below(score, document, mode, pin_document(score, document, mode))


def _with_those_below(score: Score, document: GraphDocument, mode: Mode, pins: JSON) -> JSON:
    if not subscore_nodes(document):
        return pins
    tree = Tree(score.workspace)
    for node in subscore_nodes(document):
        tree.follow(node, (score,))
    below = {
        name: {**_pin_below(held.score, held.version, mode), **_pin_nodes(held.document, tree)}
        for name, held in list(tree.held.items())
    }
    return {**pins, **_pin_nodes(document, tree), "scores": below}


def start_child(
    parent: Run, *, node: str, iteration: str, input: JSON, earlier: Run | None = None
) -> Run:
    """The run of the score that this node holds; what it plays was pinned with its parent.

    When the parent applies a plan, or repairs a run, so does the child: `earlier` is its part of
    that, None when there is none. Inside the caller's transaction; the database refuses a second
    one for the same node.
    """
    pinned = parent.pins["subscores"][node]
    scores = parent.pins["scores"]
    use = parent.pins.get("source", {}).get("use")
    planned = earlier if use == Reuse.APPLY else None
    child = save_queued(
        Run(
            workspace_id=parent.workspace_id,
            score_id=pinned["id"],
            score_version=pinned["version"],
            orchestra_id=parent.orchestra_id,
            mode=parent.mode,
            trigger=Trigger.SUBSCORE,
            input=input,
            pins={
                **scores[f"{pinned['id']}@{pinned['version']}"],
                **_source(parent, earlier),
                "scores": scores,
                **({"depth": parent.pins["depth"]} if "depth" in parent.pins else {}),
            },
            source_run=earlier,
            reuse=Reuse.APPLY if planned else "",
            fence=int(planned is not None),
            started_by=parent.started_by,
            parent_run=parent,
            parent_node_key=node,
            parent_iteration=iteration,
            root_run_id=parent.root_run_id or parent.pk,
        )
    )
    if planned is not None and planned.input == input:
        holding_rows(planned).copy_to(child)
    return child


def _source(parent: Run, earlier: Run | None) -> JSON:
    """An applied plan stays one below, also where it planned nothing: then nothing may happen."""
    source = parent.pins.get("source")
    if source is None or (earlier is None and source["use"] != Reuse.APPLY):
        return {}
    return {"source": {**source, "run": earlier.pk if earlier else ""}}


def _pin_below(score: Score, version: int, mode: Mode) -> JSON:
    try:
        return pin(score, version, mode)
    except InvalidScore as refusal:
        told = f"{score.name}, which is held as a node: {refusal}"
        raise InvalidScore(told, score=score.pk, **refusal.details) from None


def _pin_nodes(document: GraphDocument, tree: Tree) -> JSON:
    held = {node.key: tree.resolve(node) for node in subscore_nodes(document)}
    return {
        "subscores": {
            key: {"id": one.score.pk, "version": one.version} for key, one in held.items()
        }
    }
