"""What runs will cost: from what recorded ones used, at today's models and prices."""

from .ahead import forecast_of_draft, forecast_of_orchestra, forecast_of_score
from .figures import Forecast, Range

__all__ = [
    "Forecast",
    "Range",
    "forecast_of_draft",
    "forecast_of_orchestra",
    "forecast_of_score",
]
