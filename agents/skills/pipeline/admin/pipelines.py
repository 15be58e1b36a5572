"""Pipelines and their stages, and the companies that contacts work for."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.cleaning import clean
from maestro.workspaces.desk import RefusableForm, ScopedAdmin, clipped, list_of, seat_of

from ..actions import DEFAULT_STAGES, set_stages
from ..models import Company, Kind, Pipeline


def _checked(request: HttpRequest, row: Pipeline | Company) -> None:
    """InvalidInput for what only the workspace can tell: forms do not know it."""
    seat = seat_of(request)
    if seat and row._state.adding:
        row.workspace = seat.workspace
    clean(row)


class PipelineForm(RefusableForm):
    """A new pipeline has the usual stages of its kind, unless others are written."""

    class Meta:
        model = Pipeline
        fields = ["name", "slug", "kind", "stages"]
        help_texts = {
            "slug": "What nodes call it by.",
            "stages": "With commas between, in order; a new contact is at the first.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            stages = self.fields["stages"]
            stages.required = False
            stages.help_text = f"{stages.help_text} Empty: the usual ones of its kind."

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kind, is_free = said.get("kind"), "stages" not in self.errors and not said.get("stages")
        if self.instance._state.adding and kind and is_free:
            said["stages"] = DEFAULT_STAGES[Kind(kind)]
        return said


@admin.register(Pipeline)
class PipelineAdmin(ScopedAdmin):
    list_display = ["name", "kind", "stages_shown", "contact_count"]
    list_filter = ["kind"]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    form = PipelineForm
    fields = [("name", "slug"), "kind", "stages"]
    prepopulated_fields = {"slug": ["name"]}
    empty_text = "A pipeline is a list of contacts, each at one of its stages."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(contact_count=Count("contacts"))

    def save_model(self, request: HttpRequest, obj: Pipeline, form: Any, change: Any) -> None:
        """A stage where somebody stands cannot go, and a slug is one pipeline's."""
        _checked(request, obj)
        if change and "stages" in form.changed_data:
            set_stages(Pipeline.objects.get(pk=obj.pk), obj.stages)
        super().save_model(request, obj, form, change)

    @admin.display(description="Stages")
    def stages_shown(self, pipeline: Pipeline) -> SafeString:
        return clipped(", ".join(pipeline.stages))

    @admin.display(description="Contacts", ordering="contact_count")
    def contact_count(self, pipeline: Any) -> SafeString:
        return list_of("pipeline_contact", pipeline.contact_count, pipeline__id__exact=pipeline.pk)


@admin.register(Company)
class CompanyAdmin(ScopedAdmin):
    list_display = ["name", "domain", "contact_count"]
    search_fields = ["name", "domain"]
    ordering = ["name"]
    fields = [("name", "domain")]
    empty_text = "Companies come with contacts: by hand, by import or from a score."

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: Any) -> None:
        _checked(request, obj)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(contact_count=Count("contacts"))

    @admin.display(description="Contacts", ordering="contact_count")
    def contact_count(self, company: Any) -> SafeString:
        return list_of("pipeline_contact", company.contact_count, company__id__exact=company.pk)
