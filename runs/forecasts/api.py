"""Forecasts over REST."""

from ninja import Query, Router

from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, can
from orchestras.models import Orchestra
from scores.models import Score

from . import forecast_of_draft, forecast_of_orchestra, forecast_of_score
from .schemas import ForecastOut, ForecastQuery, forecast_out

router = Router(tags=["Budgets"])


@router.get("/scores/{score_id}/forecast", response=ForecastOut, auth=can("run:read"))
def get_forecast_of_score(
    request: ApiRequest, score_id: Id, query: Query[ForecastQuery]
) -> ForecastOut:
    """What a run will cost. 422 when it cannot be played, as for want of a model's price."""
    rows = Score.objects.in_workspace(request.auth.workspace).select_related("workspace")
    return forecast_out(forecast_of_score(find(rows, score_id), counted=query.count))


@router.get("/scores/{score_id}/draft/forecast", response=ForecastOut, auth=can("run:read"))
def get_forecast_of_draft(
    request: ApiRequest, score_id: Id, query: Query[ForecastQuery]
) -> ForecastOut:
    """What a run would cost, were the draft saved. 422 when it could not be played."""
    rows = Score.objects.in_workspace(request.auth.workspace).select_related("workspace")
    return forecast_out(forecast_of_draft(find(rows, score_id), counted=query.count))


@router.get("/orchestras/{orchestra_id}/forecast", response=ForecastOut, auth=can("run:read"))
def get_forecast_of_orchestra(
    request: ApiRequest, orchestra_id: Id, query: Query[ForecastQuery]
) -> ForecastOut:
    """What a run and a month will cost, by its schedule while that is on, else as often as of late."""
    rows = Orchestra.objects.in_workspace(request.auth.workspace)
    orchestra = find(rows.select_related("workspace", "score__workspace"), orchestra_id)
    return forecast_out(forecast_of_orchestra(orchestra, counted=query.count))
