"""Old versions become the newest one, or the start of another agent."""

import pytest

from agents.actions import copy_agent, restore_version, save_agent
from agents.models import Agent
from maestro.errors import InvalidInput, NotFound, StaleVersion
from maestro.workspaces.models import Workspace
from tests.factories import AUTHOR, make_agent, make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_a_restored_version_is_the_next_one_and_says_where_it_is_from(workspace: Workspace) -> None:
    agent = make_agent(workspace, system_prompt="first", model="m", name="Writer")
    changed = {"system_prompt": "second", "model": None, "name": "Author", "slug": "author"}
    save_agent(agent, changed, author=AUTHOR)  # type: ignore[arg-type]

    restored = restore_version(agent, 1, author="ada")

    assert (restored.version, restored.system_prompt, restored.model) == (3, "first", "m")
    assert (restored.name, restored.slug) == ("Writer", "writer")
    newest = restored.versions.get(version=3)
    assert (newest.note, newest.author) == ("Restored v1", "ada")
    assert newest.content == restored.versions.get(version=1).content


def test_a_slug_that_was_taken_meanwhile_is_not_restored(workspace: Workspace) -> None:
    agent = make_agent(workspace, slug="old")
    save_agent(agent, {"slug": "new"}, author=AUTHOR)
    make_agent(workspace, slug="old")

    assert restore_version(agent, 1, author=AUTHOR).slug == "new"


def test_restoring_what_it_says_already_makes_no_version(workspace: Workspace) -> None:
    agent = make_agent(workspace)

    assert restore_version(agent, 1, author=AUTHOR).version == 1


def test_what_is_not_there_or_cannot_be_used_is_not_restored(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    kept = agent.versions.get()
    kept.content |= {"allowed_tools": ["gone"]}
    kept.save()
    save_agent(agent, {"system_prompt": "new"}, author=AUTHOR)

    with pytest.raises(NotFound):
        restore_version(agent, 7, author=AUTHOR)
    with pytest.raises(InvalidInput, match="gone"):
        restore_version(agent, 1, author=AUTHOR)
    with pytest.raises(StaleVersion):
        restore_version(agent, 2, author=AUTHOR, expected_version=1)
    agent.refresh_from_db()
    assert (agent.version, agent.system_prompt) == (2, "new")


def test_copies_are_numbered_and_point_at_their_source(workspace: Workspace) -> None:
    agent = make_agent(workspace, name="Draft opener", system_prompt="Write.", model="m")
    Agent.objects.filter(pk=agent.pk).update(is_template=True)

    first, second = (copy_agent(agent, author=AUTHOR).agent for _ in range(2))

    assert [first.slug, second.slug] == ["draft-opener-copy", "draft-opener-copy-2"]
    assert (first.name, first.system_prompt, first.model) == ("Draft opener (copy)", "Write.", "m")
    assert (first.version, first.source_agent_id, first.is_template) == (1, agent.pk, False)


def test_a_copy_brings_the_versions_that_are_asked_for(workspace: Workspace) -> None:
    agent = make_agent(workspace, system_prompt="one")
    for prompt in ("two", "three", "four"):
        save_agent(agent, {"system_prompt": prompt}, author=AUTHOR)

    copied = copy_agent(agent, author=AUTHOR, pinned=[2])

    assert copied.versions == {2: 1, 4: 2}
    kept = copied.agent.versions.order_by("version")
    assert [version.content["system_prompt"] for version in kept] == ["two", "four"]
    assert copied.agent.system_prompt == "four"


def test_names_as_long_as_they_may_be_are_copied_too(workspace: Workspace) -> None:
    agent = make_agent(workspace, name="n" * 120, slug="s" * 120)

    copies = [copy_agent(agent, author=AUTHOR).agent for _ in range(2)]

    assert all(copy.name.endswith(" (copy)") and len(copy.name) == 120 for copy in copies)
    assert [copy.slug.lstrip("s") for copy in copies] == ["-copy", "-copy-2"]
