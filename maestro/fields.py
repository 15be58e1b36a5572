"""Column types that every app shares."""

from functools import partial

from django.db import models

from maestro.ids import new_id


def id_field(prefix: str) -> "models.TextField[str, str]":
    """A primary key made by `maestro.ids.new_id`; the prefix tells a reader what it names."""
    return models.TextField(primary_key=True, default=partial(new_id, prefix), editable=False)


def text_choices(
    column: str, choices: type[models.TextChoices], name: str
) -> models.CheckConstraint:
    """Let the database itself refuse a value outside `choices`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{column}__in": choices.values}), name=name
    )
