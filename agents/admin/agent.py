"""Pages of agents, their versions, and what models cost."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from agents.actions import create_agent, delete_agent, save_agent, uses_of
from agents.content import CONTENT
from agents.listing import COST_SPAN
from agents.models import Agent
from maestro.numbers import clock, money
from maestro.uses import Use
from maestro.workspaces.desk import (
    GuardedDeletion,
    JSONText,
    RefusableForm,
    author_of,
    list_of,
    number,
    seat_of,
)

from .filters import CostFilter, ModelFilter, SkillFilter, UseFilter

SHOWN_VERSIONS = 6
AUDITION = "_audition"  # the button that hears the form before it is saved


class AgentForm(RefusableForm):
    """An agent as one save leaves it, the note of that save, and the version it was read at."""

    allowed_tools = JSONText(
        shape=list,
        required=False,
        help_text='Skills, operations or agents: ["http", "data.pick", "agent:sorter"]. Empty: none.',
    )
    output_schema = JSONText(
        shape=dict, required=False, help_text="JSON Schema of the answer. Empty: plain text."
    )
    parameters = JSONText(shape=dict, required=False, help_text='Like {"max_tokens": 2000}.')
    note = forms.CharField(max_length=500, required=False)
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["expected_version"] = self.instance.version

    def clean_system_prompt(self) -> str:
        """Browsers send lines their own way; a prompt that nobody touched stays the same."""
        return str(self.cleaned_data["system_prompt"]).replace("\r\n", "\n")

    def clean_parameters(self) -> dict[str, Any]:
        return self.cleaned_data["parameters"] or {}


@admin.register(Agent)
class AgentAdmin(GuardedDeletion):
    list_display = [
        "name",
        "model_name",
        "used_by",
        "node_count",
        "cost",
        "version_number",
        "saved_at",
    ]
    list_filter = [UseFilter, ModelFilter, SkillFilter, CostFilter]
    search_fields = ["name", "slug", "description"]
    ordering = ["name"]
    form = AgentForm
    fieldsets = [
        (None, {"fields": [("name", "model")]}),
        (None, {"fields": ["system_prompt"]}),
        (None, {"fields": ["allowed_tools", "output_schema", "parameters"]}),
        (None, {"fields": [("slug", "description")]}),
    ]
    way_out = (
        "Give these nodes another agent, or delete the scores, then come back. "
        "Past runs keep the version they used, whatever you do here."
    )
    empty_text = (
        "An agent is a prompt, a model and the skills it may call. Many scores can share one."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        rows: Any = super().get_queryset(request).select_related("source_agent")
        return rows.with_use().with_cost(timezone.now() - COST_SPAN)

    @admin.display(description="Model", ordering="model")
    def model_name(self, agent: Agent) -> str:
        return agent.model or "workspace default"

    @admin.display(description="Used by", ordering="score_count")
    def used_by(self, agent: Any) -> SafeString:
        words = f"{agent.score_count} score{'' if agent.score_count == 1 else 's'}"
        filters = {"nodes__agent__id__exact": agent.pk}
        return list_of("scores_score", words if agent.score_count else 0, **filters)

    @admin.display(description="Nodes", ordering="node_count")
    def node_count(self, agent: Any) -> SafeString:
        return number(agent.node_count)

    @admin.display(description="Cost in 30 days", ordering="cost_microdollars")
    def cost(self, agent: Agent) -> SafeString:
        return number(money(agent.cost_microdollars) if agent.cost_microdollars else "")

    @admin.display(description="Version", ordering="version")
    def version_number(self, agent: Agent) -> SafeString:
        return number(f"v{agent.version}")

    @admin.display(description="Saved", ordering="updated_at")
    def saved_at(self, agent: Agent) -> str:
        return clock(agent.updated_at)

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
        if "system_prompt" in form.base_fields:
            form.base_fields["system_prompt"].widget.attrs["class"] += " ms-code ms-prompt"
        return form

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        if (agent := context["original"]) is None:
            return context
        versions = agent.versions.all()[:SHOWN_VERSIONS]
        return context | {"versions": versions}

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: Any) -> None:
        fields: Any = {
            name: form.cleaned_data[name] for name in CONTENT if name in form.cleaned_data
        }
        note, author = form.cleaned_data["note"], author_of(request)
        if AUDITION in request.POST:
            request.session[f"candidate:{obj.pk}"] = fields
        elif change:
            expected = form.cleaned_data["expected_version"]
            saved = save_agent(obj, fields, author=author, note=note, expected_version=expected)
            obj.version, obj.slug = saved.version, saved.slug
        elif seat := seat_of(request):
            saved = create_agent(seat.workspace, fields, author=author, note=note, agent_id=obj.pk)
            obj.version, obj.slug = saved.version, saved.slug

    def log_change(self, request: HttpRequest, obj: Agent, message: Any) -> None:
        """What is only heard is not changed."""
        if AUDITION not in request.POST:
            super().log_change(request, obj, message)

    def response_change(self, request: HttpRequest, obj: Agent) -> HttpResponse:
        if AUDITION in request.POST:
            return HttpResponseRedirect(reverse("admin:propose_audition", args=[obj.pk]))
        return super().response_change(request, obj)

    def uses_of(self, obj: Agent) -> list[Use]:
        return uses_of(obj)

    def delete(self, obj: Agent, author: str) -> None:
        delete_agent(obj, author=author)
