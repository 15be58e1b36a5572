"""Deletes that name what stands in their way, before and after the click."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from maestro.errors import InUse
from maestro.uses import Use

from .pages import ScopedAdmin
from .seat import author_of


class GuardedDeletion(ScopedAdmin):
    """For rows with a delete verb: the pages show its refusal as a list with links."""

    way_out = ""
    audited_by_verbs = True

    def uses_of(self, obj: Any) -> list[Use]:
        """What refers to the row and so keeps it."""
        raise NotImplementedError

    def missed_by(self, obj: Any) -> list[Use]:
        """Who would miss the row, though it may go: told before the click."""
        return []

    def delete(self, obj: Any, author: str) -> None:
        """The domain's verb."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        context = {**(extra_context or {}), "way_out": self.way_out, "missed": self._missed([row])}
        try:
            return super().delete_view(request, object_id, context)
        except InUse:  # it came into use since the page was shown: now the page says by what
            return super().delete_view(request, object_id, context)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[dict[str, Any]]]:
        rows = list(objs)
        names, along, lacking, _ = super().get_deleted_objects(rows, request)
        refused = [
            {"row": row, "used_by": uses, "words": in_words(uses)}
            for row in rows
            if (uses := self.uses_of(row))
        ]
        missed = {one["row"]: one["words"] for one in self._missed(rows)}
        told = [
            f"{name}: {missed[row]}" if row in missed else name
            for row, name in zip(rows, names, strict=True)
        ]
        return told, along, lacking, refused

    def _missed(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        found = [(row, self.missed_by(row)) for row in rows if row is not None]
        return [
            {"row": row, "used_by": uses, "words": in_words(uses, "ask for it by its name")}
            for row, uses in found
            if uses
        ]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete(obj, author_of(request))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete(row, author_of(request))


def in_words(uses: list[Use], do: str = "use it") -> str:
    """`4 nodes in 3 scores and 1 orchestra use it`."""
    nodes = sum(len(use["nodes"]) for use in uses)
    holders = Counter(use["type"] for use in uses if use["nodes"])
    others = Counter(use["type"] for use in uses if not use["nodes"])
    parts = []
    if nodes:
        parts.append(f"{_count(nodes, 'node')} in {_listed(holders)}")
    if others:
        parts.append(_listed(others))
    total = nodes + sum(others.values())
    verb, _, rest = do.partition(" ")
    return f"{' and '.join(parts)} {verb}{'s' if total == 1 else ''} {rest}"


def _listed(counts: Counter[str]) -> str:
    return " and ".join(_count(count, name) for name, count in sorted(counts.items()))


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
