"""The sidebar, for the current workspace: what exists, with a number where something waits."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from maestro.workspaces.desk import seat_of
from runs.overview import FOR_A_PERSON

# Every list, grouped as tabs under the sidebar's entry for the first of them.
TABS = (
    (
        ("agents_agent", "Agents"),
        ("agents_agentversion", "Versions"),
        ("auditions_audition", "Auditions"),
    ),
    (("scores_score", "Scores"), ("scores_scoreversion", "Versions")),
    (("runs_run", "Runs"), ("runs_runnode", "Nodes"), ("runs_runevent", "Events")),
    (
        ("pipeline_pipeline", "Pipelines"),
        ("pipeline_contact", "Contacts"),
        ("pipeline_company", "Companies"),
        ("pipeline_activity", "Activities"),
        ("pipeline_hook", "Webhooks"),
        ("pipeline_delivery", "Deliveries"),
    ),
    (
        ("workspaces_membership", "Members"),
        ("auth_user", "Accounts"),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of entries, in Unfold's words."""
    unread, attention = _waiting(request)
    home = [
        _entry(request, "Home", "space_dashboard", "index"),
        _entry(request, "Approvals", "front_hand", "approvals", attention, "danger"),
        _list(request, "Notifications", "notifications", "workspaces_notification", unread),
    ]
    if not settings.MAESTRO_SMTP_URL:
        home.append(_entry(request, "Kept mails", "drafts", "kept_mails"))
    build = [
        _list(request, "Scores", "account_tree", "scores_score"),
        _list(request, "Agents", "smart_toy", "agents_agent"),
        _catalog(request),
        _list(request, "MCP servers", "hub", "mcp_mcpserver"),
    ]
    operate = [
        _list(request, "Orchestras", "queue_music", "orchestras_orchestra"),
        _list(request, "Runs", "play_circle", "runs_run"),
        _list(request, "Pipelines", "view_kanban", "pipeline_pipeline"),
    ]
    govern = [
        _list(request, "Secrets", "key", "workspaces_secret"),
        _list(request, "API keys", "vpn_key", "workspaces_apikey"),
        _list(request, "Skill limits", "speed", "agents_skilllimit"),
        _list(request, "Pricing", "payments", "agents_modelprice"),
        _list(request, "Members", "group", "workspaces_membership"),
        _list(request, "Workspaces", "domain", "workspaces_workspace"),
        _list(request, "Audit log", "receipt_long", "workspaces_auditentry"),
    ]
    groups = (("", home), ("Build", build), ("Operate", operate), ("Govern", govern))
    return [{"title": title, "items": items} for title, items in groups]


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The lists of a group beside each other; accounts for those who may see them."""
    shown = [[tab for tab in group if _may_see(request, tab[0])] for group in TABS]
    return [
        {
            "models": [name.replace("_", ".") for name, _ in group],
            "items": [{"title": title, "link": _url(name)} for name, title in group],
        }
        for group in shown
    ]


def _waiting(request: HttpRequest) -> tuple[int, int]:
    """Unread notifications, and runs that wait for a person."""
    seat = seat_of(request)
    if seat is None:
        return 0, 0
    unread = seat.workspace.notifications.filter(read_at__isnull=True).count()
    return unread, seat.workspace.runs.filter(FOR_A_PERSON).count()


def _catalog(request: HttpRequest) -> dict[str, Any]:
    """Marked on all pages of the catalog."""
    entry = _entry(request, "Skills", "extension", "catalog_skills")
    pages = [reverse(f"admin:{name}") for name in ("catalog_skills", "catalog_tools")]
    pages.append(reverse("admin:catalog_operation", args=["x"]).removesuffix("x/"))
    active = request.path.startswith(tuple(pages))
    return {**entry, "active": lambda _: active}


def _list(
    request: HttpRequest, title: str, icon: str, name: str, badge: int = 0, variant: str = "warning"
) -> dict[str, Any]:
    """An entry for a list; it stays marked on the lists beside it."""
    beside = next(([tab for tab, _ in group] for group in TABS if group[0][0] == name), [name])
    entry = _entry(request, title, icon, f"{name}_changelist", badge, variant)
    active = any(request.path.startswith(_url(tab)) for tab in beside)
    return {**entry, "active": lambda _: active}


def _entry(
    request: HttpRequest, title: str, icon: str, name: str, badge: int = 0, variant: str = "warning"
) -> dict[str, Any]:
    entry = {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}
    return {**entry, "badge": badge, "badge_variant": variant} if badge else entry


def _may_see(request: HttpRequest, name: str) -> bool:
    return name != "auth_user" or bool(request.user.is_superuser)


def _url(name: str) -> str:
    return reverse(f"admin:{name}_changelist")
