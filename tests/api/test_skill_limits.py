"""What a workspace allows of its skills, over REST."""

import pytest

from agents.models import SkillLimit
from maestro.workspaces.models import AuditEntry, Workspace
from tests.factories import make_workspace

from .callers import JSON, Caller, read, refused

BODY: JSON = {"name": "gmail.send_email", "concurrency": 2, "per_minute": 60}


def made(caller: Caller, **fields: object) -> str:
    return f"/skill-limits/{read(caller.post('/skill-limits', BODY | fields), 201)['id']}"


def test_a_limit_is_made_read_changed_and_taken_off(caller: Caller) -> None:
    path = made(caller)
    said = caller.get(path)
    assert {name: read(said)[name] for name in BODY} == BODY

    changed = caller.put(path, {"name": "gmail", "per_minute": 30}, If_Match=said.headers["ETag"])

    assert (read(changed)["concurrency"], read(changed)["per_minute"]) == (None, 30)
    assert [one["name"] for one in read(caller.get("/skill-limits"))["items"]] == ["gmail"]
    assert caller.delete(path, If_Match=changed.headers["ETag"]).status_code == 204
    assert not SkillLimit.objects.exists()
    deeds = AuditEntry.objects.filter(action__startswith="skill_limit.").order_by("id")
    assert [entry.action for entry in deeds] == [
        "skill_limit.saved",
        "skill_limit.saved",
        "skill_limit.deleted",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "telepathy", "concurrency": 1},
        {"name": "gmail.fly", "concurrency": 1},
        {"name": "gmail"},
        {"name": "gmail", "concurrency": 0},
        {"name": "gmail", "per_minute": 1_000_001},
        {"name": "gmail", "per_hour": 3},
    ],
)
def test_what_is_no_limit_is_refused(caller: Caller, body: JSON) -> None:
    refused(caller.post("/skill-limits", body), 422, "invalid_input")
    assert not SkillLimit.objects.exists()


def test_a_skill_has_one_limit(caller: Caller) -> None:
    made(caller)

    refused(caller.post("/skill-limits", BODY), 422, "invalid_input")
    made(caller, name="gmail")


def test_a_change_names_what_it_has_seen(caller: Caller) -> None:
    path = made(caller)

    refused(caller.put(path, BODY), 428, "precondition_required")
    refused(caller.delete(path, If_Match='"stale"'), 412, "stale_version")


def test_limits_of_others_are_not_seen(caller: Caller, workspace: Workspace) -> None:
    path = made(Caller.of(make_workspace(name="Other", slug="other")))

    refused(caller.get(path), 404, "not_found")
    assert read(caller.get("/skill-limits"))["items"] == []


def test_the_catalog_says_how_often_a_write_happens_and_what_limits_it(caller: Caller) -> None:
    skills = {skill["name"]: skill for skill in read(caller.get("/skills"))["items"]}
    said = {
        operation["name"]: operation["guarantee"]
        for name in ("gmail", "pipeline")
        for operation in skills[name]["operations"]
    }

    assert said["label_thread"] == "once_per_key"
    assert said["add_contact"] == "exactly_once"
    assert said["list_inbox"] is None
    assert skills["gmail"]["limits"] == {"concurrency": None, "per_minute": None}
