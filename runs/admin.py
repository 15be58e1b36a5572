"""Pages of runs, of what their nodes did and of what happened in them: history, only looked at."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.paginator import InfinitePaginator

from maestro.marks import status
from maestro.numbers import clock, duration, money
from maestro.workspaces.desk import ReadOnlyAdmin, ScopedRelatedFilter, link_to, mono, number
from runs.again.page import again_page
from runs.gate_form import take_typed
from runs.models import Mode, Run, RunEvent, RunNode
from runs.timeline import run_page
from runs.timeline.view import View

HEAVY = ["input", "output", "pins"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = [
        "id_shown",
        "state",
        "score_shown",
        "orchestra_shown",
        "how",
        "queued",
        "took",
        "cost",
    ]
    list_filter = [
        "status",
        "mode",
        "trigger",
        ("score", ScopedRelatedFilter),
        ("orchestra", ScopedRelatedFilter),
        "queued_at",
    ]
    search_fields = ["=id", "score__name", "orchestra__name", "started_by"]
    list_select_related = ["score", "orchestra", "parent_run"]
    ordering = ["-queued_at", "-id"]
    empty_text = (
        "A run is one playing of a score. Rehearse one first: it walks every node, calls no model "
        "and sends nothing, so it costs nothing."
    )
    empty_link = ("admin:scores_score_changelist", "Choose a score to rehearse")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer(*HEAVY, *(f"parent_run__{of}" for of in HEAVY))

    @admin.display(description="Run", ordering="id")
    def id_shown(self, run: Run) -> SafeString:
        return mono(run.id)

    @admin.display(description="Status", ordering="status")
    def state(self, run: Run) -> SafeString:
        """What it collected on the way is said beside it, loudly."""
        mark = status(run.status, bare=True)
        if not run.errors:
            return mark
        errors = "1 error" if run.errors == 1 else f"{run.errors:,} errors"
        return format_html('{} <span class="ms-status is-failed">{}</span>', mark, errors)

    @admin.display(description="Score", ordering="score__name")
    def score_shown(self, run: Run) -> SafeString:
        return link_to(run.score)

    @admin.display(description="Orchestra", ordering="orchestra__name")
    def orchestra_shown(self, run: Run) -> SafeString:
        return link_to(run.orchestra)

    @admin.display(description="Trigger", ordering="trigger")
    def how(self, run: Run) -> SafeString:
        mode = "" if run.mode == Mode.LIVE else f", {run.mode}"
        if run.parent_run is None:
            return format_html("{}{}", run.trigger, mode)
        return format_html("{} of {}{}", run.trigger, link_to(run.parent_run), mode)

    @admin.display(description="Queued", ordering="queued_at")
    def queued(self, run: Run) -> SafeString:
        return number(clock(run.queued_at))

    @admin.display(description="Time")
    def took(self, run: Run) -> SafeString:
        ended = run.finished_at if run.started_at else None
        return number(duration(ended - run.started_at) if ended and run.started_at else "")

    @admin.display(description="Cost", ordering="cost_microdollars")
    def cost(self, run: Run) -> SafeString:
        return number(money(run.cost_microdollars, 4) if run.cost_microdollars else "")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The run page; a request of htmx gets the part of it that changes."""
        object_id = unquote(object_id)  # a link from the list writes the id's underscore as _5F
        rows = Run.objects.select_related(
            "score", "orchestra", "workspace", "parent_run", "source_run"
        )
        run = self.get_queryset(request).filter(pk=object_id).exists() and rows.get(pk=object_id)
        if not run:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        view = View.of(request.GET)
        shown = run_page(run, view)
        context = {
            **self.admin_site.each_context(request),
            "title": run.id,
            "opts": self.opts,
            "original": run,
            "is_fullwidth": "1",
            "page": shown,
            "again": again_page(run, view, shown.pane.row if shown.pane else None),
            "may_act": self.may_edit(request),
            "decisions": ["approve", "edit", "drop"],
            "typed": take_typed(request, run),
        }
        request.current_app = self.admin_site.name
        part = (
            "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
        )
        template = "runs/_run.html" if part else "runs/run.html"
        return TemplateResponse(request, template, context)


@admin.register(RunNode)
class RunNodeAdmin(ReadOnlyAdmin):
    workspace_path = "run__workspace"
    list_display = [
        "node_shown",
        "state",
        "run_shown",
        "operation",
        "model",
        "cost",
        "ended",
    ]
    list_filter = ["status", "effect"]
    search_fields = ["=run__id", "=node_key", "=operation"]
    list_select_related = ["run"]
    ordering = ["-id"]
    paginator = InfinitePaginator
    exclude = ["arguments_sha256", "fence"]
    empty_text = "Each node that a run has played leaves a row here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunNode]:
        heavy = ["input", "output_json", *(f"run__{name}" for name in HEAVY)]
        return super().get_queryset(request).select_related("run").defer(*heavy)

    @admin.display(description="Node", ordering="node_key")
    def node_shown(self, row: RunNode) -> str:
        return str(row)

    @admin.display(description="Status", ordering="status")
    def state(self, row: RunNode) -> SafeString:
        return status(row.status, bare=True)

    @admin.display(description="Run", ordering="run_id")
    def run_shown(self, row: RunNode) -> SafeString:
        return mono(link_to(row.run))

    @admin.display(description="Cost", ordering="cost_microdollars")
    def cost(self, row: RunNode) -> SafeString:
        return number(money(row.cost_microdollars, 4) if row.model else "")

    @admin.display(description="Ended", ordering="finished_at")
    def ended(self, row: RunNode) -> SafeString:
        return number(clock(row.finished_at))


@admin.register(RunEvent)
class RunEventAdmin(ReadOnlyAdmin):
    workspace_path = "run__workspace"
    list_display = ["number", "kind", "node_shown", "run_shown", "at_shown"]
    list_filter = ["kind"]
    search_fields = ["=run__id", "=node_key"]
    list_select_related = ["run"]
    ordering = ["-run_id", "-number"]
    paginator = InfinitePaginator
    empty_text = "What happens in a run is written down here, in order."

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunEvent]:
        heavy = [f"run__{name}" for name in HEAVY]
        return super().get_queryset(request).select_related("run").defer(*heavy)

    @admin.display(description="Node")
    def node_shown(self, event: RunEvent) -> str:
        return f"{event.node_key} {event.iteration}".strip()

    @admin.display(description="Run", ordering="run_id")
    def run_shown(self, event: RunEvent) -> SafeString:
        return mono(link_to(event.run))

    @admin.display(description="At", ordering="at")
    def at_shown(self, event: RunEvent) -> SafeString:
        return mono(clock(event.at))
