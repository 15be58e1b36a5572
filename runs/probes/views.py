"""The buttons that test a secret, and what the environment has in place of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from maestro.errors import MaestroError
from maestro.workspaces.desk import Wrap, author_of, editing_seat, page_of
from maestro.workspaces.models import Secret, TestOutcome

from . import try_environment, try_mail_server, try_secret

LEVELS = {
    TestOutcome.WORKS: messages.SUCCESS,
    TestOutcome.REFUSED: messages.ERROR,
    TestOutcome.UNREACHABLE: messages.WARNING,
    TestOutcome.UNTESTABLE: messages.WARNING,
}


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("workspaces/secret/<str:pk>/test/", wrap(test), name="test_secret"),
        path("catalog/slots/<slug:slot>/test/", wrap(test_slot), name="test_slot"),
        path("catalog/mail-server/test/", wrap(test_mail_server), name="test_mail_server"),
    ]


@require_POST
def test(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask the services, then show on the secret's page what they said."""
    secret = get_object_or_404(Secret, pk=pk, workspace=editing_seat(request).workspace)
    try:
        try_secret(secret, by=author_of(request))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(f"{page_of(secret)}#tests")


@require_POST
def test_slot(request: HttpRequest, slot: str) -> HttpResponse:
    """Ask the services with the environment's value, then say in the catalog what they said."""
    try:
        tests = try_environment(editing_seat(request).workspace, slot, by=author_of(request))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        tests = []
    for test in tests:
        outcome = TestOutcome(test["outcome"])
        told = f"{slot} of the environment, for {test['asked_by']}: {outcome.label.lower()}. "
        messages.add_message(request, LEVELS[outcome], told + test["message"])
    return HttpResponseRedirect(reverse("admin:catalog_skills"))


@require_POST
def test_mail_server(request: HttpRequest) -> HttpResponse:
    """Sign in to the deployer's mail server, then say in the catalog what came of it."""
    try:
        test = try_mail_server(editing_seat(request).workspace, by=author_of(request))
        told = f"Mail server {test.server}: {test.outcome.label.lower()}. {test.message}"
        messages.add_message(request, LEVELS[test.outcome], told)
    except MaestroError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("admin:catalog_skills"))
