"""A contact's own fields, changed or gone."""

from django.db import transaction

from maestro.cleaning import clean, taken_at_the_same_time
from maestro.workspaces.audit import record

from .actions import check_stage
from .models import Contact
from .moves import Deed, lock, record_deeds


@transaction.atomic
def change_contact(contact: Contact, *, by: str, stage: str = "") -> Contact:
    """The contact with its fields as they are now, and at a stage, if one is named.

    Its stage itself stays what the database has: somebody may have moved it meanwhile.
    """
    kept = lock(Contact.objects.filter(pk=contact.pk)).get()
    contact.stage = kept.stage
    clean(contact)
    with taken_at_the_same_time("the address or id"):
        contact.save()
    record(contact.workspace, by, "contact.changed", contact, {"name": str(contact)})
    if stage and check_stage(kept.pipeline, stage) != kept.stage:
        record_deeds(kept.pipeline, [(contact, Deed(stage=stage, by=by))])
    return contact


@transaction.atomic
def delete_contact(contact: Contact, *, by: str) -> None:
    """With all that was done about them."""
    record(contact.workspace, by, "contact.deleted", contact, {"name": str(contact)})
    contact.delete()
