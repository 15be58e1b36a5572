"""Testing a secret over REST."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import BaseModel, ConfigDict, Field

from maestro.rest.shapes import Id, Refusal, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import TestOutcome
from orchestras.secrets.rows import secrets_of, shown
from orchestras.secrets.schemas import SecretOut, SecretTestOut, SlotTestsOut

from . import MailTest, try_environment, try_mail_server, try_secret

Slot = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,80}$", description="Like apollo_api_key.")]
router = Router(tags=["Secrets"])


class MailTestOut(BaseModel):
    """What came of signing in to the deployer's mail server."""

    model_config = ConfigDict(from_attributes=True)

    server: str = Field(description="Like mail.example.com:587.")
    outcome: TestOutcome
    message: str


@router.post("/secrets/{secret_id}/test", response=SecretOut, auth=can("run:write"))
def try_one_secret(request: ApiRequest, response: HttpResponse, secret_id: Id) -> SecretOut:
    """Ask each service that it is for whether it takes it, within ten seconds; nothing is changed there.
    409 while it is being tested."""
    try_secret(find(secrets_of(request), secret_id), by=author(request))
    return shown(request, response, secret_id)


@router.post("/slots/{slot}/test", response=SlotTestsOut, auth=can("run:write"))
def try_slot_of_environment(request: ApiRequest, slot: Slot) -> SlotTestsOut:
    """The same of a slot that the environment fills; 404 where it does not. The answer is not kept."""
    tests = try_environment(request.auth.workspace, slot, by=author(request))
    return SlotTestsOut(slot=slot, tests=[SecretTestOut.model_validate(test) for test in tests])


@router.post("/mail-server/test", response={200: MailTestOut, 404: Refusal}, auth=can("run:write"))
def try_the_mail_server(request: ApiRequest) -> MailTest:
    """Sign in to the server of `MAESTRO_SMTP_URL` as before a mail, and send none; 404 where it is not
    set. The answer is not kept."""
    return try_mail_server(request.auth.workspace, by=author(request))
