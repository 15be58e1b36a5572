"""Orchestras as documents carry them from one workspace to another: by name, without secrets."""

from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from maestro.errors import InvalidInput
from maestro.workspaces.models import Workspace
from scores.models import Score

from .actions import OrchestraFields, create_orchestra, save_orchestra
from .models import Misfire, Orchestra, Overlap

JSON = dict[str, Any]
ALIKE = (
    "name",
    "tag",
    "description",
    "cron",
    "time_zone",
    "overlap",
    "misfire",
    "input",
    "budget_microdollars",
    "run_budget_microdollars",
)


class OrchestraEntry(BaseModel):
    """When a score plays. Whether it is switched on, and its secrets, are the workspace's own."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    name: str
    score: str = Field(description="Its slug.")
    pinned: str | None = Field(None, description="The content hash of the version it plays.")
    tag: str = ""
    description: str = ""
    cron: str = ""
    time_zone: str = ""
    overlap: Overlap = Field(Overlap.SKIP, strict=False)
    misfire: Misfire = Field(Misfire.ONCE, strict=False)
    input: JSON = {}
    budget_microdollars: int | None = None
    run_budget_microdollars: int | None = None


def export_orchestra(orchestra: Orchestra) -> OrchestraEntry:
    return OrchestraEntry(
        score=orchestra.score.slug,
        pinned=_pinned_hash(orchestra),
        **{name: getattr(orchestra, name) for name in ALIKE},
    )


def take_orchestra(workspace: Workspace, entry: OrchestraEntry, *, author: str) -> Orchestra:
    """The orchestra of that name, made or saved as the document says.

    A new one is switched off and has no secrets; one that is there keeps its switch and bindings.
    InvalidInput says which field is wrong.
    """
    score = Score.objects.in_workspace(workspace).filter(slug=entry.score).first()
    if score is None:
        message = f"There is no score {entry.score}, here or in the document"
        raise InvalidInput(message, place="score")
    fields = cast(OrchestraFields, entry.model_dump(include=set(ALIKE)))
    fields |= {"score": score, "score_version": _pinned_version(score, entry.pinned)}
    orchestra = Orchestra.objects.in_workspace(workspace).filter(name=entry.name).first()
    if orchestra is None:
        return create_orchestra(workspace, {**fields, "enabled": False}, author=author)
    if export_orchestra(orchestra) == entry:
        return orchestra
    return save_orchestra(orchestra, fields, author=author)


def _pinned_hash(orchestra: Orchestra) -> str | None:
    if orchestra.score_version is None:
        return None
    return orchestra.score.versions.get(version=orchestra.score_version).content_hash


def _pinned_version(score: Score, wanted: str | None) -> int | None:
    """The newest version that plays like that."""
    if wanted is None:
        return None
    version = score.versions.filter(content_hash=wanted).values_list("version", flat=True).first()
    if version is None:
        message = (
            f"{score} has no version with the hash {wanted}; leave `pinned` out for the newest"
        )
        raise InvalidInput(message, place="pinned")
    return version
