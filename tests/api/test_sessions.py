"""People signed in to the admin call the API by their session: in their workspace, in their role, with a CSRF token."""

from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from maestro.workspaces.desk.seat import SESSION_KEY
from maestro.workspaces.models import Membership, Role, Workspace
from scores.models import Score
from tests.factories import make_score, make_workspace

from .callers import Caller, read, refused


def signed_in(workspace: Workspace | None, role: str = Role.EDITOR, **person: bool) -> Client:
    """A browser of somebody with that role, strict about CSRF as a real one's server is."""
    user = User.objects.create_user(f"{role} of {workspace}", is_staff=True)
    User.objects.filter(pk=user.pk).update(**person)
    if workspace is not None:
        Membership.objects.create(workspace=workspace, user=user, role=role)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(pk=user.pk))
    client.get("/admin/")  # gives the cookie with the token
    return client


def get(client: Client, path: str, **headers: str) -> HttpResponse:
    answer: Any = client.get(f"/api/v1{path}", headers=headers)
    return cast(HttpResponse, answer)


def create(client: Client, *, token: str | None = None) -> HttpResponse:
    sent = client.cookies["csrftoken"].value if token is None else token
    headers = {"X-CSRFToken": sent} if sent else {}
    body = {"name": "By hand"}
    answer: Any = client.post("/api/v1/scores", body, "application/json", headers=headers)
    return cast(HttpResponse, answer)


def test_a_person_reads_and_changes_their_workspace(workspace: Workspace) -> None:
    score = make_score(workspace)
    client = signed_in(workspace)

    assert read(get(client, f"/scores/{score.pk}"))["name"] == score.name
    assert read(get(client, "/workspace"))["api_key"] is None
    read(create(client), 201)

    assert Score.objects.get(name="By hand").workspace == workspace


@pytest.mark.parametrize("token", ["", "a" * 64])
def test_a_change_without_the_sessions_csrf_token_is_refused(
    workspace: Workspace, token: str
) -> None:
    said = refused(create(signed_in(workspace), token=token), 403, "forbidden")

    assert "CSRF" in said["message"]
    assert not Score.objects.exists()


def test_another_workspaces_rows_are_not_there(workspace: Workspace) -> None:
    foreign = make_score(make_workspace())

    refused(get(signed_in(workspace), f"/scores/{foreign.pk}"), 404, "not_found")


def test_the_workspace_is_the_one_the_session_works_in(workspace: Workspace) -> None:
    other = make_workspace()
    client = signed_in(workspace)
    Membership.objects.create(workspace=other, user=User.objects.get(), role=Role.VIEWER)
    session = client.session
    session[SESSION_KEY] = other.pk
    session.save()

    assert read(get(client, "/workspace"))["id"] == other.pk
    refused(create(client), 403, "forbidden")


def test_a_viewer_reads_and_changes_nothing(workspace: Workspace) -> None:
    score = make_score(workspace)
    client = signed_in(workspace, Role.VIEWER)

    read(get(client, f"/scores/{score.pk}/graph"))
    assert refused(create(client), 403, "forbidden")["details"] == {"scope": "score:write"}


@pytest.mark.django_db
def test_without_a_seat_nothing_opens() -> None:
    refused(get(signed_in(None), "/workspace"), 403, "forbidden")


def test_who_may_not_enter_the_admin_may_not_enter_here(workspace: Workspace) -> None:
    refused(get(signed_in(workspace, is_staff=False), "/workspace"), 403, "forbidden")


def test_a_header_is_judged_alone(workspace: Workspace) -> None:
    client = signed_in(workspace)

    answer = get(client, "/workspace", Authorization="Bearer mk_nonsense")

    refused(answer, 401, "unauthenticated")


def test_the_catalog_names_every_operation_with_its_schemas(caller: Caller) -> None:
    skills = {skill["name"]: skill for skill in read(caller.get("/skills"))["items"]}

    operations = {operation["name"]: operation for operation in skills["pipeline"]["operations"]}
    assert operations["find_contact"]["ports"] == ["exists", "not_found"]
    assert "email" in operations["find_contact"]["input_schema"]["properties"]
    assert "contact_id" in operations["find_contact"]["output_schema"]["properties"]
    assert skills["apollo"]["secrets"] == ["apollo_api_key"]
