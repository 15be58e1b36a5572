"""The part of an orchestra's page that says which secrets its score asks for, and what fills them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from maestro.workspaces.desk import ScopedAdmin
from maestro.workspaces.filling import Filling
from maestro.workspaces.models import Secret
from orchestras.actions import bind_secrets
from orchestras.models import Orchestra
from orchestras.slots import fill_slots, slots_of

PREFIX = "slot:"


class SlotField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Which secret of the workspace fills a slot; empty: the one of the slot's name."""

    def __init__(
        self,
        orchestra: Orchestra,
        slot: str,
        nodes: list[str],
        filling: Filling | None,
        *,
        is_optional: bool,
    ) -> None:
        bound = orchestra.bindings.filter(slot=slot).first()
        super().__init__(
            Secret.objects.filter(workspace=orchestra.workspace_id),
            label=slot,
            required=False,
            initial=bound.secret_id if bound else None,
            empty_label=f"the secret named {slot}",
            widget=UnfoldAdminSelectWidget,
            help_text=f"{_state(slot, filling, is_optional)} Asked for by {', '.join(nodes)}.",
        )


class WithSlots(ScopedAdmin):
    """Adds a choice for each slot to the form of an orchestra that is there already."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if names := self._slot_fields(request, obj):
            fieldsets.append(("Secrets", {"fields": [*names]}))
        return fieldsets

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        slots = self._slot_fields(request, obj)
        kwargs.setdefault("form", type(self.form.__name__, (self.form,), dict(slots)))
        return super().get_form(request, obj, change=change, **kwargs)

    def _slot_fields(self, request: HttpRequest, obj: Any) -> Mapping[str, SlotField]:
        """Made once for a request: page and form ask for them several times."""
        if obj is None or not self.may_edit(request):
            return {}
        made: dict[str, Mapping[str, SlotField]] = request.__dict__.setdefault("_slot_fields", {})
        if obj.pk not in made:
            made[obj.pk] = _fields_of(obj)
        return made[obj.pk]


def bind_slots(orchestra: Orchestra, form: forms.Form, author: str) -> None:
    """Bind what was chosen, where that changes anything; bindings of other slots stay."""
    chosen = {
        name.removeprefix(PREFIX): secret
        for name, secret in form.cleaned_data.items()
        if name.startswith(PREFIX)
    }
    before = {
        binding.slot: binding.secret for binding in orchestra.bindings.select_related("secret")
    }
    after = {slot: secret for slot, secret in {**before, **chosen}.items() if secret}
    if after != before:
        bind_secrets(orchestra, after, author=author)


def _fields_of(orchestra: Orchestra) -> dict[str, SlotField]:
    needed = slots_of(orchestra)
    known = slots_of(orchestra, with_optional=True)
    filled = fill_slots(orchestra.workspace_id, orchestra.pk, known)
    return {
        f"{PREFIX}{slot}": SlotField(
            orchestra, slot, nodes, filled.get(slot), is_optional=slot not in needed
        )
        for slot, nodes in known.items()
    }


def _state(slot: str, filling: Filling | None, is_optional: bool) -> str:
    if filling is None and is_optional:
        return "Nothing fills it, and it may stay so."
    if filling is None:
        return "Nothing fills it yet: set a secret of that name, or choose one."
    if filling.secret is None:
        return f"Filled by the environment's {slot.upper()}."
    return f"Filled by the secret {filling.secret.name}."
