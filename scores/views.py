"""What people do with scores and the agents in them: clone, pin, fork, swap, merge. POST, then a page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.models import Agent
from maestro.workspaces.desk import (
    Seat,
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    looking_seat,
    page_of,
    to_page_or_why,
)
from scores.actions import (
    clone_score,
    fork_agent,
    merge_agents,
    pin_agent,
    preview_swap,
    swap_agent,
)
from scores.gallery import templates_of
from scores.models import Score


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("scores/templates/", wrap(gallery), name="templates"),
        path("scores/score/<str:pk>/clone/", wrap(clone), name="clone_score"),
        path("agents/agent/<str:pk>/pin/", wrap(pin), name="pin_agent"),
        path("agents/agent/<str:pk>/follow/", wrap(follow), name="follow_agent"),
        path("agents/agent/<str:pk>/fork/", wrap(fork), name="fork_agent"),
        path("agents/agent/<str:pk>/swap/", wrap(swap), name="swap_agent"),
        path("agents/agent/<str:pk>/merge/", wrap(merge), name="merge_agents"),
    ]


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """The workspace's templates, with their pictures."""
    exhibits = templates_of(looking_seat(request).workspace)
    return desk_page(request, "scores/gallery.html", "Templates", exhibits=exhibits)


@require_POST
def clone(request: HttpRequest, pk: str) -> HttpResponse:
    """The score again, with agents of its own."""
    score = _score(pk, editing_seat(request))

    def act() -> str:
        made = clone_score(score, author=author_of(request))
        messages.success(request, f"{made} is a score of its own, and so are its agents.")
        return page_of(made)

    return to_page_or_why(request, act, back=page_of(score))


@require_POST
def pin(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep a score's nodes at the version the agent has now."""
    return _pin(request, pk, to_newest=False)


@require_POST
def follow(request: HttpRequest, pk: str) -> HttpResponse:
    """Let a score's nodes play the newest version again."""
    return _pin(request, pk, to_newest=True)


@require_POST
def fork(request: HttpRequest, pk: str) -> HttpResponse:
    """A copy of the agent for one score."""
    seat = editing_seat(request)
    agent, score = _agent(pk, seat), _score(request.POST.get("score", ""), seat)

    def act() -> str:
        own = fork_agent(score, agent, author=author_of(request)).agent
        messages.success(
            request, f"{score} plays {own} from its next run on; {agent} stays as it is."
        )
        return page_of(own)

    return to_page_or_why(request, act, back=page_of(agent))


@require_http_methods(["GET", "POST"])
def swap(request: HttpRequest, pk: str) -> HttpResponse:
    """Another agent in place of this one: choose it, look, choose the scores, do it."""
    if request.method == "POST":
        return _swap(request, pk)
    seat = looking_seat(request)
    agent = _agent(pk, seat)
    others = Agent.objects.in_workspace(seat.workspace).exclude(pk=pk).order_by("name")
    chosen = request.GET.get("to", "")
    new = get_object_or_404(others, pk=chosen) if chosen else None
    return desk_page(
        request,
        "scores/swap.html",
        f"Another agent in place of {agent}",
        agent=agent,
        others=others,
        new=new,
        preview=preview_swap(agent, new) if new else None,
    )


@require_POST
def merge(request: HttpRequest, pk: str) -> HttpResponse:
    """Let this agent play what its duplicates play."""
    seat = editing_seat(request)
    keep = _agent(pk, seat)
    chosen = request.POST.getlist("agent")
    others = list(Agent.objects.in_workspace(seat.workspace).filter(pk__in=chosen))

    def act() -> str:
        merged = merge_agents(keep, others, author=author_of(request))
        names = ", ".join(score.name for score in merged.scores) or "no other score"
        left = ", ".join(f"{node.score}: {node.key}" for node in merged.left)
        kept = f" Pinned nodes stay as they are: {left}." if left else ""
        messages.success(request, f"{keep} plays in {names} from the next run on.{kept}")
        return page_of(keep)

    return to_page_or_why(request, act, back=reverse("admin:duplicate_agents"))


def _pin(request: HttpRequest, pk: str, *, to_newest: bool) -> HttpResponse:
    seat = editing_seat(request)
    agent, score = _agent(pk, seat), _score(request.POST.get("score", ""), seat)

    def act() -> str:
        version = None if to_newest else agent.version
        pin_agent(score, agent, version, author=author_of(request))
        what = "follows the newest version" if to_newest else f"keeps v{version}"
        messages.success(request, f"{score} {what} of {agent}.")
        return page_of(agent)

    return to_page_or_why(request, act, back=page_of(agent))


def _swap(request: HttpRequest, pk: str) -> HttpResponse:
    seat = editing_seat(request)
    old, new = _agent(pk, seat), _agent(request.POST.get("to", ""), seat)
    reviewed = _reviewed(request.POST)

    def act() -> str:
        swapped = swap_agent(old, new, reviewed, author=author_of(request))
        names = ", ".join(score.name for score in swapped) or "no score"
        messages.success(request, f"{new} plays in {names} from the next run on.")
        return page_of(new)

    again = reverse("admin:swap_agent", args=[old.pk])
    return to_page_or_why(request, act, back=f"{again}?to={new.pk}")


def _reviewed(sent: QueryDict) -> dict[str, int]:
    """The scores that were ticked, each at the version that was shown: `sc_…@4`."""
    chosen = [text.rpartition("@") for text in sent.getlist("score")]
    return {score: int(version) for score, _, version in chosen if version.isdecimal()}


def _agent(pk: str, seat: Seat) -> Agent:
    return get_object_or_404(Agent, pk=pk, workspace=seat.workspace)


def _score(pk: str, seat: Seat) -> Score:
    return get_object_or_404(Score, pk=pk, workspace=seat.workspace)
