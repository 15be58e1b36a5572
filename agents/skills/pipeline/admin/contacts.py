"""Who is in pipelines: their fields, their stage, and what was done about them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib import messages as flash
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from maestro.errors import InvalidInput
from maestro.numbers import clock
from maestro.workspaces.desk import (
    ReadOnlyAdmin,
    RefusableForm,
    ScopedAdmin,
    ScopedRelatedFilter,
    author_of,
    desk_page,
    link_to,
)

from ..changing import change_contact
from ..models import Activity, Contact, Pipeline
from ..moves import move_contacts

SHOWN_ON_PAGE = 20


class ContactForm(RefusableForm):
    """`stage` counts only where the person changed it: it may have moved since the page was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage = self.fields.get("stage")
        if stage is not None and self.instance._state.adding:
            stage.required, stage.help_text = False, "Empty: the first of the pipeline."
        elif stage is not None:
            stages = dict.fromkeys([*self.instance.pipeline.stages, self.instance.stage])
            choices = [(name, name) for name in stages]
            self.fields["stage"] = forms.ChoiceField(
                choices=choices, widget=UnfoldAdminSelectWidget, show_hidden_initial=True
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        pipeline = said.get("pipeline")
        if self.instance._state.adding and pipeline and not said.get("stage"):
            said["stage"] = pipeline.stages[0]
        if not (said.get("email") or said.get("external_id") or {"email"} & self.errors.keys()):
            self.add_error("email", "Write an email here, or an external id below.")
        return said


@admin.register(Contact)
class ContactAdmin(ScopedAdmin):
    list_display = ["__str__", "email", "title", "company_shown", "pipeline", "stage", "changed"]
    list_filter = [("pipeline", ScopedRelatedFilter), "stage"]
    search_fields = ["name", "email", "company__name", "=external_id"]
    list_select_related = ["company", "pipeline"]
    autocomplete_fields = ["company"]
    ordering = ["-created_at"]
    form = ContactForm
    fields = [("name", "email"), ("title", "company"), ("pipeline", "stage"), "external_id"]
    actions = ["move"]
    empty_text = "A contact is a person in a pipeline. Scores find and add them; you can too."

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """What was done about a contact is of one pipeline."""
        return ["pipeline"] if obj else []

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: Any) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        stage = form.cleaned_data["stage"] if "stage" in form.changed_data else ""
        change_contact(obj, by=author_of(request), stage=stage)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The verb has."""

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        contact = context.get("original")
        return {
            **context,
            "activities": contact.activities.all()[:SHOWN_ON_PAGE] if contact else [],
        }

    @admin.action(description="Move to a stage", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Contact]) -> HttpResponse | None:
        """Asks for the stage first; those chosen are of one pipeline."""
        pipelines = list(Pipeline.objects.filter(contacts__in=queryset).distinct()[:2])
        if len(pipelines) != 1:
            raise InvalidInput("Choose contacts of one pipeline: each has stages of its own")
        if not (stage := request.POST.get("stage", "")):
            return _asking(request, pipelines[0], queryset)
        moved = move_contacts(pipelines[0], queryset, stage, by=author_of(request))
        flash.success(request, f"Moved to {stage}: {moved:,}.")
        return None

    @admin.display(description="Company", ordering="company__name")
    def company_shown(self, contact: Contact) -> SafeString:
        return link_to(contact.company)

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, contact: Contact) -> str:
        return clock(contact.updated_at)


def _asking(request: HttpRequest, pipeline: Pipeline, chosen: QuerySet[Contact]) -> HttpResponse:
    return desk_page(
        request,
        "pipeline/move.html",
        f"Move contacts of {pipeline}",
        pipeline=pipeline,
        count=chosen.count(),
        ids=request.POST.getlist("_selected_action"),
        across=request.POST.get("select_across", "0"),
        hooks=pipeline.hooks.filter(enabled=True).count(),
    )


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ["kind", "contact_shown", "pipeline", "move", "done_by", "at"]
    list_filter = ["kind", ("pipeline", ScopedRelatedFilter), "new_stage"]
    search_fields = ["kind", "contact__name", "contact__email", "=run_id", "=contact__id"]
    list_select_related = ["contact", "pipeline"]
    ordering = ["-created_at"]
    fields = [
        "kind",
        "contact",
        "pipeline",
        "old_stage",
        "new_stage",
        "payload",
        "by",
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

    @admin.display(description="By", ordering="by")
    def done_by(self, activity: Activity) -> str | SafeString:
        if activity.by or not activity.run_id.startswith("run_"):
            return activity.by
        page = reverse("admin:runs_run_change", args=[activity.run_id])
        return format_html('<a href="{}">Run</a>', page)

    @admin.display(description="At", ordering="created_at")
    def at(self, activity: Activity) -> str:
        return clock(activity.created_at)
