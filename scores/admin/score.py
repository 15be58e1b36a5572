"""A score's page: its name, its graph, what plays it and what it did."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString

from maestro.marks import status
from maestro.numbers import clock
from maestro.uses import Use
from maestro.workspaces.desk import (
    GuardedDeletion,
    RefusableForm,
    author_of,
    list_of,
    number,
    seat_of,
)
from scores.actions import create_score, delete_score, edit_score, save_graph, uses_of
from scores.actions.catalog import ScoreFields
from scores.models import Score
from scores.validation import parse_document

from .inlines import EdgeInline, NodeInline

SHOWN_ROWS = 6


class ScoreForm(RefusableForm):
    note = forms.CharField(max_length=500, required=False)
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["expected_version"] = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        told = super().clean() or self.cleaned_data
        read_at = told.get("expected_version")
        if read_at is not None and read_at != self.instance.version:
            message = (
                f"This score is at version {self.instance.version}; you read version {read_at}. "
                "Copy your changes, then open the page anew."
            )
            raise forms.ValidationError(message, code="stale_version")
        return told


@admin.register(Score)
class ScoreAdmin(GuardedDeletion):
    list_display = [
        "name",
        "version_number",
        "node_count",
        "llm_nodes",
        "orchestra_count",
        "last_run",
        "saved_at",
    ]
    list_filter = ["pipeline_kind", "is_template"]
    search_fields = ["name", "slug", "description"]
    ordering = ["name"]
    form = ScoreForm
    fieldsets = [(None, {"fields": [("name", "slug"), ("pipeline_kind", "description")]})]
    inlines = [NodeInline, EdgeInline]
    way_out = (
        "Delete what plays it or holds it as a node, or give that another score, then come back."
    )
    empty_text = (
        "A score is a graph of steps: mostly code, and a model where reasoning earns its cost."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Score]:
        rows = super().get_queryset(request).select_related("source_score")
        newest = Score.objects.filter(pk=OuterRef("pk")).order_by("-runs__queued_at")
        return rows.annotate(
            node_count=Count("nodes", distinct=True),
            llm_node_count=Count("nodes", filter=Q(nodes__kind="llm"), distinct=True),
            orchestra_count=Count("orchestras", distinct=True),
            last_status=Subquery(newest.values("runs__status")[:1]),
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """An agent's page leads to the scores that play it."""
        return lookup == "nodes__agent__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="Version", ordering="version")
    def version_number(self, score: Score) -> SafeString:
        return number(f"v{score.version}" if score.version else "no graph")

    @admin.display(description="Nodes", ordering="node_count")
    def node_count(self, score: Any) -> SafeString:
        return number(score.node_count)

    @admin.display(description="With a model")
    def llm_nodes(self, score: Any) -> SafeString:
        return number(score.llm_node_count)

    @admin.display(description="Orchestras", ordering="orchestra_count")
    def orchestra_count(self, score: Any) -> SafeString:
        filters = {"score__id__exact": score.pk}
        return list_of("orchestras_orchestra", score.orchestra_count, **filters)

    @admin.display(description="Last run")
    def last_run(self, score: Any) -> SafeString:
        return status(score.last_status, bare=True) if score.last_status else SafeString("")

    @admin.display(description="Saved", ordering="updated_at")
    def saved_at(self, score: Score) -> str:
        return clock(score.updated_at)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return list(super().get_inlines(request, obj)) if obj is not None else []

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[RefusableForm]:
        form = super().get_form(request, obj, change, **kwargs)
        if "slug" in form.base_fields:
            form.base_fields["slug"].required = False
            form.base_fields["slug"].help_text = "Empty: made from the name."
        return form

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        if (score := context["original"]) is None:
            # Enter presses the first button: it has to be the one that leads to the canvas.
            return context | {"show_save_and_continue": False, "show_save_and_add_another": False}
        return context | {
            "versions": score.versions.defer("graph")[:SHOWN_ROWS],
            "orchestras": score.orchestras.order_by("name")[:SHOWN_ROWS],
            "runs": score.runs.order_by("-queued_at", "-id")[:SHOWN_ROWS],
            "node_keys": list(score.nodes.values_list("key", flat=True)),
        }

    def save_model(self, request: HttpRequest, obj: Score, form: Any, change: Any) -> None:
        fields = {name: form.cleaned_data[name] for name in ScoreFields.__annotations__}
        author, seat = author_of(request), seat_of(request)
        if change and set(form.changed_data) & fields.keys():
            edit_score(obj, fields, author=author)  # type: ignore[arg-type]
        elif not change and seat:
            create_score(seat.workspace, fields, author=author, score_id=obj.pk)  # type: ignore[arg-type]

    def response_post_save_add(self, request: HttpRequest, obj: Score) -> HttpResponse:
        """A new score is a blank canvas."""
        return redirect("admin:compose_score", obj.pk)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Nodes and edges are saved together, as the score's next version."""
        if not any(formset.has_changed() for formset in formsets):
            return
        nodes, edges = ([part.as_document() for part in formset.kept()] for formset in formsets)
        saved = save_graph(
            form.instance,
            parse_document({"nodes": nodes, "edges": edges}),
            author=author_of(request),
            message=form.cleaned_data["note"],
            expected_version=form.cleaned_data["expected_version"],
        )
        for issue in saved.warnings:
            self.message_user(request, issue.message, "WARNING")

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """The verbs have told the audit log; formsets that saved nothing have nothing to tell."""
        return super().construct_change_message(request, form, [], add)

    def uses_of(self, obj: Score) -> list[Use]:
        return uses_of(obj)

    def delete(self, obj: Score, author: str) -> None:
        delete_score(obj, author=author)
