"""Testing a secret over REST."""

from django.http import HttpResponse
from ninja import Router

from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.secrets.api import secrets_of, shown
from maestro.workspaces.secrets.schemas import SecretOut

from . import try_secret

router = Router(tags=["Secrets"])


@router.post("/secrets/{secret_id}/test", response=SecretOut, auth=can("run:write"))
def try_one_secret(request: ApiRequest, response: HttpResponse, secret_id: Id) -> SecretOut:
    """Ask each service that it is for whether it takes it, within ten seconds; nothing is changed there.
    409 while it is being tested."""
    try_secret(find(secrets_of(request), secret_id), by=author(request))
    return shown(request, response, secret_id)
