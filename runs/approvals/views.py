"""The page of approvals: what waits on the left, one of them to decide on the right."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from maestro.workspaces.desk import Wrap, desk_page, looking_seat
from runs.budgets import caps_of_run
from runs.gate_form import take_typed

from .waiting import Question, questions_of


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [path("approvals/", wrap(approvals), name="approvals")]


@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """The oldest question, or the one chosen by `?key=`, or of the run in `?run=`."""
    seat = looking_seat(request)
    questions = questions_of(seat.workspace)
    chosen = _chosen(questions, request.GET.get("key", ""), request.GET.get("run", ""))
    told = {"original": chosen.run, "typed": take_typed(request, chosen.run)} if chosen else {}
    return desk_page(
        request,
        "runs/approvals.html",
        "Approvals",
        questions=questions,
        chosen=chosen,
        budgets=[cap for cap in caps_of_run(chosen.run) if cap.is_reached]
        if chosen and chosen.kind == "budget"
        else [],
        may_act=seat.may_edit,
        decisions=["approve", "edit", "drop"],
        back="approvals",
        **told,
    )


def _chosen(questions: list[Question], key: str, run: str) -> Question | None:
    named = (one for one in questions if one.key == key or one.run.pk == run)
    return next(named, questions[0] if questions else None)
