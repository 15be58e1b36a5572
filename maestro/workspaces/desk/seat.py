"""The current workspace: chosen in the header, kept in the session, and the person's role in it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from maestro.workspaces.models import Membership, Role, Workspace

SESSION_KEY = "workspace"
SHOWN_IN_SWITCHER = 50
_ATTRIBUTE = "_maestro_seat"


@dataclass(frozen=True)
class Seat:
    """A person at work in one workspace."""

    workspace: Workspace
    role: str

    @property
    def may_edit(self) -> bool:
        return self.role in (Role.OWNER, Role.EDITOR)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER


def seat_of(request: HttpRequest) -> Seat | None:
    """Where the person works now: what the session names, else their first; None without any.

    One query per request; a seat that was taken away is left at the next one.
    """
    if not hasattr(request, _ATTRIBUTE):
        setattr(request, _ATTRIBUTE, _find(request))
    seat: Seat | None = getattr(request, _ATTRIBUTE)
    return seat


def editing_seat(request: HttpRequest) -> Seat:
    """The seat of somebody who may change things there; 403 for everyone else."""
    seat = seat_of(request)
    if seat is None or not seat.may_edit:
        raise PermissionDenied
    return seat


def looking_seat(request: HttpRequest) -> Seat:
    """The seat of whoever works somewhere; nothing is there for people without one."""
    seat = seat_of(request)
    if seat is None:
        raise Http404
    return seat


def workspaces_of(user: User | AnonymousUser) -> list[Workspace]:
    """Those a person can switch to, by name; a superuser to all of them."""
    if not user.is_active:
        return []
    rows = Workspace.objects.order_by("name")
    if not user.is_superuser:
        rows = rows.filter(memberships__user_id=user.pk)
    return list(rows[:SHOWN_IN_SWITCHER])


def take_seat(request: HttpRequest, workspace_id: str) -> bool:
    """Work in that workspace from now on; False when it is not open to this person."""
    seat = _in_workspace(request, workspace_id)
    if seat is None:
        return False
    request.session[SESSION_KEY] = workspace_id
    setattr(request, _ATTRIBUTE, seat)
    return True


def author_of(request: HttpRequest) -> str:
    """How versions and the audit log name the person."""
    return request.user.get_username()


def _find(request: HttpRequest) -> Seat | None:
    if not request.user.is_active:
        return None
    chosen = request.session.get(SESSION_KEY)
    seat = _in_workspace(request, chosen) if chosen else None
    return seat or _first(request)


def _in_workspace(request: HttpRequest, workspace_id: str) -> Seat | None:
    if request.user.is_superuser:
        workspace = Workspace.objects.filter(pk=workspace_id).first()
        return Seat(workspace, Role.OWNER) if workspace else None
    member = _memberships(request).filter(workspace_id=workspace_id).first()
    return Seat(member.workspace, member.role) if member else None


def _first(request: HttpRequest) -> Seat | None:
    if request.user.is_superuser:
        workspace = Workspace.objects.order_by("created_at").first()
        return Seat(workspace, Role.OWNER) if workspace else None
    member = _memberships(request).order_by("workspace__name").first()
    return Seat(member.workspace, member.role) if member else None


def _memberships(request: HttpRequest) -> QuerySet[Membership]:
    return Membership.objects.filter(user_id=request.user.pk or 0).select_related("workspace")
