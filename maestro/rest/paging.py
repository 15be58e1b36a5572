"""Lists in pages. A cursor names the last row shown, so that rows made meanwhile move no page."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, Field

from maestro.errors import InvalidInput

from .shapes import Query

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

NEWEST_FIRST = ("-created_at", "-id")


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None


class PageQuery(Query):
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(
        None, min_length=1, max_length=1000, description="The `next_cursor` of the page before."
    )


def page(
    into: type[Page[Item]],
    rows: QuerySet[Row],
    query: PageQuery,
    show: Callable[[Row], Item],
    order: Sequence[str] = NEWEST_FIRST,
) -> Page[Item]:
    """One page of `rows` by `order`: columns of one direction (`-` on all or none), the last one unique."""
    if query.cursor is not None:
        rows = rows.filter(_after(rows.model, order, query.cursor))
    found = list(rows.order_by(*order)[: query.limit + 1])
    shown = found[: query.limit]
    more = len(found) > query.limit
    return into(
        items=[show(row) for row in shown],
        next_cursor=_cursor(shown[-1], order) if more else None,
    )


def _cursor(row: Model, order: Sequence[str]) -> str:
    values = (str(getattr(row, column.lstrip("-"))) for column in order)
    place = [row._meta.model_name, *values]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(model: type[Model], order: Sequence[str], cursor: str) -> Q:
    """What comes after the row a cursor names: (a, b) beyond (x, y)."""
    beyond = "lt" if order[0].startswith("-") else "gt"
    after, equal = Q(), Q()
    for column, value in zip(order, _place(model, order, cursor), strict=True):
        name = column.lstrip("-")
        after |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    return after


def _place(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, *values = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
        if name != model._meta.model_name or not all(_is_plain(value) for value in values):
            raise ValueError("a cursor of another list")
        columns = [model._meta.get_field(column.lstrip("-")) for column in order]
        pairs = zip(columns, values, strict=True)
        return [_in_utc(column.to_python(value)) for column, value in pairs]  # type: ignore[union-attr]
    except (ValueError, TypeError, OverflowError, ValidationError, RecursionError) as error:
        message = "The cursor is none that this list gave; begin without one"
        raise InvalidInput(
            message, errors=[{"place": "query.cursor", "message": message}]
        ) from error


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _in_utc(value: object) -> object:
    """Times are written so; the database refuses offsets that Python takes."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value
