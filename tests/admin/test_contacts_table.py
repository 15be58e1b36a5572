"""Contacts in and out of a pipeline on its page, and moved to another stage."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agents.skills.pipeline.actions import DEFAULT_STAGES
from agents.skills.pipeline.models import Activity, Company, Contact, Delivery, Kind, Pipeline
from agents.skills.pipeline.moves import Deed, log_activity
from maestro.workspaces.models import Role
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page, sent_by


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


def test_a_contact_is_added_at_the_first_stage_and_can_be_found(
    world: World, sign_in: SignIn
) -> None:
    client, pipeline = sign_in(Role.EDITOR), Pipeline.objects.get(workspace=world.workspace)
    said = {"name": "Grace", "pipeline": pipeline.pk, "stage": ""}

    nobody = client.post(add_page(Contact), said).context["adminform"].form.errors
    wrong = client.post(add_page(Contact), {**said, "email": "nonsense"})
    client.post(add_page(Contact), {**said, "email": "grace@example.com"})

    assert nobody == {"email": ["Write an email here, or an external id below."]}
    assert len(wrong.context["adminform"].form.errors["email"]) == 1
    assert Contact.objects.get(name="Grace").stage == pipeline.stages[0]


def test_a_new_pipeline_has_the_usual_stages_unless_others_are_written(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.EDITOR)
    said = {"name": "Posts", "slug": "posts", "kind": "content", "stages": ""}
    client.post(add_page(Pipeline), said)
    client.post(add_page(Pipeline), {**said, "slug": "mine", "stages": "one, two"})
    broken = client.post(add_page(Pipeline), {**said, "slug": "odd", "stages": "one,not a slug"})

    taken = client.post(add_page(Pipeline), {**said, "slug": "mine"})
    assert "already exists" in taken.content.decode()
    for _ in range(2):
        company = client.post(add_page(Company), {"name": "Navy", "domain": "navy.example"})
    assert company.status_code == 200 and Company.objects.filter(name="Navy").count() == 1

    stages = dict(Pipeline.objects.filter(name="Posts").values_list("slug", "stages"))
    assert stages == {"posts": DEFAULT_STAGES[Kind.CONTENT], "mine": ["one", "two"]}
    assert "stages" in broken.context["adminform"].form.errors


def with_stages(world: World) -> tuple[Pipeline, Contact]:
    pipeline = Pipeline.objects.get(workspace=world.workspace)
    pipeline.stages = ["new", "replied", "won"]
    pipeline.save()
    return pipeline, pipeline.contacts.get()


def test_a_stage_changed_on_the_page_is_a_move_with_its_author(
    sign_in: SignIn, world: World
) -> None:
    client, (_, contact) = sign_in(Role.EDITOR), with_stages(world)
    shown = client.get(page(contact))
    hidden = {"initial-stage": "new"}  # what the page was shown with
    log_activity(contact, Deed(stage="replied", run_id="run_1"))
    client.post(page(contact), sent_by(shown, name="Renamed", stage="new", **hidden))
    contact.refresh_from_db()
    assert (contact.name, contact.stage) == ("Renamed", "replied")  # not moved back unseen

    client.post(page(contact), sent_by(client.get(page(contact)), stage="won"))
    contact.refresh_from_db()
    assert contact.stage == "won"
    moved = Activity.objects.latest("created_at")
    assert (moved.kind, moved.by, moved.new_stage) == ("moved", "editor person", "won")
    told = Delivery.objects.filter(body__data__activity_id=moved.pk)
    assert told.get().hook.workspace == world.workspace
    after = client.get(page(contact)).content.decode()
    assert "replied → won" in after and "by editor person" in after and "by run_1" in after


def test_those_chosen_in_the_list_are_moved_together(
    sign_in: SignIn, world: World, elsewhere: World
) -> None:
    client, (pipeline, contact) = sign_in(Role.EDITOR), with_stages(world)
    theirs = Contact.objects.get(workspace=elsewhere.workspace)
    chosen = {"action": "move", "_selected_action": [contact.pk, theirs.pk]}
    asked = client.post(list_page(contact), chosen).content.decode()
    assert "Move 1 contact" in asked
    assert "1 webhook is told" in asked
    client.post(list_page(contact), {**chosen, "stage": "won"})
    assert pipeline.contacts.get().stage == "won"
    assert Contact.objects.get(pk=theirs.pk).stage == "new"
    assert (
        "no stage"
        in client.post(
            list_page(contact), {**chosen, "stage": "dreaming"}, follow=True
        ).content.decode()
    )


def test_a_stage_where_somebody_stands_cannot_go(sign_in: SignIn, world: World) -> None:
    client, (pipeline, _) = sign_in(Role.EDITOR), with_stages(world)
    form = sent_by(client.get(page(pipeline)), stages="replied,won")
    assert "1 contacts stand at new" in client.post(page(pipeline), form).content.decode()
    client.post(page(pipeline), form | {"stages": "won,new"})
    pipeline.refresh_from_db()
    assert pipeline.stages == ["won", "new"]


def test_a_webhooks_page_tells_how_its_messages_fared_and_sends_them_again(
    sign_in: SignIn, world: World, elsewhere: World
) -> None:
    client = sign_in(Role.EDITOR)
    delivery = Delivery.objects.get(workspace=world.workspace)
    shown = client.get(page(delivery.hook)).content.decode()
    assert "Given up" in shown
    client.post(reverse("admin:send_delivery", args=[delivery.pk]))
    assert client.post(reverse("admin:test_hook", args=[delivery.hook_id])).status_code == 302
    waiting = Delivery.objects.in_workspace(world.workspace).in_state("waiting")
    assert waiting.count() == 2
    theirs = Delivery.objects.get(workspace=elsewhere.workspace)
    for name, key in (("send_delivery", theirs.pk), ("test_hook", theirs.hook_id)):
        assert client.post(reverse(f"admin:{name}", args=[key])).status_code == 404
