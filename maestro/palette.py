"""What the command palette finds: pages by name, and rows of the current workspace."""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from maestro.workspaces.desk import page_of

# With the sidebar's icon for each.
SEARCHED = {
    "agents.Agent": "smart_toy",
    "scores.Score": "account_tree",
    "orchestras.Orchestra": "queue_music",
    "runs.Run": "play_circle",
    "pipeline.Contact": "contacts",
}
OF_EACH = 10


def found_by_name(site: AdminSite, request: HttpRequest, term: str) -> list[SearchResult]:
    """Lists whose name has the term in it."""
    models = [model for app in site.get_app_list(request) for model in app["models"]]
    return [
        _result(str(model["name"]), "List", model["admin_url"], "list")
        for model in models
        if term.lower() in str(model["name"]).lower()
    ]


def found_in_rows(site: AdminSite, request: HttpRequest, term: str) -> list[SearchResult]:
    """Rows found as their own list finds them, so in this workspace only."""
    results = []
    for name, icon in SEARCHED.items():
        admin: Any = site._registry[apps.get_model(name)]
        rows, _ = admin.get_search_results(request, admin.get_queryset(request), term)
        kind = admin.opts.verbose_name.capitalize()
        results += [_result(str(row), kind, page_of(row), icon) for row in rows[:OF_EACH]]
    return results


def _result(title: str, description: str, link: str, icon: str) -> SearchResult:
    return SearchResult(title=title, description=description, link=link, icon=icon)
