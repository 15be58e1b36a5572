"""The vault over REST: values go in and come out of no address."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.errors import Conflict
from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.vault import describe_secret, set_secret

from .actions import delete_secret as forget_secret
from .rows import secrets_of, shown
from .schemas import SecretIn, SecretOut, SecretPatch, secret_out, secret_tag

router = Router(tags=["Secrets"])
Confirm = Annotated[bool, Query(description="Although nodes or agents ask for it by its name.")]


@router.get("/secrets", response=Page[SecretOut], auth=can("secret:read"))
def list_secrets(request: ApiRequest, query: Query[PageQuery]) -> Page[SecretOut]:
    """What the vault has, without any value. Newest first."""
    return page(Page[SecretOut], secrets_of(request), query, secret_out)


@router.post("/secrets", response={201: SecretOut}, auth=can("secret:write"))
def create_secret(request: ApiRequest, response: HttpResponse, body: SecretIn) -> Status[SecretOut]:
    """A new secret; 409 when there is one of that name. Its value is encrypted and shown by no answer."""
    workspace = request.auth.workspace
    if workspace.secrets.filter(name=body.name).exists():
        raise Conflict(
            f"There is a secret {body.name}; change it to set a new value", name=body.name
        )
    secret = set_secret(
        workspace,
        body.name,
        body.value,
        by=author(request),
        description=body.description,
        hosts=body.hosts,
    )
    response["Location"] = reverse("api:get_secret", args=[secret.id])
    return Status(201, shown(request, response, secret.id))


@router.get("/secrets/{secret_id}", response=SecretOut, auth=can("secret:read"))
def get_secret(request: ApiRequest, response: HttpResponse, secret_id: Id) -> SecretOut:
    """All of it but its value."""
    return shown(request, response, secret_id)


@router.patch("/secrets/{secret_id}", response=SecretOut, auth=can("secret:write"))
def change_secret(
    request: ApiRequest, response: HttpResponse, secret_id: Id, body: SecretPatch, if_match: IfMatch
) -> SecretOut:
    """A new value is the next version, and counts from the next call on, also in runs that play."""
    with seen(secrets_of(request), secret_id, if_match, secret_tag) as secret:
        said: dict[str, Any] = {
            "description": body.description,
            "hosts": body.hosts,
            "by": author(request),
        }
        if body.value is not None:
            set_secret(secret.workspace, secret.name, body.value, **said)
        else:
            describe_secret(secret, **said)
    return shown(request, response, secret_id)


@router.delete("/secrets/{secret_id}", response={204: None}, auth=can("secret:write"))
def delete_secret(
    request: ApiRequest, secret_id: Id, if_match: IfMatch, confirm: Confirm = False
) -> Status[None]:
    """With all its versions; 409 `in_use` while an orchestra binds it, or an MCP server or a webhook uses it.
    409 `in_use` without `confirm`, too, while nodes or agents ask for it by its name and nothing else would
    fill their slot."""
    with seen(secrets_of(request), secret_id, if_match, secret_tag) as secret:
        forget_secret(secret, by=author(request), confirmed=confirm)
    return Status(204, None)
