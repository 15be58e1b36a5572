"""Pages and deeds of the admin that are no list and no form of a row."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse

from maestro.errors import MaestroError

View = Callable[..., HttpResponseBase]
Wrap = Callable[[View], View]  # what the admin puts around a view: it asks for a signed-in person


def desk_page(
    request: HttpRequest, template: str, title: str, **context: object
) -> TemplateResponse:
    """The template inside the admin's frame, with what the frame needs."""
    request.current_app = admin.site.name
    told = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, told)


def to_page_or_why(
    request: HttpRequest, act: Callable[[], str], *, back: str
) -> HttpResponseRedirect:
    """Act, then go to the address it gives; a refusal is told on the page it was asked from."""
    try:
        with transaction.atomic():
            return HttpResponseRedirect(act())
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(back)


def number_in(text: str, otherwise: int) -> int:
    """A number as an address carries it; what is none counts as `otherwise`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
