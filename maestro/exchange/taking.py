"""Into a workspace: what a document would change, said thing by thing, and done in one transaction."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeVar

from django.db import transaction
from pydantic import BaseModel

from agents.exchange import AgentEntry, export_agent, take_agent
from agents.models import Agent
from maestro.errors import Conflict, InvalidInput, MaestroError
from maestro.workspaces.models import Workspace
from orchestras.exchange import OrchestraEntry, export_orchestra, take_orchestra
from orchestras.models import Orchestra
from scores.checks.issue import Issue
from scores.exchange import Player, ScoreEntry, take_score
from scores.models import Score

from .document import Document, as_text
from .export import export_score

Entry = TypeVar("Entry", bound=BaseModel)
Slugged = TypeVar("Slugged", AgentEntry, ScoreEntry)
Kind = Literal["agent", "score", "orchestra"]


@dataclass(frozen=True)
class Change:
    """What becomes of one thing: `difference` in the lines of its document, as `diff -u` tells it;
    `warnings` are those of a score's save."""

    kind: Kind
    name: str
    change: Literal["created", "changed", "same"]
    difference: str
    note: str = ""
    warnings: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Imported:
    """`seal` stands for exactly these changes."""

    changes: tuple[Change, ...]

    @property
    def seal(self) -> str:
        said = "\0".join(f"{one.kind} {one.name} {one.difference}" for one in self.changes)
        return hashlib.sha256(said.encode()).hexdigest()


def import_document(
    workspace: Workspace,
    document: Document,
    *,
    author: str,
    dry_run: bool = False,
    seal: str | None = None,
) -> Imported:
    """Make what the document names, or save it as the document says; nothing is deleted.

    `dry_run` only looks. With a `seal`, Conflict when it would change something else than was
    looked at. What cannot be taken is refused as a whole, with its place.
    """
    with transaction.atomic():
        imported = Imported(tuple(_Import(workspace, author).take(document)))
        if seal not in (None, imported.seal):
            message = "The workspace has changed since you looked; look again, then import"
            raise Conflict(message)
        transaction.set_rollback(dry_run)
    return imported


class _Import:
    """One document on its way into a workspace."""

    def __init__(self, workspace: Workspace, author: str) -> None:
        self._workspace, self._author = workspace, author
        self._players = {
            slug: Player(pk, {})
            for slug, pk in Agent.objects.in_workspace(workspace).values_list("slug", "pk")
        }

    def take(self, document: Document) -> Iterator[Change]:
        """Agents, then scores, held ones first, then orchestras."""
        for agent in _in_order("agents", document.agents, _helpers):
            yield _at(f"agents.{agent.slug}", self._agent, agent)
        for score in _in_order("scores", document.scores, ScoreEntry.subscores):
            yield _at(f"scores.{score.slug}", self._score, score)
        for orchestra in document.orchestras:
            yield _at(f"orchestras.{orchestra.name}", self._orchestra, orchestra)

    def _agent(self, entry: AgentEntry) -> Change:
        rows = Agent.objects.in_workspace(self._workspace).filter(slug=entry.slug)
        pins = [older.version for older in entry.versions]
        before = [export_agent(agent, pins) for agent in rows]
        taken = take_agent(self._workspace, entry, author=self._author)
        self._players[entry.slug] = Player(taken.agent.pk, taken.versions)
        change = _change("agent", entry.slug, before, export_agent(taken.agent, pins))
        if change.change != "changed":
            return change
        reached = Score.objects.filter(nodes__agent=taken.agent).distinct().count()
        played = "1 score plays" if reached == 1 else f"{reached} scores play"
        note = f"{played} it from the next run on" if reached else ""
        return replace(change, note=note)

    def _score(self, entry: ScoreEntry) -> Change:
        rows = Score.objects.in_workspace(self._workspace).filter(slug=entry.slug)
        before = [_entry_of(score) for score in rows]
        taken = take_score(self._workspace, entry, self._players, author=self._author)
        change = _change("score", entry.slug, before, _entry_of(taken.score))
        return replace(change, warnings=tuple(taken.warnings))

    def _orchestra(self, entry: OrchestraEntry) -> Change:
        rows = Orchestra.objects.in_workspace(self._workspace).filter(name=entry.name)
        before = [export_orchestra(one) for one in rows.select_related("score")]
        orchestra = take_orchestra(self._workspace, entry, author=self._author)
        return _change("orchestra", entry.name, before, export_orchestra(orchestra))


def _at(place: str, take: Callable[[Entry], Change], entry: Entry) -> Change:
    """Let a refusal say where in the document."""
    try:
        return take(entry)
    except MaestroError as refusal:
        inner = refusal.details.pop("place", None)
        where = f"{place}.{inner}" if inner else place
        told = type(refusal)(f"{place}: {refusal.message}", place=where, **refusal.details)
    raise told


def _in_order(
    section: str, entries: Sequence[Slugged], needs: Callable[[Slugged], Iterable[str]]
) -> list[Slugged]:
    """What others need comes before them. InvalidInput when one stands twice or needs itself."""
    by_slug = {entry.slug: entry for entry in entries}
    if len(by_slug) < len(entries):
        raise InvalidInput(f"{section}: a slug stands twice", place=section)
    needed = {slug: set(needs(entry)) & by_slug.keys() for slug, entry in by_slug.items()}
    try:
        return [by_slug[slug] for slug in TopologicalSorter(needed).static_order()]
    except CycleError as circle:
        way = " → ".join(circle.args[1])
        raise InvalidInput(f"{section}: {way} need each other", place=section) from None


def _helpers(entry: AgentEntry) -> set[str]:
    """The slugs of the agents it may call."""
    tools = [tool.partition(":") for tool in entry.allowed_tools or []]
    return {slug for kind, _, slug in tools if kind == "agent"}


def _entry_of(score: Score) -> ScoreEntry:
    """As `export_score` writes it, without what it needs."""
    return next(one for one in export_score(score).scores if one.slug == score.slug)


def _change(kind: Kind, name: str, before: Sequence[BaseModel], after: BaseModel) -> Change:
    old, new = (_lines(before[0]) if before else []), _lines(after)
    change: Literal["created", "changed", "same"] = "changed" if before else "created"
    difference = "".join(unified_diff(old, new, "here", "document"))
    return Change(kind, name, change if difference else "same", difference)


def _lines(entry: BaseModel) -> list[str]:
    return as_text(entry.model_dump(mode="json", exclude_defaults=True)).splitlines(keepends=True)
