"""The base of every body and query that is read, and the parts that many of them share."""

from typing import Annotated, Any, Self, TypeVar

from django.db.models import Model, QuerySet
from ninja.params.functions import Header
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from maestro.errors import NotFound

JSON = dict[str, Any]
Row = TypeVar("Row", bound=Model)

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]*$", max_length=120)]
VersionNumber = Annotated[int, Field(ge=1, le=2_000_000_000)]
IfMatch = Annotated[
    str | None,
    Header(None, alias="If-Match", description="The `ETag` of what is to be changed, or `*`."),
]


class Body(BaseModel):
    """What a program sends: an unknown field, or a value of another type, is refused with its place."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Query(BaseModel):
    """The query of an operation: a misspelt filter is refused, rather than that it filters nothing."""

    @model_validator(mode="after")
    def _refuse_unknown(self, info: ValidationInfo) -> Self:
        sent = info.context["request"].GET if info.context else {}
        known = {field.alias or name for name, field in type(self).model_fields.items()}
        unknown = [name for name in sent if name not in known]
        if unknown:
            raise ValueError(f"unknown in the query: {', '.join(unknown)}")
        return self


class Refusal(BaseModel):
    """The one shape of everything that is refused; a `code` never changes its meaning."""

    code: str
    message: str
    details: JSON
    request_id: str


def find(rows: QuerySet[Row], key: str | int, by: str = "pk") -> Row:
    """The row of that key; NotFound also when it is another workspace's, since `rows` are the caller's."""
    row = rows.filter(**{by: key}).first()
    if row is None:
        raise NotFound(f"There is no {rows.model._meta.verbose_name} {key} in this workspace")
    return row
