"""Pages of pipelines: who is in them, where they stand, what was done."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.numbers import clock
from maestro.workspaces.desk import (
    ReadOnlyAdmin,
    ScopedAdmin,
    ScopedRelatedFilter,
    clipped,
    link_to,
    list_of,
)

from .models import Activity, Company, Contact, Pipeline


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


@admin.register(Contact)
class ContactAdmin(ScopedAdmin):
    list_display = ["__str__", "email", "title", "company_shown", "pipeline", "stage", "changed"]
    list_filter = [("pipeline", ScopedRelatedFilter), "stage"]
    search_fields = ["name", "email", "company__name", "=external_id"]
    list_select_related = ["company", "pipeline"]
    autocomplete_fields = ["company"]
    ordering = ["-created_at"]
    fields = [("name", "email"), ("title", "company"), ("pipeline", "stage"), "external_id"]
    empty_text = "A contact is a person in a pipeline. Scores find and add them; you can too."

    @admin.display(description="Company", ordering="company__name")
    def company_shown(self, contact: Contact) -> SafeString:
        return link_to(contact.company)

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, contact: Contact) -> str:
        return clock(contact.updated_at)


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ["kind", "contact_shown", "pipeline", "move", "at"]
    list_filter = ["kind", ("pipeline", ScopedRelatedFilter), "new_stage"]
    search_fields = ["kind", "contact__name", "contact__email", "=run_id"]
    list_select_related = ["contact", "pipeline"]
    ordering = ["-created_at"]
    fields = [
        "kind",
        "contact",
        "pipeline",
        "old_stage",
        "new_stage",
        "payload",
        "run_id",
        "created_at",
    ]
    empty_text = "What scores and people did about contacts is kept here."

    @admin.display(description="Contact", ordering="contact__name")
    def contact_shown(self, activity: Activity) -> SafeString:
        return link_to(activity.contact)

    @admin.display(description="Stage")
    def move(self, activity: Activity) -> str:
        stayed = activity.old_stage == activity.new_stage
        return activity.new_stage if stayed else f"{activity.old_stage} → {activity.new_stage}"

    @admin.display(description="At", ordering="created_at")
    def at(self, activity: Activity) -> str:
        return clock(activity.created_at)
