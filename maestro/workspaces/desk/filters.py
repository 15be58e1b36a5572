"""Filters whose choices come from the current workspace only."""

from typing import Any

from django.contrib.admin import ModelAdmin, RelatedFieldListFilter
from django.db.models import Field
from django.http import HttpRequest

from .seat import seat_of


class ScopedRelatedFilter(RelatedFieldListFilter):
    """Django's own offers the related rows of every workspace."""

    def field_choices(
        self,
        field: "Field[Any, Any]",
        request: HttpRequest,
        model_admin: "ModelAdmin[Any]",
    ) -> list[tuple[str, str]]:
        seat = seat_of(request)
        target: Any = field.related_model
        rows = target._default_manager.filter(workspace=seat.workspace if seat else None)
        return [(str(row.pk), str(row)) for row in rows[:200]]
