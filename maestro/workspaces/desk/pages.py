"""The base of every admin page: rows of the current workspace only, as far as the person's role goes."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import Form, ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from maestro.errors import MaestroError
from maestro.workspaces.audit import record
from maestro.workspaces.models import Workspace

from .along import deleted_along
from .fields import JSONText, JSONWidget
from .refusals import RefusableForm, refusal_in, with_refusal
from .seat import author_of, seat_of


class ScopedAdmin(ModelAdmin):
    """Lists and forms of one workspace.

    `workspace_path` leads from a row to its workspace; owners and editors write, viewers read.
    What a form changes is written to the audit log, unless a domain verb has done so already
    (`audited_by_verbs`).
    """

    workspace_path = "workspace"
    audited_by_verbs = False
    form = RefusableForm
    compressed_fields = False
    warn_unsaved_form = True
    list_per_page = 50
    show_full_result_count = False
    empty_value_display = ""
    formfield_overrides = {  # type: ignore[misc, assignment]
        models.JSONField: {"form_class": JSONText, "widget": JSONWidget}
    }
    empty_text = ""
    delete_confirmation_template = "desk/delete.html"
    delete_selected_confirmation_template = "desk/delete_selected.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seat = seat_of(request)
        rows = super().get_queryset(request)
        return rows.filter(**{self.workspace_path: seat.workspace}) if seat else rows.none()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return seat_of(request) is not None

    def may_edit(self, request: HttpRequest) -> bool:
        seat = seat_of(request)
        return seat is not None and seat.may_edit

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_edit(request)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Only rows of the current workspace can be chosen."""
        seat, target = seat_of(request), db_field.related_model
        if seat and isinstance(target, type) and _has_workspace(target):
            kwargs.setdefault("queryset", target._default_manager.filter(workspace=seat.workspace))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Plain choices: rows of other lists are made and deleted on their own pages."""
        formfield: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield and isinstance(formfield.widget, RelatedFieldWidgetWrapper):
            formfield.widget = formfield.widget.widget
        return formfield

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        attributes = {"refusal": refusal_in(request), "request": request}
        return type(form.__name__, (form,), attributes)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A domain verb's refusal is shown in the form; the transaction is rolled back by then."""
        try:
            return super().changeform_view(request, object_id, form_url, dict(extra_context or {}))
        except MaestroError as refusal:
            again = with_refusal(request, refusal)
            return super().changeform_view(again, object_id, form_url, dict(extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """Beside a refused form the page tells of the row as it is, not as it was to become."""
        if request.method == "POST" and context.get("original") is not None:
            context["original"] = self.get_queryset(request).get(pk=context["original"].pk)
        return super().render_change_form(request, self.told_beside(context), **kwargs)

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        """The form's context with what else the page shows of `context["original"]`."""
        return context

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except MaestroError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Form, change: Any) -> None:
        seat = seat_of(request)
        if not change and seat and self.workspace_path == "workspace":
            obj.workspace = seat.workspace
        super().save_model(request, obj, form, change)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[Any]]:
        """Names, what goes with them in numbers, what may not be deleted, what refuses: (.., .., {}, [])."""
        rows = list(objs)
        return [str(row) for row in rows], deleted_along(rows), set(), []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to a row is in the audit log."""
        log = reverse("admin:workspaces_auditentry_changelist")
        return HttpResponseRedirect(f"{log}?q={unquote(object_id)}")

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self._audit(request, obj, "created")

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        changed = [name for part in message for name in part.get("changed", {}).get("fields", [])]
        self._audit(request, obj, "changed", {"fields": changed})

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._audit(request, obj, "deleted")

    def _audit(
        self, request: HttpRequest, obj: Model, deed: str, details: dict[str, Any] | None = None
    ) -> None:
        seat = seat_of(request)
        if seat and not self.audited_by_verbs:
            action = f"{self.opts.model_name}.{deed}"
            named = {"name": str(obj), **(details or {})}
            record(seat.workspace, author_of(request), action, obj, named)


class ReadOnlyAdmin(ScopedAdmin):
    """History: looked at, never added to, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _has_workspace(model: type[Model]) -> bool:
    names = {field.name: field for field in model._meta.get_fields()}
    field = names.get("workspace")
    return field is not None and field.related_model is Workspace
