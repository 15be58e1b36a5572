"""Deleting what has a long history: set by set in the database, where Django would load each row first.

What goes along is what Django would take: rows that refer by CASCADE go too, at any depth, those by
SET_NULL forget. A RESTRICT is left to the database, which refuses.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import CASCADE, SET_NULL, QuerySet

Rows = QuerySet[Any]


def erase(rows: Rows) -> int:
    """Delete the rows and say how many there were; as many statements as there are tables below.

    Those of their own table that refer to them by CASCADE are not looked for: they are among `rows`.
    """
    for held, field in _referring(rows, SET_NULL):
        held.update(**{field: None})
    for held, _ in _referring(rows, CASCADE):
        if held.model is not rows.model:
            erase(held)
    return int(rows.order_by()._raw_delete(rows.db))


def _referring(rows: Rows, on_delete: object) -> Iterator[tuple[Rows, str]]:
    for relation in rows.model._meta.related_objects:
        model: Any = relation.related_model
        if relation.on_delete is on_delete:
            name = relation.field.name
            referred = rows.order_by().values(relation.field.target_field.attname)
            yield model._base_manager.filter(**{f"{name}__in": referred}), name
