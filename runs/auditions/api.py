"""Auditions over REST: their price, what came of them, and a person's verdicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status
from ninja.params.functions import Header
from ninja.params.functions import Path as PathParam

from agents.models import Agent, AgentQuerySet
from maestro.errors import InvalidInput
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from runs.actions import start_once
from runs.models import Run

from . import actions
from .actions import Proposal
from .models import Against, Audition, AuditionQuerySet
from .schemas import (
    AuditionIn,
    AuditionOut,
    CandidateIn,
    ForecastOut,
    PriceOut,
    RowFilters,
    RowOut,
    SavedOut,
    SaveIn,
    VerdictIn,
    audition_out,
    row_out,
)
from .settling import settle

IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Makes a repeat safe: it answers with the audition that the first request made.",
    ),
]
Number = Annotated[int, PathParam(ge=0, le=2_000_000_000)]

router = Router(tags=["Auditions"])


@router.post(
    "/agents/{agent_id}/auditions",
    response={200: AuditionOut | PriceOut, 201: AuditionOut},
    auth=can("agent:read", "run:write"),
)
def start_audition(
    request: ApiRequest,
    response: HttpResponse,
    agent_id: Id,
    body: AuditionIn,
    idempotency_key: IdempotencyKey,
) -> Status[AuditionOut | PriceOut]:
    """Hear a changed agent, before it is saved, at inputs that it was given before."""
    agent = find(_agents(request), agent_id)
    with _told_of_candidate():
        candidate = actions.candidate_of(agent, body.candidate.fields_to_replace())
        proposal = actions.propose(agent, candidate, body.selection, against=Against(body.against))
    if body.dry_run:
        return Status(200, _price(proposal, body))
    audition, is_new = _start(request, proposal, body, idempotency_key)
    response["Location"] = reverse("api:get_audition", args=[audition.pk])
    return Status(201 if is_new else 200, audition_out(audition))


@router.get("/agents/{agent_id}/auditions", response=Page[AuditionOut], auth=can("agent:read"))
def list_auditions(request: ApiRequest, agent_id: Id, query: Query[PageQuery]) -> Page[AuditionOut]:
    """Newest first."""
    auditions = _auditions(request).filter(agent=find(_agents(request), agent_id))
    return page(Page[AuditionOut], auditions, query, audition_out)


@router.get("/auditions/{audition_id}", response=AuditionOut, auth=can("agent:read"))
def get_audition(request: ApiRequest, audition_id: Id) -> AuditionOut:
    return audition_out(_up_to_date(request, audition_id))


@router.get("/auditions/{audition_id}/rows", response=Page[RowOut], auth=can("agent:read"))
def list_audition_rows(
    request: ApiRequest, audition_id: Id, query: Query[RowFilters]
) -> Page[RowOut]:
    """What was answered then beside what the candidate answers, input by input."""
    rows = _up_to_date(request, audition_id).rows.all()
    if query.changed is not None:
        rows = rows.filter(changed=query.changed)
    return page(Page[RowOut], rows, query, row_out, ["number"])


@router.patch("/auditions/{audition_id}/rows/{number}", response=RowOut, auth=can("agent:write"))
def judge_audition_row(
    request: ApiRequest, audition_id: Id, number: Number, body: VerdictIn
) -> RowOut:
    """Say whether the new answer is better, the same or worse."""
    audition = find(_auditions(request), audition_id)
    judged = actions.judge(audition, number, body.verdict or "", by=author(request))
    return row_out(judged)


@router.post("/auditions/{audition_id}/cancel", response=AuditionOut, auth=can("run:write"))
def cancel_audition(request: ApiRequest, audition_id: Id) -> AuditionOut:
    """What was answered by then stays."""
    audition = find(_auditions(request), audition_id)
    actions.cancel_audition(audition, by=author(request))
    return audition_out(_up_to_date(request, audition_id))


@router.post("/auditions/{audition_id}/save", response=SavedOut, auth=can("agent:write"))
def save_audition(request: ApiRequest, audition_id: Id, body: SaveIn) -> SavedOut:
    """The candidate as the agent's next version; 412 when the agent has changed since."""
    audition = find(_auditions(request), audition_id)
    saved = actions.save_candidate(audition, note=body.note, by=author(request))
    return SavedOut(agent_id=saved.pk, version=saved.version)


@contextmanager
def _told_of_candidate() -> Iterator[None]:
    """A field of the agent is one of the candidate here."""
    try:
        yield
    except InvalidInput as refusal:
        if (place := refusal.details.get("place")) in CandidateIn.model_fields:
            refusal.details["place"] = f"candidate.{place}"
        raise


def _start(
    request: ApiRequest, proposal: Proposal, body: AuditionIn, key: str | None
) -> tuple[Audition, bool]:
    def start(*, idempotency_key: str | None, request_sha256: str | None) -> Run:
        audition = actions.start_audition(
            proposal, graders=body.graders, budget=body.budget_microdollars, by=author(request)
        )
        Run.objects.filter(audition=audition).update(
            idempotency_key=idempotency_key, request_sha256=request_sha256
        )
        return Run.objects.get(audition=audition)

    if key is None:
        run, is_new = start(idempotency_key=None, request_sha256=None), True
    else:
        asked = {"path": request.path, **body.model_dump(mode="json", exclude_unset=True)}
        run, is_new = start_once(request.auth.workspace, key, asked, start)
    return find(_auditions(request), run.pk, by="run"), is_new


def _price(proposal: Proposal, body: AuditionIn) -> PriceOut:
    forecast = proposal.forecast
    return PriceOut(
        agent_id=proposal.agent.pk,
        version=proposal.agent.version,
        against=body.against,
        selected=proposal.selection.words,
        forecast=ForecastOut.model_validate(forecast.as_json()),
        budget_microdollars=body.budget_microdollars or forecast.default_budget,
    )


def _agents(request: ApiRequest) -> AgentQuerySet:
    return Agent.objects.in_workspace(request.auth.workspace).select_related("workspace")


def _auditions(request: ApiRequest) -> AuditionQuerySet:
    rows = Audition.objects.in_workspace(request.auth.workspace).with_saved_version()
    return rows.select_related("run", "agent")


def _up_to_date(request: ApiRequest, audition_id: str) -> Audition:
    """With what its run has answered by now."""
    if not find(_auditions(request), audition_id).is_finished:
        settle(audition_id)
    return find(_auditions(request), audition_id)
