"""Forecasts on the wire."""

from typing import Literal

from pydantic import BaseModel, Field

from maestro.rest.shapes import Query

from .figures import Forecast, Range


class ForecastQuery(Query):
    count: bool = Field(
        False, description="Count prompts that no run has recorded at the provider, for free."
    )


class RangeOut(BaseModel):
    """Micro-dollars: one of ten is below `low`, one of ten above `high`; `expected` is the mean."""

    low: int
    expected: int
    high: int


class KeptOut(BaseModel):
    """This month's runs: what the ones before them foretold, and what they cost."""

    runs: int
    forecast: RangeOut
    actual: int


class ForecastOut(BaseModel):
    """`basis`: `recorded` tokens; `counted` or `estimated` for nodes in `guessed`, which no run has
    recorded; `free`: no model is asked. `runs` were looked at."""

    basis: Literal["recorded", "counted", "estimated", "free"]
    runs: int
    guessed: list[str]
    assumed: list[str]
    per_run_microdollars: RangeOut
    runs_per_month: float | None
    per_month_microdollars: RangeOut | None
    this_month: KeptOut | None


def forecast_out(forecast: Forecast) -> ForecastOut:
    month, kept = forecast.a_month, forecast.kept
    rate = forecast.runs_a_month
    return ForecastOut(
        basis=forecast.basis,
        runs=forecast.runs,
        guessed=list(forecast.guessed),
        assumed=list(forecast.why),
        per_run_microdollars=_range(forecast.a_run),
        runs_per_month=None if rate is None else round(rate, 2),
        per_month_microdollars=_range(month) if month else None,
        this_month=KeptOut(runs=kept.runs, forecast=_range(kept.forecast), actual=kept.actual)
        if kept
        else None,
    )


def _range(told: Range) -> RangeOut:
    return RangeOut(low=told.low, expected=told.expected, high=told.high)
