"""Input types for what an operation puts into Maestro's own tables: bounded, and fit to be kept."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from agents.skills.outcome import JSON, first_unfit

MAX_PAYLOAD_BYTES = 64 * 1024


def _keepable(value: Any) -> Any:  # noqa: ANN401  # the same value, of any type, comes back
    if unfit := first_unfit(value):
        place, fault = unfit
        raise ValueError(f"{place} {fault}".strip())
    return value


def _small(payload: JSON) -> JSON:
    if len(json.dumps(payload)) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"has more than {MAX_PAYLOAD_BYTES:,} bytes")
    return payload


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_keepable)
]
Prose = Annotated[str, Field(max_length=64 * 1024), AfterValidator(_keepable)]
Payload = Annotated[JSON, AfterValidator(_keepable), AfterValidator(_small)]
