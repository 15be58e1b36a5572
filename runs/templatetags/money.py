"""What something will cost and what its budgets say, for pages that know nothing of runs."""

from django import template

from maestro.errors import MaestroError
from orchestras.models import Orchestra
from runs.budgets import Cap, caps_of_orchestra
from runs.forecasts import Forecast, forecast_of_orchestra, forecast_of_score
from scores.models import Score

register = template.Library()


@register.simple_tag
def forecast_of(row: Score | Orchestra) -> dict[str, Forecast | str]:
    """Under `found`, or why there is none under `refused`."""
    try:
        if isinstance(row, Orchestra):
            return {"found": forecast_of_orchestra(row)}
        return {"found": forecast_of_score(row)}
    except MaestroError as refusal:
        return {"refused": refusal.message}


@register.simple_tag
def budgets_of(orchestra: Orchestra) -> list[Cap]:
    """Those that have a limit."""
    return [cap for cap in caps_of_orchestra(orchestra) if cap.allowed is not None]
