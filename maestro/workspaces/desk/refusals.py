"""A refusal by a domain verb becomes a form error, beside what the person typed."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest

from maestro.errors import MaestroError, StaleVersion

_ATTRIBUTE = "_maestro_refusal"


def with_refusal(request: HttpRequest, refusal: MaestroError) -> HttpRequest:
    """The request, to be shown again with why it was refused."""
    setattr(request, _ATTRIBUTE, refusal)
    return request


def refusal_in(request: HttpRequest) -> MaestroError | None:
    refusal: MaestroError | None = getattr(request, _ATTRIBUTE, None)
    return refusal


class RefusableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose `refusal`, set for the second showing, is placed at the fields it names."""

    refusal: MaestroError | None = None
    request: HttpRequest  # set by the page that shows the form

    def _post_clean(self) -> None:
        """Last, so that the row's own checks still see the value at which the refusal is placed."""
        super()._post_clean()  # type: ignore[misc]
        if self.refusal is not None:
            for place, message in _placed(self.refusal):
                self.add_error(place if place in self.fields else None, message)


def _placed(refusal: MaestroError) -> list[tuple[str | None, str]]:
    if isinstance(refusal, StaleVersion):
        return [(None, f"{refusal.message}. Copy your text, then open the page anew.")]
    fields: dict[str, Any] = refusal.details.get("fields") or {}  # type: ignore[assignment]
    if not isinstance(fields, dict) or not fields:
        place = refusal.details.get("place")
        return [(str(place) if place else None, refusal.message)]
    return [
        (None if name == NON_FIELD_ERRORS else name, message)
        for name, messages in fields.items()
        for message in messages
    ]


def as_validation_error(refusal: MaestroError) -> ValidationError:
    return ValidationError(refusal.message, code=refusal.code)
