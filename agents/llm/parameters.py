"""What an agent may set for its model calls, and a node may narrow."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SAMPLING = {"temperature", "top_p", "top_k"}
MAX_MICRODOLLARS = 10**15

ModelId = Annotated[str, Field(min_length=1, max_length=120)]


class Limits(BaseModel):
    """What one session may use at most: calls, seconds, tokens of all kinds, micro-dollars. Checked
    before each call, so that the last one may go beyond."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    max_turns: int | None = Field(default=None, ge=1, le=100)
    max_seconds: int | None = Field(default=None, ge=1, le=86_400)
    max_total_tokens: int | None = Field(default=None, ge=1, le=10**12)
    max_cost_microdollars: int | None = Field(default=None, ge=1, le=MAX_MICRODOLLARS)


class Parameters(Limits):
    """`effort` is how much the model thinks and `thinking` when, `cache` how long its prompt is kept
    for reading again (empty: not), `max_tokens` bounds one answer, thinking included.
    `fallback_models` are asked in this order when the agent's own cannot answer, `cheaper_model`
    when a budget has no room for it."""

    max_tokens: int = Field(default=16_000, ge=1, le=128_000)
    max_turns: int = Field(default=8, ge=1, le=100)
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    thinking: Literal["adaptive", "between_tools", "disabled"] | None = None
    cache: Literal["5m", "1h"] | None = None
    fallback_models: list[ModelId] = Field(default=[], max_length=5)
    cheaper_model: ModelId | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_sampling(cls, given: dict[str, Any]) -> dict[str, Any]:
        if found := SAMPLING & given.keys():
            raise ValueError(f"models take no {found.pop()} any more; set effort instead")
        return given

    def within(self, limits: Limits) -> Self:
        """With those of the limits that are tighter."""
        tighter = {
            name: limit
            for name in Limits.model_fields
            if (limit := getattr(limits, name)) is not None
            and limit < (getattr(self, name) or MAX_MICRODOLLARS)
        }
        return self.model_copy(update=tighter)
