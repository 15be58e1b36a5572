"""One agent in place of another across scores: shown first, then done in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from agents.comparison import Comparison, compare
from agents.content import content_of
from agents.duplicates import PLAYED, fingerprint
from agents.models import Agent, AgentVersion
from maestro.errors import InvalidInput, NotFound
from scores.checks.issue import Issue
from scores.checks.references import Known
from scores.document import JSON, GraphDocument, NodeDocument
from scores.models import Node, Score
from scores.validation import check_document

from .repoint import Player, repoint, repointed
from .rows import documents_of

NONE = 0  # no version has this number


@dataclass(frozen=True)
class SwappedScore:
    """A score that plays the old agent, at the version that was looked at; `issues` are those the
    graph would have afterwards."""

    score: Score
    nodes: list[NodeDocument]
    issues: list[Issue]


@dataclass(frozen=True)
class SwapPreview:
    """What a swap would do; `missing` are fields that only the old agent promises in its answers."""

    old: Agent
    new: Agent
    comparison: Comparison
    missing: list[str]
    scores: list[SwappedScore]


@dataclass(frozen=True)
class Merged:
    """The scores that play the agent that stays, and the nodes that are pinned and were left."""

    scores: list[Score]
    left: list[Node]


def preview_swap(old: Agent, new: Agent) -> SwapPreview:
    """The swap in every score that plays `old`, to choose from. Four queries, however many."""
    _refuse_itself(old, new)
    scores = list(Score.objects.filter(nodes__agent=old).distinct().order_by("name", "pk"))
    documents = documents_of(scores)
    swapped = {pk: repointed(found, _players(found, old, new)) for pk, found in documents.items()}
    known = Known.to(old.workspace, *swapped.values())
    return SwapPreview(
        old=old,
        new=new,
        comparison=compare(_played(old), _played(new)),
        missing=sorted(_promised(old) - _promised(new)),
        scores=[
            SwappedScore(
                score,
                [node for node in documents[score.pk].nodes if node.agent_id == old.pk],
                check_document(swapped[score.pk], known),
            )
            for score in scores
        ],
    )


@transaction.atomic
def swap_agent(old: Agent, new: Agent, reviewed: Mapping[str, int], *, author: str) -> list[Score]:
    """Let `new` play what `old` plays in the scores `reviewed`, each at the version looked at.

    All or none: StaleVersion when one has moved on, NotFound when one does not play `old`,
    InvalidScore when its graph cannot be saved.
    """
    _refuse_itself(old, new)
    scores = [score for score in _locked([old]) if score.pk in reviewed]
    if missing := reviewed.keys() - {score.pk for score in scores}:
        raise NotFound(f"{old} is not played by {', '.join(sorted(missing))}")
    documents = documents_of(scores)
    return [
        repoint(
            score,
            _players(documents[score.pk], old, new),
            author=author,
            message=f"{new} in place of {old}",
            expected_version=reviewed[score.pk],
        ).score
        for score in scores
    ]


@transaction.atomic
def merge_agents(keep: Agent, others: Collection[Agent], *, author: str) -> Merged:
    """Let `keep` play whatever the others play. They stay, with their versions and past runs.

    A node pinned to one of their versions is pinned to the version of `keep` that says the same; where
    there is none it is left.
    """
    for other in others:
        _refuse_itself(other, keep)
    merged, same = [], _versions_that_say_the_same(keep, others)
    for score in _locked(others):
        nodes = score.nodes.filter(agent__in=others)
        players = {
            node.key: Player(keep.pk, version)
            for node in nodes
            if (version := same.get((node.agent_id, node.agent_version), NONE)) != NONE
        }
        if players:
            message = f"Duplicates merged into {keep}"
            merged.append(repoint(score, players, author=author, message=message).score)
    left = Node.objects.filter(agent__in=others).select_related("score", "agent")
    return Merged(merged, list(left.order_by("score", "order")))


def _versions_that_say_the_same(
    keep: Agent, others: Collection[Agent]
) -> dict[tuple[str | None, int | None], int | None]:
    """By agent and pinned version, the newest version of `keep` a run could not tell from it; who
    follows the newest one follows on."""
    kept = {fingerprint(row.content): row.version for row in keep.versions.order_by("version")}
    rows = AgentVersion.objects.filter(agent__in=others)
    same: dict[tuple[str | None, int | None], int | None] = {
        (row.agent_id, row.version): version
        for row in rows
        if (version := kept.get(fingerprint(row.content))) is not None
    }
    return same | {(other.pk, None): None for other in others}


def _locked(players: Collection[Agent]) -> list[Score]:
    """The scores that play one of them; in id order, as all who lock several."""
    played = Node.objects.filter(agent__in=players).values("score")
    return list(Score.objects.select_for_update().filter(pk__in=played).order_by("pk"))


def _players(document: GraphDocument, old: Agent, new: Agent) -> dict[str, Player]:
    return {node.key: Player(new.pk) for node in document.nodes if node.agent_id == old.pk}


def _played(agent: Agent) -> JSON:
    """What a run could tell; two agents have two names."""
    return {name: value for name, value in content_of(agent).items() if name in PLAYED}


def _promised(agent: Agent) -> set[str]:
    return set((agent.output_schema or {}).get("properties", {}))


def _refuse_itself(old: Agent, new: Agent) -> None:
    if old.pk == new.pk:
        raise InvalidInput(f"{new} is the same agent; choose another one", place="agent")
    if old.workspace_id != new.workspace_id:
        raise NotFound(f"There is no agent {new.pk} in this workspace")
