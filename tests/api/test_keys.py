"""Who gets in, and for what."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from maestro.errors import InvalidInput, Misconfigured
from maestro.workspaces.api_keys import SCOPES, import_api_key, make_api_key, revoke_api_key
from maestro.workspaces.models import ApiKey, AuditEntry, Workspace

from .callers import Caller, read, refused


def test_a_key_opens_its_own_workspace(caller: Caller, workspace: Workspace) -> None:
    said = read(caller.get("/workspace"))

    assert (said["id"], said["slug"]) == (workspace.id, workspace.slug)
    assert said["api_key"]["scopes"] == list(SCOPES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer mk_00000000_" + "0" * 32, "Bearer \x00", "nonsense"],
)  # fmt: skip
def test_without_a_good_key_nothing_opens(header: str) -> None:
    answer = Caller().get("/workspace", Authorization=header)

    refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_only_the_hash_of_a_key_is_kept(workspace: Workspace) -> None:
    key, token = make_api_key(workspace, "ci", ["run:read"], author="Ada")

    kept = str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert token.split("_")[2] not in kept
    assert token.startswith(f"mk_{key.prefix}_")
    assert not AuditEntry.objects.filter(details__icontains=token.split("_")[2]).exists()


def test_a_key_with_the_right_beginning_and_a_wrong_end_is_refused(workspace: Workspace) -> None:
    _, token = make_api_key(workspace, "ci", ["run:read"], author="Ada")
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")

    refused(Caller(wrong).get("/workspace"), 401, "unauthenticated")


def test_a_revoked_key_is_refused(workspace: Workspace) -> None:
    key, token = make_api_key(workspace, "ci", ["run:read"], author="Ada")
    read(Caller(token).get("/workspace"))

    revoke_api_key(key, author="Ada")

    refused(Caller(token).get("/workspace"), 401, "unauthenticated")


def test_a_key_is_refused_once_it_is_over(workspace: Workspace) -> None:
    over = timezone.now() - timedelta(seconds=1)
    _, token = make_api_key(workspace, "ci", ["run:read"], author="Ada", expires_at=over)

    refused(Caller(token).get("/workspace"), 401, "unauthenticated")


def test_a_missing_scope_is_named(workspace: Workspace) -> None:
    answer = Caller.of(workspace, "run:read", "score:write").post("/scores/sc_1/runs", {})

    assert refused(answer, 403, "forbidden")["details"] == {"scope": "run:write"}


def test_who_may_write_may_read(workspace: Workspace) -> None:
    read(Caller.of(workspace, "run:write").get("/runs"))
    refused(Caller.of(workspace, "score:write").get("/runs"), 403, "forbidden")


def test_the_last_use_is_noted_at_most_once_a_minute(
    workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller = Caller.of(workspace, "run:read")
    read(caller.get("/workspace"))
    first = ApiKey.objects.get().last_used_at
    assert first is not None

    with django_assert_num_queries(1):
        read(caller.get("/workspace"))
    assert ApiKey.objects.get().last_used_at == first

    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    read(caller.get("/workspace"))
    last = ApiKey.objects.get().last_used_at
    assert last is not None and last >= first


def test_a_browser_session_is_no_way_in(admin_client: object, caller: Caller) -> None:
    caller.token = ""
    caller._client = admin_client  # type: ignore[assignment]

    refused(caller.get("/workspace"), 401, "unauthenticated")


def test_a_scope_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="runs:write"):
        make_api_key(workspace, "ci", ["runs:write"], author="Ada")


def test_the_deployers_key_is_imported_once(workspace: Workspace) -> None:
    token = "mk_deployer_" + "x" * 32

    assert import_api_key(workspace, token, author="up")
    assert import_api_key(workspace, token, author="up") is None
    read(Caller(token).get("/workspace"))
    with pytest.raises(Misconfigured):
        import_api_key(workspace, "mk_deployer_" + "y" * 32, author="up")
    with pytest.raises(Misconfigured):
        import_api_key(workspace, "secret", author="up")


def test_the_command_prints_a_key_that_opens_what_was_asked_for(workspace: Workspace) -> None:
    token = created("ci", "--scopes", "run:write,score:read", "--expires", "30")

    key = ApiKey.objects.get()
    assert (key.workspace, key.name, key.scopes) == (workspace, "ci", ["run:write", "score:read"])
    assert key.expires_at is not None and key.expires_at > timezone.now() + timedelta(days=29)
    read(Caller(token).get("/workspace"))


def test_the_command_asks_for_the_workspace_when_there_are_several(
    workspace: Workspace, stranger: Caller
) -> None:
    with pytest.raises(CommandError, match="--workspace"):
        created("ci", "--scopes", "run:read")

    assert created("ci", "--scopes", "all", "--workspace", workspace.slug)
    assert ApiKey.objects.get(name="ci").scopes == list(SCOPES)


@pytest.mark.parametrize(
    "arguments", [["--scopes", "everything"], ["--scopes", "run:read", "--workspace", "nowhere"]]
)
def test_the_command_says_what_is_wrong(workspace: Workspace, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        created("ci", *arguments)


def created(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue().split()[-1]
