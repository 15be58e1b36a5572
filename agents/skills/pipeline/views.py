"""What people do with a pipeline beside its forms: tables in and out, webhooks tried and sent again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.tables import MAX_TEXT
from maestro.errors import InvalidInput
from maestro.workspaces.desk import (
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    looking_seat,
    page_of,
    to_page_or_why,
)

from . import transfer
from .hooks import send_again, send_test
from .models import Delivery, Hook, Pipeline

SHOWN_REFUSALS = 200


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    below = "pipeline/pipeline/<str:pk>"
    return [
        path(f"{below}/contacts.csv", wrap(export_contacts), name="export_contacts"),
        path(f"{below}/import/", wrap(import_contacts), name="import_contacts"),
        path("pipeline/hook/<str:pk>/test/", wrap(test_hook), name="test_hook"),
        path("pipeline/delivery/<str:pk>/send/", wrap(send_delivery), name="send_delivery"),
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
            by, moves = author_of(request), bool(request.POST.get("move"))
            told = transfer.import_contacts(pipeline, text, author=by, moves=moves)
        except InvalidInput as error:
            refusal = error.message
    return desk_page(
        request,
        "pipeline/import.html",
        f"Import contacts into {pipeline}",
        pipeline=pipeline,
        columns=transfer.COLUMNS,
        text=text if refusal else "",
        moves=bool(request.POST.get("move")),
        refusal=refusal,
        told=told,
        refused=told.refused[:SHOWN_REFUSALS] if told else [],
    )


@require_POST
def test_hook(request: HttpRequest, pk: str) -> HttpResponse:
    """Send a message that tells of nothing."""
    hook = get_object_or_404(Hook, pk=pk, workspace=editing_seat(request).workspace)

    def act() -> str:
        send_test(hook, by=author_of(request))
        messages.success(request, "A test is on its way; reload the page to see how it fared.")
        return page_of(hook)

    return to_page_or_why(request, act, back=page_of(hook))


@require_POST
def send_delivery(request: HttpRequest, pk: str) -> HttpResponse:
    """Send a message again, under its own id."""
    delivery = get_object_or_404(Delivery, pk=pk, workspace=editing_seat(request).workspace)
    page = page_of(delivery.hook)

    def act() -> str:
        send_again(delivery, by=author_of(request))
        messages.success(request, "It is on its way again, under the same id.")
        return page

    return to_page_or_why(request, act, back=page)


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
