"""Export and import in the admin: a file out, and in again after a look."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.factories import make_score, make_workspace
from tests.scores.graphs import find, graph, step


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


def exported(client: Client, score: Score) -> str:
    answer = client.get(reverse("admin:export_score", args=[score.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="{score.slug}.yaml"'
    return answer.content.decode()


def test_a_changed_file_is_looked_at_then_imported(client: Client, world: World) -> None:
    forgetful = graph(find("look"), step("next"), "look.not_found -> next")
    score = make_score(world.workspace, forgetful, name="Tidy up")
    text = exported(client, score).replace("name: Tidy up", "name: Tidy up daily")
    address = reverse("admin:import_document")
    assert address in client.get(reverse("admin:scores_score_changelist")).content.decode()

    file = SimpleUploadedFile("tidy.yaml", text.encode())
    looked = client.post(address, {"file": file})

    shown = looked.content.decode()
    assert "<del>-name: Tidy up</del>\n<ins>+name: Tidy up daily</ins>" in shown
    assert "1 score will change" in shown
    assert "Nothing follows look.exists; draw an edge" in shown
    score.refresh_from_db()
    assert score.name == "Tidy up"
    seal = looked.context["looked"].seal
    done = client.post(address, {"text": text, "seal": seal}, follow=True)
    assert "Imported: 0 new, 1 changed" in done.content.decode()
    score.refresh_from_db()
    assert score.name == "Tidy up daily"
    again = client.post(address, {"text": text, "seal": seal}).content.decode()
    assert "The workspace has changed since you looked" in again


def test_a_file_at_fault_is_shown_again_with_the_fault(client: Client) -> None:
    address = reverse("admin:import_document")
    shown = client.post(address, {"text": "maestro: 1\nskores: []"}).content.decode()
    assert "skores: Extra inputs" in shown
    assert "skores: []" in shown
    binary = client.post(address, {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00")})
    assert "no text in UTF-8" in binary.content.decode()


def test_viewers_export_and_do_not_import_and_others_see_nothing(
    sign_in: SignIn, world: World
) -> None:
    client = sign_in(Role.VIEWER)
    assert exported(client, world.score).startswith("maestro: 1\n")
    assert client.post(reverse("admin:import_document"), {"text": "maestro: 1"}).status_code == 403
    foreign = make_score(make_workspace())
    assert client.get(reverse("admin:export_score", args=[foreign.pk])).status_code == 404
