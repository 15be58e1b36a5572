"""What can be done with orchestras: make one, change it, switch it, bind secrets, delete it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from maestro.cleaning import clean, taken_at_the_same_time
from maestro.errors import Conflict, InUse, InvalidInput
from maestro.ids import new_id
from maestro.uses import Use, use_by
from maestro.workspaces.audit import record
from maestro.workspaces.models import Secret, Workspace
from scores.models import Score

from .models import Orchestra, OrchestraAgent, SecretBinding
from .rules import check_orchestra
from .schedule import next_fire
from .slots import refuse_unknown_slots, require_slots


class OrchestraFields(TypedDict, total=False):
    """What a person or program sets; what is left out stays."""

    name: str
    tag: str
    description: str
    score: Score
    score_version: int | None
    cron: str
    time_zone: str
    enabled: bool
    overlap: str
    misfire: str
    input: dict[str, Any]
    budget_microdollars: int | None
    run_budget_microdollars: int | None


class _Schedule(NamedTuple):
    cron: str
    zone: str
    enabled: bool


@transaction.atomic
def create_orchestra(
    workspace: Workspace,
    fields: OrchestraFields,
    *,
    author: str,
    orchestra_id: str | None = None,
) -> Orchestra:
    """A new orchestra of `fields["score"]`; InvalidInput says which field is wrong."""
    if "score" not in fields:
        raise InvalidInput("Choose the score to play", place="score")
    orchestra = Orchestra(id=orchestra_id or new_id("or"), workspace=workspace)
    _keep(orchestra, fields, before=None)
    record(workspace, author, "orchestra.created", orchestra, {"name": orchestra.name})
    return orchestra


@transaction.atomic
def save_orchestra(orchestra: Orchestra, fields: OrchestraFields, *, author: str) -> Orchestra:
    """The orchestra with these fields; its next fire moves only when its schedule changed.

    InvalidInput says which field is wrong; Conflict when the score would change under its runs.
    """
    saved = _locked(orchestra)
    before = _schedule(saved)
    moved = "score" in fields and fields["score"].pk != saved.score_id
    if moved and saved.runs.exists():
        message = f"{saved} has runs of {saved.score}; clone it to play another score"
        raise Conflict(message, place="score")
    _keep(saved, fields, before)
    record(saved.workspace, author, "orchestra.saved", saved, {"changed": sorted(fields)})
    return saved


def set_enabled(orchestra: Orchestra, enabled: bool, *, author: str) -> Orchestra:
    """Switch the clock on or off; runs can be started by hand or program either way."""
    return save_orchestra(orchestra, {"enabled": enabled}, author=author)


@transaction.atomic
def bind_secrets(orchestra: Orchestra, secrets: Mapping[str, Secret], *, author: str) -> None:
    """Make {slot: secret} the bindings; InvalidInput for a slot or secret that cannot be one."""
    saved = _locked(orchestra)
    bindings = [
        SecretBinding(workspace=saved.workspace, orchestra=saved, slot=slot, secret=secret)
        for slot, secret in secrets.items()
    ]
    for binding in bindings:
        if binding.secret.workspace_id != saved.workspace_id:
            raise InvalidInput(
                f"This workspace has no secret {binding.secret_id}", place="bindings"
            )
    for binding in bindings:
        clean(binding)
    refuse_unknown_slots(saved, secrets)
    saved.bindings.all().delete()
    for binding in bindings:
        binding.save(force_insert=True)
    bound = {binding.slot: binding.secret.name for binding in bindings}
    record(saved.workspace, author, "orchestra.bound", saved, {"bindings": bound})


@transaction.atomic
def delete_orchestra(orchestra: Orchestra, *, author: str) -> None:
    """Delete an orchestra; its finished runs stay. InUse names the runs that are not finished."""
    saved = _locked(orchestra)
    if used_by := uses_of(saved):
        raise InUse(f"{saved} has {len(used_by)} unfinished runs", used_by=used_by)
    record(saved.workspace, author, "orchestra.deleted", saved, {"name": saved.name})
    saved.delete()


def uses_of(orchestra: Orchestra) -> list[Use]:
    """Its unfinished runs, at most a hundred."""
    return [use_by(run) for run in orchestra.runs.unfinished().order_by("queued_at")[:100]]


@transaction.atomic
def reschedule(workspace: Workspace, now: datetime | None = None) -> None:
    """After the workspace's time zone changed: next fires of all that have no zone of their own."""
    followers = workspace.orchestras.filter(time_zone="", enabled=True).exclude(cron="")
    for orchestra in followers.select_for_update():
        orchestra.workspace = workspace
        orchestra.next_fire_at = _next_fire(orchestra, now or timezone.now())
        orchestra.save(update_fields=["next_fire_at"])


def _locked(orchestra: Orchestra) -> Orchestra:
    rows = Orchestra.objects.select_related("score", "workspace")
    return rows.select_for_update(of=("self",)).get(pk=orchestra.pk)


def _keep(orchestra: Orchestra, fields: OrchestraFields, before: _Schedule | None) -> None:
    for name, value in fields.items():
        if name in OrchestraFields.__annotations__:
            setattr(orchestra, name, value)
    orchestra.cron = " ".join((orchestra.cron or "").split())
    moved = _schedule(orchestra) != before
    if moved:
        orchestra.next_fire_at = None
    clean(orchestra)
    check_orchestra(orchestra)
    if orchestra.enabled and not (before and before.enabled):
        require_slots(orchestra)
    if moved:
        orchestra.next_fire_at = _next_fire(orchestra, timezone.now())
    with taken_at_the_same_time(f"the name {orchestra.name}"):
        orchestra.save()
    _pin_agents(orchestra)


def _schedule(orchestra: Orchestra) -> _Schedule:
    return _Schedule(orchestra.cron, orchestra.zone, orchestra.enabled)


def _next_fire(orchestra: Orchestra, now: datetime) -> datetime | None:
    if not (orchestra.enabled and orchestra.cron):
        return None
    return next_fire(orchestra.cron, orchestra.zone, now)


def _pin_agents(orchestra: Orchestra) -> None:
    """Let the agents of a pinned version count as used by the orchestra."""
    named: set[str] = set()
    if orchestra.score_version is not None:
        pinned = orchestra.score.versions.get(version=orchestra.score_version)
        named = {node["agent_id"] for node in pinned.graph["nodes"] if node["agent_id"]}
    agents = Agent.objects.filter(workspace=orchestra.workspace, pk__in=named)
    if len(agents) < len(named):
        message = f"Version {orchestra.score_version} plays an agent that no longer exists"
        raise InvalidInput(message, place="score_version")
    orchestra.pinned_agents.all().delete()
    OrchestraAgent.objects.bulk_create(
        OrchestraAgent(workspace=orchestra.workspace, orchestra=orchestra, agent=agent)
        for agent in agents
    )
