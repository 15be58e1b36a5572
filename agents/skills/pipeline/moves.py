"""What was done about contacts, and where it moved them: the one way in which a stage changes.

Every door passes here: a node, the admin one by one and in bulk, the API and an imported table. What
changed, who did it and what the pipeline's hooks are told is written together or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.skills.outcome import JSON

from .actions import check_stage
from .models import Activity, Contact, Delivery, Hook, Pipeline

AT_ONCE = 1000
STAGE_CHANGED = "contact.stage_changed"
Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What was done and by whom: a person or a program (`by`), or a run. Without `stage` the contact
    stays where it is."""

    kind: str = "moved"
    stage: str = ""
    payload: JSON = field(default_factory=dict)
    by: str = ""
    run_id: str = ""
    idempotency_key: str | None = None


@transaction.atomic
def log_activity(contact: Contact, deed: Deed) -> Activity:
    """Record a deed and move the contact, if it names a stage.

    The second call with a key returns the first one's row and changes nothing.
    """
    # The lock makes the two of a key come one after the other.
    locked = lock(Contact.objects.filter(pk=contact.pk)).get()
    if deed.idempotency_key is not None:
        earlier = Activity.objects.filter(idempotency_key=deed.idempotency_key).first()
        if earlier is not None:
            return earlier
    if deed.stage:
        check_stage(locked.pipeline, deed.stage)
    return record_deeds(locked.pipeline, [(locked, deed)])[0]


@transaction.atomic
def move_contacts(pipeline: Pipeline, contacts: QuerySet[Contact], stage: str, *, by: str) -> int:
    """Move those of the pipeline to a stage; how many were not there yet. InvalidInput for no stage of it."""
    check_stage(pipeline, stage)
    elsewhere = contacts.filter(pipeline=pipeline).exclude(stage=stage)
    ids = sorted(elsewhere.order_by().values_list("pk", flat=True))
    return sum(_moved(pipeline, some, stage, by) for some in batches(ids))


def record_deeds(pipeline: Pipeline, done: Iterable[tuple[Contact, Deed]]) -> list[Activity]:
    """Write down what was done about whom; each stands at the deed's stage from now on.

    The stages are the pipeline's, and the contacts are locked by the caller's transaction.
    """
    pairs = list(done)
    activities = [_activity(pipeline, contact, deed) for contact, deed in pairs]
    Activity.objects.bulk_create(activities, batch_size=AT_ONCE)
    moved = [one for one in activities if one.new_stage != one.old_stage]
    for activity in moved:
        activity.contact.stage, activity.contact.updated_at = activity.new_stage, timezone.now()
    if moved:
        changed = [one.contact for one in moved]
        Contact.objects.bulk_update(changed, ["stage", "updated_at"], batch_size=AT_ONCE)
        _tell(pipeline, moved)
    return activities


def lock(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Until the transaction ends, with what a deed about them needs."""
    locked = contacts.select_for_update(of=("self",), no_key=True)
    return locked.select_related("company", "pipeline")


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """As many at a time as one question to the database takes."""
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _moved(pipeline: Pipeline, ids: list[str], stage: str, by: str) -> int:
    """Of a batch; one who got there meanwhile is left out."""
    rows = lock(Contact.objects.filter(pk__in=ids).exclude(stage=stage).order_by("pk"))
    return len(record_deeds(pipeline, [(one, Deed(stage=stage, by=by)) for one in rows]))


def _activity(pipeline: Pipeline, contact: Contact, deed: Deed) -> Activity:
    return Activity(
        workspace_id=pipeline.workspace_id,
        pipeline=pipeline,
        contact=contact,
        kind=deed.kind,
        payload=deed.payload,
        old_stage=contact.stage,
        new_stage=deed.stage or contact.stage,
        by=deed.by[:200],
        run_id=deed.run_id,
        idempotency_key=deed.idempotency_key,
    )


def _tell(pipeline: Pipeline, moved: list[Activity]) -> None:
    """One delivery for each hook and move, in this transaction: told if and only if it happened."""
    hooks = list(Hook.objects.filter(pipeline=pipeline, enabled=True))
    Delivery.objects.bulk_create(_deliveries(pipeline, hooks, moved), batch_size=AT_ONCE)


def _deliveries(pipeline: Pipeline, hooks: list[Hook], moved: list[Activity]) -> Iterator[Delivery]:
    now = timezone.now()
    for hook in hooks:
        for activity in moved:
            yield Delivery(
                workspace_id=pipeline.workspace_id,
                hook=hook,
                body=message(STAGE_CHANGED, now, _told(pipeline, activity)),
                due_at=now,
            )


def message(type: str, at: datetime, data: JSON) -> JSON:
    """In the shape that Standard Webhooks recommends."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": type, "timestamp": moment, "data": data}


def _told(pipeline: Pipeline, activity: Activity) -> JSON:
    contact, company = activity.contact, activity.contact.company
    known = ("id", "email", "external_id", "name", "title")
    return {
        "contact": {
            **{name: getattr(contact, name) for name in known},
            "company": company.name if company else None,
            "domain": company.domain if company else None,
        },
        "pipeline": {"id": pipeline.pk, "slug": pipeline.slug},
        "old_stage": activity.old_stage,
        "new_stage": activity.new_stage,
        "activity_id": activity.pk,
        "kind": activity.kind,
        "by": activity.by or None,
        "run_id": activity.run_id or None,
    }
