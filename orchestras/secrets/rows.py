"""Secrets as the API reads and shows them."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse

from maestro.rest.shapes import find
from maestro.workspaces.bearer import ApiRequest
from maestro.workspaces.models import Secret, SecretVersion

from .schemas import SecretOut, secret_out, secret_tag


def secrets_of(request: ApiRequest) -> QuerySet[Secret]:
    """With their versions' numbers and times, and who binds them. Three queries."""
    versions = SecretVersion.objects.defer("nonce", "ciphertext")
    rows = Secret.objects.filter(workspace=request.auth.workspace).select_related("workspace")
    return rows.prefetch_related(Prefetch("versions", versions), "bindings")


def shown(request: ApiRequest, response: HttpResponse, secret_id: str) -> SecretOut:
    """It as it is now, with its tag."""
    secret = find(secrets_of(request), secret_id)
    response["ETag"] = secret_tag(secret)
    return secret_out(secret)
