"""What an agent may set for its model calls."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SAMPLING = {"temperature", "top_p", "top_k"}


class Parameters(BaseModel):
    """`effort` is how much the model thinks, `cache` how long its prompt is kept for reading again
    (empty: not), `max_tokens` bounds one answer, thinking included, `max_turns` the calls of a
    session."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    max_tokens: int = Field(default=16_000, ge=1, le=128_000)
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    cache: Literal["5m", "1h"] | None = None
    max_turns: int = Field(default=8, ge=1, le=100)

    @model_validator(mode="before")
    @classmethod
    def _no_sampling(cls, given: dict[str, Any]) -> dict[str, Any]:
        if found := SAMPLING & given.keys():
            raise ValueError(f"models take no {found.pop()} any more; set effort instead")
        return given
