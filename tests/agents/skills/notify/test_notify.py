import pytest

from agents.skills.context import Context
from agents.skills.registry import find
from maestro.errors import InvalidNodeInput
from maestro.workspaces.models import Notification, Workspace
from tests.agents.skills.conftest import MakeContext


@pytest.fixture
def here(db: None, make_context: MakeContext) -> Context:
    return make_context(workspace_id=Workspace.objects.create(name="Ours", slug="ours").pk)


@pytest.mark.parametrize("level", ["event", "attention"])
def test_a_notification_says_what_happened_and_links_to_the_run(level: str, here: Context) -> None:
    given = {
        "title": "{sent} openers\nsent, {ended} held back",
        "message": "To {lead.name}",
        "sent": [{}, {}],
        "ended": 1,
        "lead": {"name": "Ada"},
        "payload": {"n": 1},
    }

    output = find("notify", f"send_{level}").call_local(given, here).output

    row = Notification.objects.get(pk=output["notification_id"])
    assert (row.level, row.title) == (level, "2 openers sent, 1 held back")
    assert (row.message, row.payload) == ("To Ada", {"n": 1})
    assert (row.workspace_id, row.run_id) == (here.workspace_id, "run_1")
    assert (row.link_url, row.link_label) == (here.run_url, "View")


def test_a_long_title_is_cut_and_an_empty_one_is_named(
    here: Context, make_context: MakeContext
) -> None:
    send = find("notify", "send_event").call_local

    send({"title": "{name}", "name": "x" * 200}, here)
    send({"title": "{name}"}, make_context(workspace_id=here.workspace_id, idempotency_key="2"))

    titles = Notification.objects.order_by("created_at").values_list("title", flat=True)
    assert list(titles) == ["x" * 80, "(no title)"]


def test_the_same_key_tells_once(here: Context) -> None:
    send = find("notify", "send_event").call_local

    assert send({"title": "One"}, here) == send({"title": "Two"}, here)
    assert Notification.objects.get().title == "One"


def test_a_text_that_cannot_be_stored_is_a_bad_input(here: Context) -> None:
    with pytest.raises(InvalidNodeInput, match="NUL"):
        find("notify", "send_event").call_local({"title": "{name}", "name": "\x00"}, here)
