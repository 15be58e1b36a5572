import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from maestro.errors import InUse, InvalidInput, Misconfigured, NotFound
from maestro.keys import keep_vault_keys, new_key
from maestro.workspaces.models import AuditEntry, Secret, SecretVersion, Workspace
from maestro.workspaces.rekeying import change_vault_key
from maestro.workspaces.vault import delete_secret, read_secret, set_secret
from orchestras.models import Orchestra, SecretBinding
from tests.factories import make_score, make_workspace

VALUE = "canary-8f2a91c4"
pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def secret(workspace: Workspace) -> Secret:
    return set_secret(workspace, "apollo_api_key", VALUE, by="ada")


def test_a_value_comes_back_as_it_was_set(secret: Secret) -> None:
    assert read_secret(secret) == VALUE


def test_a_pasted_line_break_is_no_part_of_a_value(workspace: Workspace) -> None:
    assert read_secret(set_secret(workspace, "x", f" {VALUE}\n", by="ada")) == VALUE


def test_setting_it_again_adds_a_version_and_the_newest_counts(
    workspace: Workspace, secret: Secret
) -> None:
    again = set_secret(workspace, "apollo_api_key", "another-value", by="grace")

    assert again.pk == secret.pk
    assert read_secret(secret) == "another-value"
    assert list(secret.versions.values_list("version", "created_by")) == [(2, "grace"), (1, "ada")]


def test_the_same_value_is_never_kept_as_the_same_bytes(
    workspace: Workspace, secret: Secret
) -> None:
    set_secret(workspace, "apollo_api_key", VALUE, by="ada")

    kept = [bytes(v.nonce) + bytes(v.ciphertext) for v in secret.versions.all()]
    assert len(set(kept)) == 2
    assert all(VALUE.encode() not in row for row in kept)


@pytest.mark.parametrize("value", ["", "1234567", "        1234567 ", "x" * 70_000, "\ud800" * 9])
def test_what_is_too_short_too_long_or_no_text_is_refused(workspace: Workspace, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_secret(workspace, "x", value, by="ada")

    assert list(refused.value.details["fields"]) == ["value"]  # type: ignore[call-overload]
    assert not Secret.objects.exists()


def test_a_name_is_a_slug(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="name"):
        set_secret(workspace, "my key!", VALUE, by="ada")


@pytest.mark.parametrize("moved", ["workspace", "name", "version"])
def test_a_row_moved_elsewhere_does_not_open(secret: Secret, moved: str) -> None:
    if moved == "workspace":
        Secret.objects.filter(pk=secret.pk).update(workspace=make_workspace())
    if moved == "name":
        Secret.objects.filter(pk=secret.pk).update(name="other")
    if moved == "version":
        SecretVersion.objects.filter(secret=secret).update(version=2)

    with pytest.raises(Misconfigured):
        read_secret(Secret.objects.get())


def test_another_key_does_not_open_it_and_says_what_to_do(
    secret: Secret, settings: Settings
) -> None:
    settings.MAESTRO_SECRET_KEY = base64.b64encode(b"x" * 32).decode()

    with pytest.raises(Misconfigured, match="MAESTRO_SECRET_KEY") as refused:
        read_secret(secret)
    assert VALUE not in str(refused.value)


@pytest.mark.parametrize("key", ["", "no base64!", "c2hvcnQ="])
def test_without_a_key_nothing_is_kept(workspace: Workspace, settings: Settings, key: str) -> None:
    settings.MAESTRO_SECRET_KEY = key

    with pytest.raises(Misconfigured, match="MAESTRO_SECRET_KEY"):
        set_secret(workspace, "x", VALUE, by="ada")
    assert not Secret.objects.exists()


def test_each_deed_is_in_the_audit_log_without_the_value(secret: Secret) -> None:
    delete_secret(secret, by="grace")

    entries = list(AuditEntry.objects.order_by("id"))
    assert [(e.actor, e.action) for e in entries] == [
        ("ada", "secret.set"),
        ("grace", "secret.deleted"),
    ]
    assert entries[0].details == {"name": "apollo_api_key", "version": 1}
    assert VALUE not in str([e.details for e in entries])


def test_a_bound_secret_stays_and_the_refusal_names_the_orchestra(
    workspace: Workspace, secret: Secret
) -> None:
    bind(workspace, secret)

    with pytest.raises(InUse) as refused:
        delete_secret(secret, by="ada")

    used_by = refused.value.details["used_by"]
    assert [(use["type"], use["name"]) for use in used_by] == [("orchestra", "Outbound")]  # type: ignore[attr-defined]
    assert read_secret(secret) == VALUE


def test_the_database_itself_keeps_a_bound_secret(workspace: Workspace, secret: Secret) -> None:
    bind(workspace, secret)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from secret_versions where secret_id = %s", [secret.pk])
        cursor.execute("delete from secrets where id = %s", [secret.pk])


def test_a_secret_without_a_value_says_so(workspace: Workspace) -> None:
    empty = Secret.objects.create(workspace=workspace, name="empty")

    with pytest.raises(NotFound, match="empty"):
        read_secret(empty)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_at_once_each_gets_a_version(workspace: Workspace) -> None:
    begin = Barrier(2)

    def set_it(value: str) -> str:
        begin.wait(5)
        try:
            return set_secret(workspace, "apollo_api_key", value, by=value).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(set_it, ["value-number-1", "value-number-2"])

    assert first == second
    secret = Secret.objects.get()
    newest, oldest = secret.versions.all()
    assert (newest.version, oldest.version) == (2, 1)
    assert read_secret(secret) == newest.created_by


def bind(workspace: Workspace, secret: Secret) -> None:
    score = make_score(workspace)
    orchestra = Orchestra.objects.create(workspace=workspace, name="Outbound", score=score)
    SecretBinding.objects.create(
        workspace=workspace, orchestra=orchestra, slot="apollo_api_key", secret=secret
    )


@pytest.fixture
def stored_key(settings: Settings, tmp_path: Path) -> Path:
    """The vault's key in a data folder, as an installation has it."""
    settings.DATA_DIR, settings.VAULT_KEY_GIVEN = tmp_path, ""
    settings.MAESTRO_SECRET_KEY = new_key()
    keep_vault_keys([settings.MAESTRO_SECRET_KEY])
    return tmp_path / "maestro_secret_key"


def test_a_new_key_opens_everything_and_the_old_one_nothing(
    stored_key: Path, workspace: Workspace, settings: Settings
) -> None:
    old = settings.MAESTRO_SECRET_KEY
    secret = set_secret(workspace, "apollo_api_key", VALUE, by="ada")
    set_secret(workspace, "apollo_api_key", "another-value", by="ada")

    call_command("change_vault_key", verbosity=0)

    assert read_secret(secret) == "another-value"
    assert stored_key.read_text().strip() == settings.MAESTRO_SECRET_KEY != old
    assert stored_key.stat().st_mode & 0o777 == 0o600
    settings.MAESTRO_SECRET_KEY, settings.VAULT_KEY_GIVEN = old, old
    with pytest.raises(Misconfigured):
        read_secret(secret)


def test_what_runs_meanwhile_goes_on_reading_and_keeps_under_the_new_key(
    stored_key: Path, workspace: Workspace, settings: Settings
) -> None:
    secret = set_secret(workspace, "apollo_api_key", VALUE, by="ada")
    old = settings.MAESTRO_SECRET_KEY
    change_vault_key(by="ada")
    new = settings.MAESTRO_SECRET_KEY

    settings.MAESTRO_SECRET_KEY = old  # as a process that began before has it
    assert read_secret(secret) == VALUE
    settings.MAESTRO_SECRET_KEY = old
    set_secret(workspace, "other", VALUE, by="ada")

    settings.MAESTRO_SECRET_KEY, settings.VAULT_KEY_GIVEN = new, new
    assert [read_secret(one) for one in Secret.objects.all()] == [VALUE, VALUE]


def test_a_key_of_the_environment_is_changed_by_putting_the_new_one_in_front(
    secret: Secret, settings: Settings
) -> None:
    settings.VAULT_KEY_GIVEN = settings.MAESTRO_SECRET_KEY
    with pytest.raises(CommandError, match="MAESTRO_SECRET_KEY=new,old"):
        call_command("change_vault_key")
    new = new_key()
    settings.MAESTRO_SECRET_KEY = f"{new},{settings.MAESTRO_SECRET_KEY}"

    call_command("change_vault_key", verbosity=0)

    settings.MAESTRO_SECRET_KEY = new
    assert read_secret(secret) == VALUE


def test_a_value_that_no_key_opens_stops_the_change_and_nothing_is_changed(
    stored_key: Path, workspace: Workspace
) -> None:
    secret = set_secret(workspace, "good_key", VALUE, by="ada")
    bad = set_secret(workspace, "bad_key", VALUE, by="ada")
    SecretVersion.objects.filter(secret=bad).update(ciphertext=b"x" * 40)

    with pytest.raises(Misconfigured, match="opens bad_key"):
        change_vault_key(by="ada")

    assert read_secret(secret) == VALUE
