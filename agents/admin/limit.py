"""What the workspace allows of its skills."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from agents.limits import drop_limit, save_limit
from agents.models import SkillLimit
from agents.skills.manifest import Skill
from agents.skills.registry import skills
from maestro.workspaces.desk import RefusableForm, ScopedAdmin, author_of, mono, number, seat_of

Choices = list[tuple[str, Any]]


class LimitForm(RefusableForm):
    name = forms.ChoiceField(
        label="Skill or operation",
        widget=UnfoldAdminSelectWidget,
        help_text="A skill: all its operations together.",
    )

    class Meta:
        model = SkillLimit
        fields = ["name", "concurrency", "per_minute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(self.instance.name)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        seat = seat_of(self.request)
        others = SkillLimit.objects.exclude(pk=self.instance.pk).filter(name=name)
        if seat and others.filter(workspace=seat.workspace).exists():
            raise forms.ValidationError(f"{name} has a limit already; open that one.")
        return name


@admin.register(SkillLimit)
class SkillLimitAdmin(ScopedAdmin):
    list_display = ["name_shown", "concurrency_shown", "per_minute_shown", "declared"]
    search_fields = ["name"]
    ordering = ["name"]
    form = LimitForm
    fields = ["name", "concurrency", "per_minute"]
    audited_by_verbs = True
    empty_text = (
        "No limits but those that skills declare themselves. Set one where a service takes only so "
        "many calls at once or a minute: it holds for all runs of this workspace together."
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        seat = seat_of(request)
        if seat and not change:
            obj.workspace = seat.workspace
        save_limit(obj, author=author_of(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        drop_limit(obj, author=author_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for limit in queryset:
            drop_limit(limit, author=author_of(request))

    @admin.display(description="Skill or operation", ordering="name")
    def name_shown(self, limit: SkillLimit) -> SafeString:
        return mono(limit.name)

    @admin.display(description="At once", ordering="concurrency")
    def concurrency_shown(self, limit: SkillLimit) -> SafeString:
        return number(limit.concurrency or "")

    @admin.display(description="A minute", ordering="per_minute")
    def per_minute_shown(self, limit: SkillLimit) -> SafeString:
        return number(limit.per_minute or "")

    @admin.display(description="Declared by the skill")
    def declared(self, limit: SkillLimit) -> str:
        return _declared(limit.name)


def _choices(chosen: str) -> Choices:
    """Each skill with its operations; what is chosen stays, also when it is no longer installed."""
    groups: Choices = [
        (skill.name, [(skill.name, f"{skill.name}: all operations"), *_operations(skill)])
        for skill in skills()
    ]
    known = {name for _, group in groups for name, _ in group}
    gone = [(chosen, f"{chosen}: not installed")] if chosen and chosen not in known else []
    return [("", "Choose one"), *gone, *groups]


def _operations(skill: Skill) -> Choices:
    return [(one.full_name, one.full_name) for one in skill.operations.values()]


def _declared(name: str) -> str:
    skill, _, operation = name.partition(".")
    found = next((one for one in skills() if one.name == skill), None)
    if found is None or (operation and operation not in found.operations):
        return "not installed"
    limits = found.operations[operation].limits if operation else found.limits
    return limits.in_words()
