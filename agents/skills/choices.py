"""What a form offers for a field of an operation: rows of the workspace, by the key `x-choices` in its schema.

They are offered, not demanded: a score may be drawn before its pipeline is there.
"""

from enum import StrEnum
from typing import Any

KEY = "x-choices"


class Choices(StrEnum):
    PIPELINES = "pipelines"  # by slug
    STAGES = "stages"  # of the pipeline that the field `pipeline` beside it names
    SECRETS = "secrets"  # by name


def offering(choices: Choices) -> dict[str, Any]:
    """For a field: `Field(json_schema_extra=offering(Choices.PIPELINES))`."""
    return {KEY: choices.value}


def without_choices(schema: Any) -> Any:  # noqa: ANN401
    """The schema as a model may see it: what the workspace has is none of its business."""
    if isinstance(schema, list):
        return [without_choices(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: without_choices(part) for name, part in schema.items() if name != KEY}
