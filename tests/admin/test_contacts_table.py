"""Contacts in and out of a pipeline on its page."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agents.skills.pipeline.models import Contact, Pipeline
from maestro.workspaces.models import Role
from tests.admin.conftest import SignIn, World


def test_a_chosen_file_is_imported_and_every_row_told(sign_in: SignIn, world: World) -> None:
    client, pipeline = sign_in(Role.EDITOR), Pipeline.objects.get(workspace=world.workspace)
    address = reverse("admin:import_contacts", args=[pipeline.pk])
    page = reverse("admin:pipeline_pipeline_change", args=[pipeline.pk])
    assert address in client.get(page).content.decode()
    file = SimpleUploadedFile(
        "new.csv", "\ufeffemail,name\nzoë@example.com,Zoë\nzoe@example.com,Zoë\n".encode()
    )

    shown = client.post(address, {"file": file}).content.decode()

    assert "Row 2" in shown
    assert "is not an email address" in shown
    assert Contact.objects.get(email="zoe@example.com").pipeline == pipeline
    table = client.get(reverse("admin:export_contacts", args=[pipeline.pk]))
    assert "zoe@example.com,,Zoë" in table.content.decode()
    assert f'filename="{pipeline.slug}.csv"' in table["Content-Disposition"]


def test_a_table_at_fault_is_shown_again_with_the_fault(sign_in: SignIn, world: World) -> None:
    client, pipeline = sign_in(Role.EDITOR), Pipeline.objects.get(workspace=world.workspace)
    address = reverse("admin:import_contacts", args=[pipeline.pk])
    pasted = client.post(address, {"text": "nickname\nZoe\n"}).content.decode()
    assert "has no header" in pasted
    assert "nickname" in pasted
    binary = client.post(address, {"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")})
    assert "no text in UTF-8" in binary.content.decode()


def test_viewers_export_and_do_not_import_and_others_see_nothing(
    sign_in: SignIn, world: World, elsewhere: World
) -> None:
    client, pipeline = sign_in(Role.VIEWER), Pipeline.objects.get(workspace=world.workspace)
    export, take = (
        reverse(f"admin:{name}", args=[pipeline.pk])
        for name in ("export_contacts", "import_contacts")
    )
    assert client.get(export).status_code == 200
    assert "not import them" in client.get(take).content.decode()
    assert client.post(take, {"text": "email\nzoe@example.com\n"}).status_code == 403
    theirs = Pipeline.objects.get(workspace=elsewhere.workspace)
    assert client.get(reverse("admin:export_contacts", args=[theirs.pk])).status_code == 404
