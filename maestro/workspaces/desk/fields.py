"""JSON as people edit it: indented, in mono, with an error that says where it stops being JSON."""

import json
from typing import Any

from django import forms
from unfold.widgets import TEXTAREA_CLASSES, UnfoldAdminTextInputWidget

EMPTY = ("", "null")
MICRODOLLARS = 1_000_000


class JSONWidget(forms.Textarea):
    """A text area in mono; `rows` grow with the text in the browser."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        classes = " ".join([*TEXTAREA_CLASSES, "ms-code"])
        super().__init__({"class": classes, "rows": 4, "spellcheck": "false", **(attrs or {})})


class JSONText(forms.JSONField):
    """A JSON field whose refusals name the line; `shape` is dict, list or None for either."""

    widget = JSONWidget

    def __init__(
        self, *, shape: type[dict[str, Any] | list[Any]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.shape = shape

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() in EMPTY:
            return None
        if isinstance(value, str):
            value = _parse(value)
        if self.shape is not None and value is not None and not isinstance(value, self.shape):
            raise forms.ValidationError(_wrong_shape(self.shape))
        return value

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed stays as it was typed, right or wrong."""
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


class Dollars(forms.DecimalField):
    """Money as people write it, kept in micro-dollars; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        named = {"min_value": 0, "max_digits": 15, "decimal_places": 6, "required": False}
        super().__init__(**{**named, "widget": UnfoldAdminTextInputWidget(), **kwargs})

    def clean(self, value: Any) -> Any:
        dollars = super().clean(value)
        return None if dollars is None else int(dollars * MICRODOLLARS)

    def prepare_value(self, value: Any) -> Any:
        """Of a row; what was typed stays as it was typed."""
        return f"{value / MICRODOLLARS:.2f}" if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True


def _parse(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        message = (
            f"This is not JSON: {fault.msg.lower()} in line {fault.lineno}, column {fault.colno}."
        )
        raise forms.ValidationError(message) from None
    except (ValueError, RecursionError) as fault:
        raise forms.ValidationError(f"This is not JSON: {fault}.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _wrong_shape(shape: type) -> str:
    return (
        'Write a list: ["one", "two"].' if shape is list else 'Write an object: {"name": "value"}.'
    )
