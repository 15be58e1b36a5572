"""What people do with runs in the admin: start, cancel, answer, look at raw values. POST, then the run's page."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal, cast, get_args

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from maestro.errors import InvalidInput, MaestroError
from maestro.workspaces.desk import (
    JSONText,
    Seat,
    Wrap,
    author_of,
    editing_seat,
    looking_seat,
    page_of,
    seat_of,
)
from orchestras.actions import set_enabled
from orchestras.models import Orchestra
from runs.actions import (
    ItemDecision,
    answer_cut_write,
    cancel_run,
    decide_gate,
    start_orchestra,
    start_score,
)
from runs.gate_form import keep_typed
from runs.models import Mode, Run, Trigger
from runs.sse import RETRY, STILL_HERE, passing_frame, stream
from runs.stream import Happening, Words, follow_words
from scores.composing.page import composer_page
from scores.models import Score

VALUES = {"input": "input", "output": "output_json", "error": "error"}
Decision = Literal["approve", "edit", "drop"]


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("scores/score/<str:pk>/start/", wrap(start_of_score), name="start_score"),
        path(
            "orchestras/orchestra/<str:pk>/start/", wrap(start_of_orchestra), name="start_orchestra"
        ),
        path("orchestras/orchestra/<str:pk>/enabled/", wrap(enable), name="enable_orchestra"),
        path("runs/run/<str:pk>/canvas/", wrap(canvas), name="run_canvas"),
        path("runs/run/<str:pk>/cancel/", wrap(cancel), name="cancel_run"),
        path("runs/run/<str:pk>/answer/", wrap(answer), name="answer_cut_write"),
        path("runs/run/<str:pk>/decide/", wrap(decide), name="decide_gate"),
        path("runs/run/<str:pk>/raw/", wrap(raw), name="raw_value"),
        path("runs/run/<str:pk>/stream/", wrap(events), name="run_stream"),
    ]


@require_POST
def start_of_score(request: HttpRequest, pk: str) -> HttpResponse:
    """Play a score outside any orchestra, with the input that was typed."""
    seat = editing_seat(request)
    score = get_object_or_404(Score, pk=pk, workspace=seat.workspace)

    def start() -> Run:
        return start_score(
            score,
            trigger=Trigger.MANUAL,
            input=_typed_input(request),
            mode=_mode(request),
            started_by=author_of(request),
        )

    return _to_the_run(request, start, back=page_of(score))


@require_POST
def start_of_orchestra(request: HttpRequest, pk: str) -> HttpResponse:
    """Play an orchestra now, whatever its switch says, with its own input."""
    seat = editing_seat(request)
    orchestra = get_object_or_404(Orchestra, pk=pk, workspace=seat.workspace)

    def start() -> Run:
        return start_orchestra(
            orchestra,
            trigger=Trigger.MANUAL,
            mode=_mode(request),
            started_by=author_of(request),
        )

    return _to_the_run(request, start, back=page_of(orchestra))


@require_POST
def enable(request: HttpRequest, pk: str) -> HttpResponse:
    """Switch an orchestra's clock on or off."""
    seat = editing_seat(request)
    orchestra = get_object_or_404(Orchestra, pk=pk, workspace=seat.workspace)
    try:
        set_enabled(orchestra, request.POST.get("enabled") == "true", author=author_of(request))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(page_of(orchestra))


@require_GET
def canvas(request: HttpRequest, pk: str) -> HttpResponse:
    """The run on the Composer's canvas."""
    seat = looking_seat(request)
    run = _run(request, pk, seat)
    return composer_page(request, seat, run.score, run.pk, run={"id": run.pk})


@require_POST
def cancel(request: HttpRequest, pk: str) -> HttpResponse:
    run = _run(request, pk, editing_seat(request))
    return _to_the_run(request, lambda: cancel_run(run, by=author_of(request)), back=page_of(run))


@require_POST
def answer(request: HttpRequest, pk: str) -> HttpResponse:
    """Say whether a write that was cut in half was sent."""
    run = _run(request, pk, editing_seat(request))
    sent = request.POST.get("sent")
    if sent not in ("yes", "no"):
        return HttpResponseRedirect(page_of(run))

    def settle() -> Run:
        return answer_cut_write(
            run,
            node=request.POST.get("node", ""),
            iteration=request.POST.get("iteration", ""),
            sent=sent == "yes",
            by=author_of(request),
        )

    return _to_the_run(request, settle, back=page_of(run))


@require_POST
def decide(request: HttpRequest, pk: str) -> HttpResponse:
    """Approve, edit or drop each item a gate asks about."""
    run = _run(request, pk, editing_seat(request))

    def settle() -> Run:
        return decide_gate(
            run,
            node=request.POST.get("node", ""),
            iteration=request.POST.get("iteration", ""),
            decisions=_decisions(request.POST),
            comment=request.POST.get("comment", ""),
            by=author_of(request),
        )

    try:
        return HttpResponseRedirect(_asked_on(request, settle()))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        keep_typed(request, run)
        return HttpResponseRedirect(_asked_on(request, run))


@require_GET
def raw(request: HttpRequest, pk: str) -> HttpResponse:
    """A value as it is stored: `of` names it; without a node the run's own."""
    run, of = _run(request, pk, seat_of(request)), request.GET.get("of", "")
    if of not in VALUES:
        return HttpResponse(status=404)
    node = request.GET.get("node")
    if not node:
        return _json(getattr(run, of))
    rows = run.nodes.filter(node_key=node, iteration=request.GET.get("at", ""))
    numbers = {name: request.GET.get(name, "") for name in ("attempt", "call")}
    rows = rows.filter(**{name: int(text) for name, text in numbers.items() if text.isdecimal()})
    row = rows.order_by("call", "-attempt").first()
    return _json(getattr(row, VALUES[of])) if row else HttpResponse(status=404)


@require_GET
def events(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The run's events as they happen."""
    run = _run(request, pk, seat_of(request))
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    after = int(last) if last.isdecimal() and len(last) < 10 else 0
    return async_to_sync(stream)(news_of(run, after))


async def news_of(run: Run, after: int) -> AsyncIterator[bytes]:
    """A frame for each batch of events: the page asks for its parts anew, whatever happened."""
    yield RETRY
    if not run.is_finished or after < run.last_event:
        async for happened in follow_words(run.pk, after):
            if isinstance(happened, Words):
                yield passing_frame("words", happened._asdict())
                continue
            yield _frame(happened[-1]) if happened else STILL_HERE
    yield b"event: end\ndata: {}\n\n"


def _frame(newest: Happening) -> bytes:
    return f"id: {newest.number}\ndata: {newest.kind}\n\n".encode()


def _run(request: HttpRequest, pk: str, seat: Seat | None) -> Run:
    return get_object_or_404(Run, pk=pk, workspace=seat.workspace if seat else None)


def _to_the_run(request: HttpRequest, act: Callable[[], Run], *, back: str) -> HttpResponse:
    """Act, then show the run; a refusal is told on the page it was asked from."""
    try:
        return HttpResponseRedirect(_asked_on(request, act()))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(back)


def _asked_on(request: HttpRequest, run: Run) -> str:
    """The page on which the question was: all that wait, or the run's."""
    here = request.POST.get("back") == "approvals"
    return reverse("admin:approvals") if here else page_of(run)


def _decisions(sent: QueryDict) -> list[ItemDecision]:
    decisions = []
    for name, decision in sent.items():
        number = name.removeprefix("decision-")
        if not number.isdecimal() or decision not in get_args(Decision):
            continue
        text = sent.get(f"item-{number}", "") if decision == "edit" else ""
        item = _parsed(text, f"Item {number}") if text else None
        decisions.append(ItemDecision(int(number), cast(Decision, decision), item))
    return decisions + _decided_alike(sent)


def _decided_alike(sent: QueryDict) -> list[ItemDecision]:
    """The items that the page did not show one by one."""
    decision, bounds = sent.get("rest"), [sent.get("rest-first", ""), sent.get("rest-end", "")]
    if decision not in ("approve", "drop") or not all(b.isdecimal() and len(b) < 7 for b in bounds):
        return []
    return [ItemDecision(n, cast(Decision, decision)) for n in range(*map(int, bounds))]


def _typed_input(request: HttpRequest) -> dict[str, Any]:
    typed = _parsed(request.POST.get("input", ""), "The input")
    if not isinstance(typed or {}, dict):
        raise InvalidInput('The input: Write an object: {"name": "value"}.')
    return typed or {}


def _parsed(text: str, what: str) -> Any:  # noqa: ANN401
    try:
        return JSONText(required=False).clean(text)
    except ValidationError as fault:
        raise InvalidInput(f"{what}: {fault.messages[0]}") from None


def _mode(request: HttpRequest) -> Mode:
    asked = request.POST.get("mode")
    return Mode(asked) if asked in (Mode.LIVE, Mode.PLAN) else Mode.REHEARSAL


def _json(value: object) -> JsonResponse:
    return JsonResponse(value, safe=False, json_dumps_params={"indent": 2, "ensure_ascii": False})
