"""A workspace's page: its owners change it, a superuser makes and deletes workspaces."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from maestro.errors import InvalidInput
from maestro.uses import Use
from maestro.workspaces.changing import delete_workspace, tell_of_hosts, uses_of
from maestro.workspaces.desk import Dollars, GuardedDeletion, RefusableForm, number, seat_of
from maestro.workspaces.hosts import checked_reach
from maestro.workspaces.models import Workspace
from orchestras.actions import reschedule


class WorkspaceForm(RefusableForm):
    monthly_budget_microdollars = Dollars(
        label="Budget a month, in dollars",
        help_text="What all runs may cost; then they wait for a person. Empty: no limit.",
    )
    egress_hosts = forms.CharField(
        required=False,
        label="Hosts that skills may reach",
        widget=UnfoldAdminTextInputWidget,
        help_text="Like api.apollo.io or *.example.com, several with commas between. Empty: any on "
        "the open internet. Models are asked all the same.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["egress_hosts"] = ", ".join(self.instance.egress_hosts)

    def clean_egress_hosts(self) -> list[str]:
        try:
            return checked_reach(self.cleaned_data["egress_hosts"].split(","))
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from None


@admin.register(Workspace)
class WorkspaceAdmin(GuardedDeletion):
    audited_by_verbs = False
    way_out = "Cancel these runs, or let them end, then come back."
    list_display = ["name", "slug", "default_model", "time_zone", "member_count", "score_count"]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    form = WorkspaceForm
    fields = [
        ("name", "slug"),
        ("default_model", "time_zone"),
        "messages_api_url",
        "monthly_budget_microdollars",
        "egress_hosts",
        "settings",
    ]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A superuser sees all of them; anyone else the one they work in."""
        seat = seat_of(request)
        rows = Workspace.objects.all()
        if not request.user.is_superuser:
            rows = rows.filter(pk=seat.workspace.pk) if seat else rows.none()
        members = Count("memberships", distinct=True)
        return rows.annotate(member_count=members, score_count=Count("scores", distinct=True))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        seat = seat_of(request)
        return bool(request.user.is_superuser) or (seat is not None and seat.is_owner)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Settings say what the deployer lets a workspace use, the environment's keys among it."""
        return [] if request.user.is_superuser else ["settings"]

    @admin.display(description="Members", ordering="member_count")
    def member_count(self, workspace: Any) -> SafeString:
        return number(workspace.member_count)

    @admin.display(description="Scores", ordering="score_count")
    def score_count(self, workspace: Any) -> SafeString:
        return number(workspace.score_count)

    def uses_of(self, obj: Workspace) -> list[Use]:
        return uses_of(obj)

    def delete(self, obj: Workspace, author: str) -> None:
        delete_workspace(obj)

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if change and "time_zone" in form.changed_data:
            reschedule(obj)
        if "egress_hosts" in form.changed_data:
            tell_of_hosts()
