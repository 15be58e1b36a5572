"""Pages of auditions: what came of each, and the answers beside each other."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from maestro.marks import status
from maestro.numbers import clock, money
from maestro.workspaces.desk import ReadOnlyAdmin, ScopedRelatedFilter, number
from runs.reach import reach_of

from .models import Audition
from .page import page_of_audition
from .settling import settle
from .words import outcome_of


@admin.register(Audition)
class AuditionAdmin(ReadOnlyAdmin):
    list_display = [
        "agent_shown",
        "state",
        "rows_shown",
        "flipped",
        "cost",
        "saved_as",
        "created_by",
        "began",
    ]
    list_filter = ["status", "passed", ("agent", ScopedRelatedFilter), "created_at"]
    search_fields = ["=id", "agent__name", "=agent__id", "created_by"]
    list_select_related = ["agent", "run"]
    ordering = ["-created_at", "-id"]
    empty_text = (
        "An audition hears a changed agent at recorded inputs before it is saved. Change an agent, "
        "then choose Audition first."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Audition]:
        rows: Any = super().get_queryset(request)
        counted = rows.with_saved_version().annotate(row_count=Count("rows"))
        return counted.defer("run__input", "run__output", "run__pins")

    @admin.display(description="Agent", ordering="agent__name")
    def agent_shown(self, audition: Audition) -> str:
        return f"{audition.agent} beside v{audition.base_version}"

    @admin.display(description="Outcome", ordering="status")
    def state(self, audition: Audition) -> SafeString:
        return status(*outcome_of(audition), bare=True)

    @admin.display(description="Inputs", ordering="row_count")
    def rows_shown(self, audition: Any) -> SafeString:
        return number(audition.row_count)

    @admin.display(description="Flipped")
    def flipped(self, audition: Audition) -> SafeString:
        return number(audition.totals["flipped"] if audition.totals else "")

    @admin.display(description="Cost")
    def cost(self, audition: Audition) -> SafeString:
        spent = audition.run.cost_microdollars if audition.run else 0
        return number(money(spent, 4) if spent else "")

    @admin.display(description="Saved as")
    def saved_as(self, audition: Audition) -> SafeString:
        return number(f"v{audition.saved_version}" if audition.saved_version else "")

    @admin.display(description="Began", ordering="created_at")
    def began(self, audition: Audition) -> SafeString:
        return number(clock(audition.created_at))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The audition's page; a request of htmx gets the part of it that changes."""
        object_id = unquote(object_id)
        rows: Any = self.get_queryset(request).select_related("agent", "run")
        audition = rows.filter(pk=object_id).first()
        if audition is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not audition.is_finished:
            settle(audition.pk)
            audition = rows.get(pk=object_id)
        page = request.GET.get("p", "1")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Audition of {audition.agent}",
            "opts": self.opts,
            "original": audition,
            "outcome": outcome_of(audition),
            "is_fullwidth": "1",
            "page": page_of_audition(
                audition,
                only_changed="all" not in request.GET,
                number=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            ),
            "may_edit": self.may_edit(request),
            "reached": len(reach_of(audition.agent).scores) if audition.is_finished else 0,
        }
        request.current_app = self.admin_site.name
        if "HX-Request" not in request.headers:
            return TemplateResponse(request, "auditions/audition.html", context)
        # At its end the buttons change, too.
        headers = {"HX-Refresh": "true"} if audition.is_finished else {}
        return TemplateResponse(request, "auditions/_audition.html", context, headers=headers)
