"""The button that tests a secret."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from maestro.errors import MaestroError
from maestro.workspaces.desk import Wrap, author_of, editing_seat, page_of
from maestro.workspaces.models import Secret

from . import try_secret


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [path("workspaces/secret/<str:pk>/test/", wrap(test), name="test_secret")]


@require_POST
def test(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask the services, then show on the secret's page what they said."""
    secret = get_object_or_404(Secret, pk=pk, workspace=editing_seat(request).workspace)
    try:
        try_secret(secret, by=author_of(request))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(f"{page_of(secret)}#tests")
