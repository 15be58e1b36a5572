"""Django's own validation, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from maestro.errors import Conflict, InvalidInput


def clean(row: Model) -> None:
    """Check fields and constraints; InvalidInput whose `details["fields"]` says what is wrong where."""
    try:
        row.full_clean()
    except ValidationError as refusal:
        fields = refusal.message_dict
        name, messages = next(iter(fields.items()))
        place = "" if name == NON_FIELD_ERRORS else f"{name}: "
        raise InvalidInput(f"{place}{messages[0]}", fields=fields) from None


@contextmanager
def taken_at_the_same_time(what: str) -> Iterator[None]:
    """Around the write of a cleaned row: Conflict when another one was faster."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Conflict(f"Someone took {what} at the same moment; try again") from None
