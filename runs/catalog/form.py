"""A form made of an operation's input schema: a field each, JSON where a value has parts."""

from typing import Any

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from agents.skills.choices import KEY
from agents.skills.operation import Operation
from maestro.workspaces.desk import JSONText
from maestro.workspaces.models import Workspace

from .choices import offered_in
from .schema_fields import SchemaField, fields_of, followed

OTHERS = "more_fields"
SHORT = 200


class TrialForm(forms.Form):
    """`given()` is the input; what is left empty is not in it. `offered` are lists of what the
    workspace has, which fields lead to by the attribute `list`."""

    def __init__(
        self, operation: Operation, workspace: Workspace, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        schema = operation.input_schema()
        self.offered = offered_in(workspace, schema)
        for field in fields_of(schema):
            shown = self.fields[field.name] = _form_field(field, schema)
            if (kind := field.schema.get(KEY)) in self.offered:
                shown.widget = UnfoldAdminTextInputWidget({"list": f"choices-{kind}"})
        if schema.get("additionalProperties"):
            self.fields[OTHERS] = JSONText(
                shape=dict,
                required=False,
                label="Further fields",
                help_text='Of any name, like {"rows": [{"email": "ada@example.com"}]}.',
            )

    def given(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        others = said.pop(OTHERS, None) or {}
        return {**others, **{name: v for name, v in said.items() if v not in (None, "")}}


class Lines(JSONText):
    """A list of texts, one on each line; or, as all lists, JSON."""

    def __init__(self, *, help_text: str = "", **told: Any) -> None:
        super().__init__(help_text=f"{help_text} One on each line.".lstrip(), **told)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401  # as Django has it
        if not isinstance(value, str) or value.lstrip().startswith("["):
            return super().to_python(value)
        return [line.strip() for line in value.splitlines() if line.strip()] or None


def _form_field(field: SchemaField, whole: dict[str, Any]) -> forms.Field:
    part = _without_null(field.schema, whole)
    told: dict[str, Any] = {
        "label": field.name,
        "required": field.is_required,
        "help_text": " ".join(filter(None, [field.description, _capital(field.bounds)])),
        "initial": None if field.default in (None, "", [], {}) else field.default,
    }
    kind = part.get("type")
    if "enum" in part:
        return _choice(part["enum"], told)
    if kind == "boolean":
        return forms.BooleanField(**{**told, "required": False}, widget=UnfoldBooleanWidget)
    if kind == "integer":
        return forms.IntegerField(**told, widget=UnfoldAdminTextInputWidget)
    if kind == "number":
        return forms.FloatField(**told, widget=UnfoldAdminTextInputWidget)
    if kind == "string":
        return forms.CharField(**told, strip=False, widget=_text_widget(part))
    if kind == "array" and followed(part.get("items", {}), whole).get("type") == "string":
        return Lines(**told)
    return JSONText(**told)


def _choice(values: list[Any], told: dict[str, Any]) -> forms.Field:
    choices = [(str(value), str(value)) for value in values]
    empty = [] if told["required"] or told["initial"] is not None else [("", "")]
    return forms.ChoiceField(**told, choices=[*empty, *choices], widget=UnfoldAdminSelectWidget)


def _text_widget(part: dict[str, Any]) -> forms.Widget:
    long = part.get("maxLength", SHORT + 1) > SHORT and "pattern" not in part
    return (
        forms.Textarea({"class": "ms-input", "rows": 2}) if long else UnfoldAdminTextInputWidget()
    )


def _without_null(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """`text or null` is asked for as text that may stay empty."""
    options = part.get("anyOf", [])
    real = [o for o in (followed(one, whole) for one in options) if o.get("type") != "null"]
    return real[0] if len(real) == 1 and len(options) == 2 else part


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
