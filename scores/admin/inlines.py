"""The graph inside a score's page: nodes and edges, with what is wrong shown where it is wrong."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline
from unfold.forms import PaginationInlineFormSet

from agents.models import Agent
from maestro.errors import InvalidScore, MaestroError
from maestro.workspaces.desk import refusal_in, seat_of
from scores.models import Edge, Node, Score

from .forms import PLAYS, EdgeForm, NodeForm, operations
from .late import grouped

ENDS = {"from": "source", "from_port": "from_port", "to": "target", "to_port": "to_port"}


class GraphFormSet(PaginationInlineFormSet):
    """Forms of one graph; the refusal of the last save is placed at the forms it names."""

    refusal: MaestroError | None = None

    def validate_unique(self) -> None:
        """Asked of the whole graph, by the save."""

    def kept(self) -> list[Any]:
        """The forms that say something, in the order they ask for."""
        forms = [
            form for form in self.forms if form.cleaned_data and form not in self.deleted_forms
        ]
        return sorted(forms, key=_place)

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.refusal, InvalidScore):
            return
        for issue in self._issues():
            forms = [form for form in self.forms if self.concerns(form, issue)]
            if forms:
                forms[0].add_error(None, issue["message"])
            elif self.takes_the_rest and issue["node"] is None and issue["edge"] is None:
                raise ValidationError(issue["message"])

    takes_the_rest = False

    def concerns(self, form: Any, issue: dict[str, Any]) -> bool:
        raise NotImplementedError

    def _issues(self) -> list[dict[str, Any]]:
        issues = self.refusal.details.get("errors") if self.refusal else None
        return issues if isinstance(issues, list) else []


class NodeFormSet(GraphFormSet):
    takes_the_rest = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agents: list[tuple[str, str]] | None = None
        self._scores: list[tuple[str, str]] | None = None

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["agent"].choices = self.agents()
        form.fields["subscore"].choices = self.scores()

    def agents(self) -> list[tuple[str, str]]:
        """One query, however many nodes there are."""
        if self._agents is None:
            rows = Agent.objects.filter(workspace=self.instance.workspace_id).order_by("name")
            self._agents = [("", "Select agent"), *rows.values_list("pk", "name")]
        return self._agents

    def scores(self) -> list[tuple[str, str]]:
        """The scores that this one may hold; whether one leads back here is checked by the save."""
        if self._scores is None:
            others = Score.objects.filter(workspace=self.instance.workspace_id)
            others = others.exclude(pk=self.instance.pk).order_by("name")
            self._scores = [("", "Select score"), *others.values_list("pk", "name")]
        return self._scores

    def option_lists(self) -> list[tuple[str, Any]]:
        """Of each select its options, which are the same in every form."""
        lists = {"plays": PLAYS.items(), "operation": operations(None)}
        lists |= {"agent": self.agents(), "subscore": self.scores()}
        return [(name, grouped(choices)) for name, choices in lists.items()]

    def concerns(self, form: Any, issue: dict[str, Any]) -> bool:
        told = getattr(form, "cleaned_data", {})
        return issue["edge"] is None and bool(told) and told.get("key") == issue["node"]


class EdgeFormSet(GraphFormSet):
    def concerns(self, form: Any, issue: dict[str, Any]) -> bool:
        told, edge = getattr(form, "cleaned_data", {}), issue["edge"]
        return bool(told and edge) and all(told.get(ENDS[end]) == edge[end] for end in ENDS)


class GraphInline:
    """What both inlines share: they follow the role, and know the last refusal."""

    extra = 0
    show_change_link = False

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: Any
    ) -> type[Any]:
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        return type(formset.__name__, (formset,), {"refusal": refusal_in(request)})

    def _may_edit(self, request: HttpRequest) -> bool:
        seat = seat_of(request)
        return seat is not None and seat.may_edit

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return seat_of(request) is not None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request)


class NodeInline(GraphInline, StackedInline):  # type: ignore[misc]
    model = Node
    fk_name = "score"
    form = NodeForm
    formset = NodeFormSet
    collapsible = True
    fieldsets = [
        (None, {"fields": [("key", "label", "plays"), ("operation", "agent", "subscore")]}),
        (None, {"fields": ["config", ("input_schema", "retry")]}),
        (None, {"fields": [("timeout_seconds", "on_error", "order")]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Those who only look are shown the row's own columns."""
        if self._may_edit(request):
            return super().get_fieldsets(request, obj)
        called = [("key", "label", "kind", "subkind"), ("skill", "operation", "agent", "subscore")]
        return [
            (None, {"fields": called}),
            *self.fieldsets[1:2],
            (None, {"fields": [("timeout_seconds", "on_error")]}),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Node]:
        return super().get_queryset(request).select_related("agent", "subscore")


class EdgeInline(GraphInline, TabularInline):  # type: ignore[misc]
    model = Edge
    form = EdgeForm
    formset = EdgeFormSet
    hide_title = True
    fk_name = "score"
    fields = ["source", "from_port", "target", "to_port", "transform", "order"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Those who only look are shown the row's own columns."""
        if self._may_edit(request):
            return self.fields
        return ["from_node", "from_port", "to_node", "to_port", "transform", "order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edge]:
        return super().get_queryset(request).select_related("from_node", "to_node")


def _place(form: Any) -> float:
    order = form.cleaned_data["order"]
    return float("inf") if order is None else float(order)
