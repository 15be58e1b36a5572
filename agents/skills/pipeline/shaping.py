"""A pipeline itself: made, changed and gone. Who is in it is `actions`."""

from collections.abc import Sequence
from typing import TypedDict

from django.db import transaction

from maestro.cleaning import clean, taken_at_the_same_time
from maestro.erasing import erase
from maestro.errors import InUse
from maestro.slugs import free_slug
from maestro.workspaces.audit import record
from maestro.workspaces.models import Workspace

from .actions import DEFAULT_STAGES, set_stages
from .models import Kind, Pipeline


class PipelineFields(TypedDict, total=False):
    """What is left out stays."""

    name: str
    slug: str
    kind: str
    stages: list[str]


@transaction.atomic
def make_pipeline(
    workspace: Workspace,
    *,
    name: str,
    kind: str,
    by: str,
    slug: str = "",
    stages: Sequence[str] = (),
) -> Pipeline:
    """A pipeline, by default with the usual stages of its kind; InvalidInput says which field is wrong."""
    slug = slug or free_slug(workspace.pipelines.all(), name, "pipeline")
    stages = list(stages) or DEFAULT_STAGES[Kind(kind)]
    made = Pipeline(workspace=workspace, name=name, slug=slug, kind=kind, stages=stages)
    clean(made)
    with taken_at_the_same_time("the slug"):
        made.save()
    record(workspace, by, "pipeline.created", made, {"name": name})
    return made


@transaction.atomic
def change_pipeline(pipeline: Pipeline, fields: PipelineFields, *, by: str) -> Pipeline:
    """With these fields; InUse while contacts stand at a stage that would go."""
    for name, value in fields.items():
        setattr(pipeline, name, value)
    clean(pipeline)
    if "stages" in fields:
        set_stages(pipeline, fields["stages"])
    with taken_at_the_same_time("the slug"):
        pipeline.save()
    record(pipeline.workspace, by, "pipeline.changed", pipeline, {"fields": sorted(fields)})
    return pipeline


@transaction.atomic
def delete_pipeline(pipeline: Pipeline, *, by: str, confirmed: bool) -> None:
    """With its contacts, all that was done about them, and its webhooks; InUse unless `confirmed`,
    while there are contacts."""
    number = pipeline.contacts.count()
    if number and not confirmed:
        people = "1 contact" if number == 1 else f"{number:,} contacts"
        raise InUse(f"{pipeline} has {people}; confirm to delete them with it", used_by=[])
    record(pipeline.workspace, by, "pipeline.deleted", pipeline, {"name": pipeline.name})
    erase(pipeline.contacts.all())
    pipeline.delete()
