"""Operations on the fields of one input."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from agents.skills.context import Context
from agents.skills.data.manifest import skill
from agents.skills.operation import Effect, Sample
from agents.skills.template import fill, reach

MISSING = object()
Text = Annotated[str, Field(max_length=20_000)]


class Open(BaseModel):
    """Takes and gives fields of any name."""

    model_config = ConfigDict(extra="allow")

    @property
    def others(self) -> dict[str, Any]:
        """The fields that are not declared."""
        return self.model_extra or {}


class PickInput(Open):
    fields: list[str] = Field(
        max_length=200, description="Names of fields to keep; a.b takes b out of a."
    )


@skill.operation(effect=Effect.NONE, sample=Sample({"email": "ada@example.com", "name": "Ada"}))
async def pick(input: PickInput, context: Context) -> Open:
    """Keep some fields and drop the rest; a field that is missing stays missing."""
    found = {path.split(".")[-1]: reach(input.others, path, MISSING) for path in input.fields}
    return Open(**{name: value for name, value in found.items() if value is not MISSING})


class RenameInput(Open):
    names: dict[str, str] = Field(max_length=200, description="Old name to new name.")


@skill.operation(effect=Effect.NONE, sample=Sample({"email": "ada@example.com"}))
async def rename(input: RenameInput, context: Context) -> Open:
    """Give fields other names and pass all others on; a new name wins over an old field."""
    kept = {name: value for name, value in input.others.items() if name not in input.names}
    renamed = {new: input.others[old] for old, new in input.names.items() if old in input.others}
    return Open(**kept | renamed)


class TemplateInput(Open):
    templates: dict[str, Text] = Field(
        max_length=50, description="Texts with places like {name} or {company.name}."
    )


@skill.operation(effect=Effect.NONE, sample=Sample({"subject": "3 new, 2 known"}))
async def template(input: TemplateInput, context: Context) -> Open:
    """Fill texts: a missing field is empty, a list shows its length, {{ and }} are braces."""
    return Open(**{name: fill(text, input.others) for name, text in input.templates.items()})
