"""Runs over REST: start them, watch them, cancel them, answer for them."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Query, Router, Status
from ninja.params.functions import Header

from maestro.loops import depth_of
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from orchestras.models import Orchestra
from runs import actions, sse
from runs.graphs import graph_of, nodes_drawn
from runs.models import Mode, Run, RunNode, Trigger
from runs.schemas import (
    AnswerIn,
    DecisionIn,
    DraftStartIn,
    EventOut,
    IdempotencyKey,
    PlayedGraphOut,
    RunFilters,
    RunNodeOut,
    RunOut,
    StartIn,
    event_out,
    run_node_out,
    run_out,
)
from runs.stream import Words, follow_words
from scores.models import Score

LastEventId = Annotated[
    int, Header(0, alias="Last-Event-ID", ge=0, description="The last `id` you have seen.")
]
FRAME = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string"},
    },
}
EVENTS_ALSO_AS_STREAM = {"responses": {200: {"content": {"text/event-stream": {"schema": FRAME}}}}}
NEWEST_FIRST = ("-queued_at", "-id")

router = Router(tags=["Runs"])


@router.post(
    "/orchestras/{orchestra_id}/runs", response={201: RunOut, 200: RunOut}, auth=can("run:write")
)
def start_run_of_orchestra(
    request: ApiRequest,
    response: HttpResponse,
    orchestra_id: Id,
    body: StartIn,
    idempotency_key: IdempotencyKey,
) -> Status[RunOut]:
    """Start an orchestra, as its overlap policy says: the run may be queued, wait, or be skipped."""
    orchestra = find(Orchestra.objects.in_workspace(request.auth.workspace), orchestra_id)
    start = partial(actions.start_orchestra, orchestra)
    return _started(request, response, start, body, idempotency_key)


@router.post("/scores/{score_id}/runs", response={201: RunOut, 200: RunOut}, auth=can("run:write"))
def start_run_of_score(
    request: ApiRequest,
    response: HttpResponse,
    score_id: Id,
    body: StartIn,
    idempotency_key: IdempotencyKey,
) -> Status[RunOut]:
    """Start a score's newest version, outside any orchestra."""
    score = find(Score.objects.in_workspace(request.auth.workspace), score_id)
    return _started(request, response, partial(actions.start_score, score), body, idempotency_key)


@router.post("/scores/{score_id}/draft/runs", response={201: RunOut}, auth=can("run:write"))
def start_run_of_draft(
    request: ApiRequest, response: HttpResponse, score_id: Id, body: DraftStartIn
) -> Status[RunOut]:
    """Play the draft as it stands, from a node on, or one node alone: a rehearsal, unless live is asked."""
    score = find(Score.objects.in_workspace(request.auth.workspace), score_id)
    by, mode = author(request), Mode(body.mode)
    if body.start is not None and body.source is not None:
        source = _find_run(request, body.source)
        run = actions.start_draft_from(score, source, node=body.start, mode=mode, started_by=by)
    else:
        run = actions.start_draft(
            score, trigger=Trigger.API, input=body.input, mode=mode, node=body.node, started_by=by
        )
    response["Location"] = reverse("api:get_run", args=[run.id])
    return Status(201, run_out(run))


@router.get("/runs", response=Page[RunOut], auth=can("run:read"))
def list_runs(request: ApiRequest, query: Query[RunFilters]) -> Page[RunOut]:
    """Newest first."""
    runs = Run.objects.in_workspace(request.auth.workspace).filter(**query.conditions())
    return page(Page[RunOut], runs, query, run_out, NEWEST_FIRST)


@router.get("/runs/{run_id}", response=RunOut, auth=can("run:read"))
def get_run(request: ApiRequest, run_id: Id) -> RunOut:
    return run_out(_find_run(request, run_id))


@router.get("/runs/{run_id}/graph", response=PlayedGraphOut, auth=can("run:read"))
def get_graph_of_run(request: ApiRequest, run_id: Id) -> PlayedGraphOut:
    """The graph it plays: of its version, or of the draft it was started from."""
    return PlayedGraphOut.model_validate(
        {"nodes": [], "edges": [], **graph_of(_find_run(request, run_id))}
    )


@router.post("/runs/{run_id}/cancel", response=RunOut, auth=can("run:write"))
def cancel_run(request: ApiRequest, run_id: Id) -> RunOut:
    """At once while nobody plays it; else its player stops it, and `status` follows."""
    return run_out(actions.cancel_run(_find_run(request, run_id), by=author(request)))


@router.get("/runs/{run_id}/nodes", response=Page[RunNodeOut], auth=can("run:read"))
def list_run_nodes(request: ApiRequest, run_id: Id, query: Query[PageQuery]) -> Page[RunNodeOut]:
    """What each node did, in the order it was recorded."""
    run = _find_run(request, run_id)
    drawn = nodes_drawn(run)

    def show(row: RunNode) -> RunNodeOut:
        return run_node_out(row, drawn.get(row.node_key, {}))

    return page(Page[RunNodeOut], run.nodes.with_origin(), query, show, ["id"])


@router.post("/runs/{run_id}/nodes/{node}/answer", response=RunOut, auth=can("run:write"))
def answer_cut_write(request: ApiRequest, run_id: Id, node: Id, body: AnswerIn) -> RunOut:
    """Say whether a write that was cut in half was sent; the run goes on."""
    run = _find_run(request, run_id)
    answered = actions.answer_cut_write(
        run, node=node, iteration=body.iteration, sent=body.sent, by=author(request)
    )
    return run_out(answered)


@router.post("/runs/{run_id}/nodes/{node}/decision", response=RunOut, auth=can("run:write"))
def decide_gate(request: ApiRequest, run_id: Id, node: Id, body: DecisionIn) -> RunOut:
    """Approve, edit or drop each item that a gate waits with; 409 when it was decided before."""
    decided = actions.decide_gate(
        _find_run(request, run_id),
        node=node,
        iteration=body.iteration,
        decisions=body.decisions(),
        comment=body.comment,
        by=author(request),
    )
    return run_out(decided)


@router.get(
    "/runs/{run_id}/events",
    response={200: Page[EventOut], 204: None},
    auth=can("run:read"),
    openapi_extra=EVENTS_ALSO_AS_STREAM,
)
async def list_run_events(
    request: ApiRequest,
    run_id: Id,
    query: Query[PageQuery],
    last_event_id: LastEventId,
) -> HttpResponseBase | Page[EventOut] | Status[None]:
    """What happened, oldest first: a stream that ends with the run; or, to `Accept: application/json`, a page.

    `node.words` tell what a model is saying, twice a second at most; they have no `id` and are told once.
    The stream resumes behind `Last-Event-ID`; 204 says that nothing will come after it.
    """
    run = await sync_to_async(_find_run)(request, run_id)
    if request.get_preferred_type(["text/event-stream", "application/json"]) == "application/json":
        events = run.events.all()
        return await sync_to_async(page)(Page[EventOut], events, query, event_out, ["number"])
    after = min(last_event_id, run.last_event)
    if run.is_finished and after == run.last_event:
        return Status(204, None)
    return await sse.stream(_frames(run.id, after))


async def _frames(run_id: str, after: int) -> AsyncIterator[bytes]:
    yield sse.RETRY
    async for happened in follow_words(run_id, after):
        if isinstance(happened, Words):
            yield sse.passing_frame("node.words", happened._asdict())
            continue
        for event in happened:
            yield sse.frame(event.number, event.kind, event._asdict())
        if not happened:
            yield sse.STILL_HERE


def _started(
    request: ApiRequest,
    response: HttpResponse,
    start: Callable[..., Run],
    body: StartIn,
    key: str | None,
) -> Status[RunOut]:
    begin = partial(
        start,
        trigger=Trigger.API,
        input=body.input,
        mode=Mode(body.mode),
        started_by=author(request),
        depth=depth_of(request),
    )
    if key is None:
        run, is_new = begin(), True
    else:
        asked = {"path": request.path, **body.model_dump()}
        run, is_new = actions.start_once(request.auth.workspace, key, asked, begin)
    response["Location"] = reverse("api:get_run", args=[run.id])
    return Status(201 if is_new else 200, run_out(run))


def _find_run(request: ApiRequest, run_id: str) -> Run:
    return find(Run.objects.in_workspace(request.auth.workspace), run_id)
