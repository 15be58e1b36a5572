"""Contacts in and out of a pipeline in the admin: a table to keep, and one to take in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from agents.tables import MAX_TEXT
from maestro.errors import InvalidInput
from maestro.workspaces.desk import Wrap, author_of, desk_page, editing_seat, looking_seat

from . import transfer
from .models import Pipeline

SHOWN_REFUSALS = 200


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    below = "pipeline/pipeline/<str:pk>"
    return [
        path(f"{below}/contacts.csv", wrap(export_contacts), name="export_contacts"),
        path(f"{below}/import/", wrap(import_contacts), name="import_contacts"),
    ]


@require_GET
def export_contacts(request: HttpRequest, pk: str) -> HttpResponse:
    """Everyone in the pipeline, as a CSV file."""
    pipeline = get_object_or_404(Pipeline, pk=pk, workspace=looking_seat(request).workspace)
    text = transfer.export_contacts(pipeline)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{pipeline.slug}.csv"'
    return answer


@require_http_methods(["GET", "POST"])
def import_contacts(request: HttpRequest, pk: str) -> HttpResponse:
    """Paste or choose a table; the page tells what became of each row."""
    is_post = request.method == "POST"
    seat = editing_seat(request) if is_post else looking_seat(request)
    pipeline = get_object_or_404(Pipeline, pk=pk, workspace=seat.workspace)
    text, refusal, told = "", "", None
    if is_post:
        try:
            text = _sent(request)
            told = transfer.import_contacts(pipeline, text, author=author_of(request))
        except InvalidInput as error:
            refusal = error.message
    return desk_page(
        request,
        "pipeline/import.html",
        f"Import contacts into {pipeline}",
        pipeline=pipeline,
        columns=transfer.COLUMNS,
        text=text if refusal else "",
        refusal=refusal,
        told=told,
        refused=told.refused[:SHOWN_REFUSALS] if told else [],
    )


def _sent(request: HttpRequest) -> str:
    """The file, else the pasted text."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "")
    if (file.size or 0) > MAX_TEXT:
        raise InvalidInput(f"The file has more than {MAX_TEXT:,} bytes")
    content = bytes(file.read())
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("The file is no text in UTF-8; save it as CSV UTF-8") from None
