"""Input types for what an operation puts into Maestro's own tables: bounded, and fit to be kept."""

import json
from typing import Annotated, Any

from django.conf import settings
from pydantic import AfterValidator, Field, StringConstraints

from agents.skills.outcome import JSON, first_unfit


def keepable(value: Any) -> Any:  # noqa: ANN401  # the same value, of any type, comes back
    if unfit := first_unfit(value):
        place, fault = unfit
        raise ValueError(f"{place} {fault}".strip())
    return value


def _small(payload: JSON) -> JSON:
    if len(json.dumps(payload)) > settings.MAX_ITEM_BYTES:
        raise ValueError(f"has more than {settings.MAX_ITEM_BYTES:,} bytes")
    return payload


Line = Annotated[
    str,
    Field(coerce_numbers_to_str=True),  # ids of other systems are often numbers
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(keepable),
]
Prose = Annotated[str, Field(max_length=64 * 1024), AfterValidator(keepable)]
Payload = Annotated[JSON, AfterValidator(keepable), AfterValidator(_small)]
