"""Export and import in the admin: a file to keep, and a look at what a file would change before it does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from maestro.errors import InvalidInput, MaestroError
from maestro.workspaces.desk import Seat, Wrap, author_of, desk_page, editing_seat, looking_seat
from scores.models import Score

from .document import MAX_BYTES, as_text, read_text
from .export import export_score
from .taking import Imported, import_document
from .telling import groups_of


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("scores/import/", wrap(take), name="import_document"),
        path("scores/score/<str:pk>/export/", wrap(export), name="export_score"),
    ]


@require_GET
def export(request: HttpRequest, pk: str) -> HttpResponse:
    """The score with all it needs, as a YAML file."""
    score = get_object_or_404(Score, pk=pk, workspace=looking_seat(request).workspace)
    text = as_text(export_score(score).content())
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{score.slug}.yaml"'
    return answer


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Paste or choose a document, look at what it would change, do it."""
    if request.method == "GET":
        looking_seat(request)
        return _page(request)
    seat, text, refusal, looked = editing_seat(request), "", "", None
    try:
        text = _sent(request)
        seal = request.POST.get("seal")
        looked = _import(request, seat, text, seal)
        if seal:
            messages.success(request, _told(looked))
            return HttpResponseRedirect(reverse("admin:scores_score_changelist"))
    except MaestroError as error:
        refusal = error.message
    groups = groups_of(looked) if looked else []
    return _page(request, text=text, refusal=refusal, looked=looked, groups=groups)


def _import(request: HttpRequest, seat: Seat, text: str, seal: str | None) -> Imported:
    document, author = read_text(text), author_of(request)
    return import_document(seat.workspace, document, author=author, dry_run=not seal, seal=seal)


def _sent(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    if (file.size or 0) > MAX_BYTES:
        raise InvalidInput(f"The file has more than {MAX_BYTES:,} bytes")
    try:
        return bytes(file.read()).decode()
    except UnicodeDecodeError:
        raise InvalidInput("The file is no text in UTF-8") from None


def _told(imported: Imported) -> str:
    numbers = {
        word: sum(change.change == word for change in imported.changes)
        for word in ("created", "changed", "same")
    }
    return f"Imported: {numbers['created']} new, {numbers['changed']} changed, {numbers['same']} as they were."


def _page(request: HttpRequest, **context: object) -> HttpResponse:
    return desk_page(request, "exchange/import.html", "Import scores", **context)
