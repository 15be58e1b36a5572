"""Pipelines and their stages, and the companies that contacts work for."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.workspaces.desk import ScopedAdmin, clipped, list_of

from ..actions import set_stages
from ..models import Company, Pipeline


@admin.register(Pipeline)
class PipelineAdmin(ScopedAdmin):
    list_display = ["name", "kind", "stages_shown", "contact_count"]
    list_filter = ["kind"]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    fields = [("name", "slug"), "kind", "stages"]
    prepopulated_fields = {"slug": ["name"]}
    empty_text = "A pipeline is a list of contacts, each at one of its stages."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(contact_count=Count("contacts"))

    def save_model(self, request: HttpRequest, obj: Pipeline, form: Any, change: Any) -> None:
        """A stage where somebody stands cannot go."""
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(contact_count=Count("contacts"))

    @admin.display(description="Contacts", ordering="contact_count")
    def contact_count(self, company: Any) -> SafeString:
        return list_of("pipeline_contact", company.contact_count, company__id__exact=company.pk)
