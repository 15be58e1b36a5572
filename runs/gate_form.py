"""What a person typed into a gate's form that was refused: shown again, so that nothing is lost."""

from django.http import HttpRequest

from runs.models import Run


def keep_typed(request: HttpRequest, run: Run) -> None:
    request.session[_name(run)] = request.POST.dict()


def take_typed(request: HttpRequest, run: Run) -> dict[str, str]:
    """Empty when nothing was refused since the page was last shown."""
    typed: dict[str, str] = request.session.pop(_name(run), {})
    return typed


def _name(run: Run) -> str:
    return f"gates of {run.pk}"
