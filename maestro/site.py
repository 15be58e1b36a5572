"""The admin site: the current workspace on every page, the home page, and pages that are no list of rows."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from agents import views as agent_views
from agents.skills.mcp import views as mcp_views
from agents.skills.pipeline import views as pipeline_views
from maestro.errors import NotFound
from maestro.exchange import views as exchange_views
from maestro.palette import found_by_name, found_in_rows
from maestro.workspaces.desk import (
    desk_page,
    keyboard,
    looking_seat,
    seat_of,
    take_seat,
    workspaces_of,
)
from runs import views as run_views
from runs.again import views as again_views
from runs.approvals import views as approval_views
from runs.auditions import views as audition_views
from runs.budgets import views as budget_views
from runs.catalog import views as catalog_views
from runs.mails import kept_mail, kept_mails
from runs.overview import overview
from runs.plans import views as plan_views
from runs.probes import views as probe_views
from scores import views as score_views
from scores.composing import views as composer_views
from scores.history import views as history_views

FOUND_AT_MOST = 60


class Site(UnfoldAdminSite):
    """Takes only pages that were made for it: other packages' plain admin pages stay outside."""

    index_title = "Home"
    index_template = "home/home.html"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[admin.ModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        if admin_class is not None and issubclass(admin_class, ModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("workspace/", self.admin_view(require_POST(change_seat)), name="take_seat"),
            path("mails/", self.admin_view(require_GET(self.mails)), name="kept_mails"),
            path("mails/<str:name>/", self.admin_view(require_GET(self.mail)), name="kept_mail"),
            *keyboard.urls(self.admin_view),
            *agent_views.urls(self.admin_view),
            *mcp_views.urls(self.admin_view),
            *pipeline_views.urls(self.admin_view),
            *catalog_views.urls(self.admin_view),
            *exchange_views.urls(self.admin_view),
            *score_views.urls(self.admin_view),
            *composer_views.urls(self.admin_view),
            *history_views.urls(self.admin_view),
            *run_views.urls(self.admin_view),
            *approval_views.urls(self.admin_view),
            *again_views.urls(self.admin_view),
            *budget_views.urls(self.admin_view),
            *audition_views.urls(self.admin_view),
            *plan_views.urls(self.admin_view),
            *probe_views.urls(self.admin_view),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        signed_in = self.has_permission(request)
        context = super().each_context(request)
        if signed_in and not keyboard.single_keys(request):
            context["scripts"].append(static("maestro/keys_off.js"))
        return {
            **context,
            "seat": seat_of(request) if signed_in else None,
            "workspaces": workspaces_of(request.user) if signed_in else [],
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        seat = seat_of(request)
        told = {"overview": overview(seat.workspace) if seat else None, "is_fullwidth": "1"}
        return super().index(request, {**told, **(extra_context or {})})

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Unfold's own keeps results for five minutes by user and term: another workspace's too."""
        term = request.GET.get("s", "").strip()
        if not term:
            return HttpResponse()
        results = [*found_by_name(self, request, term), *found_in_rows(self, request, term)]
        found = Paginator(results, FOUND_AT_MOST)
        context = {"page_obj": found, "results": found.page(1), "page_counter": 0}
        template = "unfold/helpers/command_results.html"
        return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})

    def mails(self, request: HttpRequest) -> HttpResponse:
        return desk_page(
            request,
            "home/mails.html",
            "Kept mails",
            mails=kept_mails(looking_seat(request).workspace),
        )

    def mail(self, request: HttpRequest, name: str) -> HttpResponse:
        try:
            opened = kept_mail(looking_seat(request).workspace, name)
        except NotFound as refusal:
            raise Http404(refusal.message) from None
        return desk_page(request, "home/mail.html", "Kept mail", opened=opened)


def change_seat(request: HttpRequest) -> HttpResponse:
    """Work in another workspace; home again, because this page's rows are not there."""
    take_seat(request, request.POST.get("workspace", ""))
    return HttpResponseRedirect(reverse("admin:index"))
