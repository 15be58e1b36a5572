"""What people do with agents beside their form: compare and restore versions, look for duplicates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from agents.actions import restore_version
from agents.comparison import compare
from agents.duplicates import find_duplicates
from agents.models import Agent, AgentVersion
from maestro.workspaces.desk import (
    Seat,
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    looking_seat,
    number_in,
    page_of,
    to_page_or_why,
)


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("agents/duplicates/", wrap(duplicates), name="duplicate_agents"),
        path("agents/agent/<str:pk>/compare/", wrap(comparison), name="compare_agent"),
        path("agents/agent/<str:pk>/restore/", wrap(restore), name="restore_agent"),
    ]


@require_GET
def comparison(request: HttpRequest, pk: str) -> HttpResponse:
    """Two versions side by side; without a choice the newest two."""
    agent = _agent(pk, looking_seat(request))
    after = _version(agent, request.GET.get("after", ""), agent.version)
    before = _version(agent, request.GET.get("before", ""), max(after.version - 1, 1))
    return desk_page(
        request,
        "agents/compare.html",
        f"{agent}: v{before.version} and v{after.version}",
        agent=agent,
        before=before,
        after=after,
        comparison=compare(before.content, after.content),
        versions=agent.versions.defer("content"),
    )


@require_POST
def restore(request: HttpRequest, pk: str) -> HttpResponse:
    """An old version as the newest one."""
    agent = _agent(pk, editing_seat(request))
    version = number_in(request.POST.get("version", ""), 0)

    def act() -> str:
        restored = restore_version(agent, version, author=author_of(request))
        messages.success(request, f"v{restored.version} says what v{version} said.")
        return page_of(agent)

    return to_page_or_why(request, act, back=page_of(agent))


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Agents whose prompts are the same or nearly."""
    families = find_duplicates(looking_seat(request).workspace)
    return desk_page(request, "agents/duplicates.html", "Duplicate prompts", families=families)


def _agent(pk: str, seat: Seat) -> Agent:
    return get_object_or_404(Agent, pk=pk, workspace=seat.workspace)


def _version(agent: Agent, chosen: str, otherwise: int) -> AgentVersion:
    return get_object_or_404(agent.versions, version=number_in(chosen, otherwise))
