"""Out of one workspace and into another: the same scores by their hash, nothing of its secrets."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agents.actions import save_agent
from agents.models import Agent
from maestro.errors import Conflict, InvalidInput, InvalidScore
from maestro.exchange.document import Document, as_text, parse, read_text
from maestro.exchange.export import export_score, export_workspace
from maestro.exchange.taking import Imported, import_document
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import bind_secrets, set_enabled
from orchestras.models import Orchestra
from scores.actions import save_graph
from scores.models import Score, ScoreVersion
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import edge, find, graph, llm, step, subscore

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def other() -> Workspace:
    return make_workspace()


def take(workspace: Workspace, document: Document, **options: object) -> Imported:
    return import_document(workspace, document, author=AUTHOR, **options)  # type: ignore[arg-type]


def hashes(workspace: Workspace) -> dict[str, str]:
    """Of each score's newest version."""
    versions = ScoreVersion.objects.filter(score__workspace=workspace).order_by("version")
    return dict(versions.values_list("score__slug", "content_hash"))


def said_by(command: str, *arguments: object, **options: object) -> str:
    said = StringIO()
    call_command(command, *arguments, stdout=said, **options)
    return said.getvalue()


def changes(imported: Imported) -> dict[str, str]:
    return {one.name: one.change for one in imported.changes}


def test_every_shipped_template_arrives_with_the_same_hash(tmp_path: Path) -> None:
    call_command("seed", verbosity=0)
    seeded, other = Workspace.objects.get(pk="ws_main"), make_workspace()

    call_command("export", tmp_path, workspace="main")
    call_command("import", tmp_path, workspace=other.slug, verbosity=0)

    assert len(hashes(seeded)) >= 3
    assert hashes(other) == hashes(seeded)
    assert {name: one.content() for name, one in export_workspace(other).items()} == {
        name: one.content() for name, one in export_workspace(seeded).items()
    }
    assert said_by("import", tmp_path, "--dry-run", workspace=other.slug).endswith(
        f"Nothing is changed yet: {len(hashes(seeded))} scores stay as they are; "
        f"{seeded.agents.count()} agents stay as they are; "
        f"{seeded.orchestras.count()} orchestras stay as they are.\n"
    )
    for score in Score.objects.in_workspace(seeded):
        alone = make_workspace()
        take(alone, read_text(as_text(export_score(score).content())))
        assert hashes(alone) == {score.slug: hashes(seeded)[score.slug]}


def test_orchestras_arrive_switched_off_and_without_secrets(
    workspace: Workspace, other: Workspace
) -> None:
    orchestra = make_orchestra(make_score(workspace), name="Daily", cron="0 7 * * *")
    secret = set_secret(workspace, "anthropic_api_key", "sk-canary-canary", by=AUTHOR)
    bind_secrets(orchestra, {"anthropic_api_key": secret}, author=AUTHOR)
    set_enabled(orchestra, True, author=AUTHOR)

    document = export_score(orchestra.score)
    take(other, document)

    assert "canary" not in as_text(document.content())
    arrived = Orchestra.objects.in_workspace(other).get()
    assert (arrived.name, arrived.cron, arrived.enabled) == ("Daily", "0 7 * * *", False)
    assert not arrived.bindings.exists()
    assert set(changes(take(workspace, document)).values()) == {"same"}
    orchestra.refresh_from_db()
    assert orchestra.enabled
    assert orchestra.bindings.count() == 1


def test_a_dry_run_tells_line_by_line_and_keeps_nothing(
    workspace: Workspace, other: Workspace
) -> None:
    agent = make_agent(workspace, slug="sorter", name="Sorter")
    score = make_score(workspace, graph(llm("sort", agent_id=agent.pk)), slug="triage")
    document = export_score(score)
    take(other, document)
    there = Agent.objects.in_workspace(other).get()
    save_agent(there, {"system_prompt": "Answer at length."}, author=AUTHOR)

    looked = take(other, document, dry_run=True)

    assert changes(looked) == {"sorter": "changed", "triage": "same"}
    difference = looked.changes[0].difference
    assert "-system_prompt: Answer at length." in difference
    assert "+system_prompt: Answer briefly." in difference
    assert looked.changes[0].note == "1 score plays it from the next run on"
    there.refresh_from_db()
    assert there.version == 2
    save_agent(there, {"description": "meanwhile"}, author=AUTHOR)
    with pytest.raises(Conflict):
        take(other, document, seal=looked.seal)
    again = take(other, document, dry_run=True)
    assert take(other, document, seal=again.seal) == again
    there.refresh_from_db()
    assert (there.version, there.system_prompt) == (4, "Answer briefly.")


def test_what_a_save_warns_of_is_told_before_and_while_it_is_imported(
    workspace: Workspace, other: Workspace, tmp_path: Path
) -> None:
    forgetful = graph(find("look"), step("next"), "look.not_found -> next")
    document = export_score(make_score(workspace, forgetful, slug="triage"))
    file = tmp_path / "triage.yaml"
    file.write_text(as_text(document.content()))
    told = "  warning: Nothing follows look.exists; draw an edge, or mark it as an end (config.ends).\n"

    for options in ({"dry_run": True}, {}):
        assert told in said_by("import", file, workspace=other.slug, **options)
    assert "warning" not in said_by("import", file, workspace=other.slug)
    (again,) = take(other, document, dry_run=True).changes
    assert "port_goes_nowhere" in {issue.code for issue in again.warnings}


def test_a_dry_run_in_a_terminal_is_grouped_and_coloured_and_elsewhere_plain(
    other: Workspace, tmp_path: Path
) -> None:
    make_agent(other, slug="sorter", name="Sorter", system_prompt="Answer at length.")
    file = tmp_path / "all.yaml"
    entries = {"slug": "sorter", "name": "Sorter", "system_prompt": "Answer briefly."}
    document = {"maestro": 1, "agents": [entries, {**entries, "slug": "new"}]}
    file.write_text(as_text(document))

    plain = said_by("import", file, "--dry-run", workspace=other.slug)
    assert plain.startswith("Agents\nsorter will change\n@@ ")
    assert "\n-system_prompt: Answer at length.\n+system_prompt: Answer briefly.\n" in plain
    assert plain.endswith("Nothing is changed yet: 1 agent will be created, 1 will change.\n")
    coloured = said_by("import", file, "--dry-run", workspace=other.slug, force_color=True)
    assert "\x1b[32;1m+system_prompt" in coloured
    assert "\x1b[31;1m-system_prompt" in coloured


def test_a_score_comes_with_what_it_holds_and_pinned_versions(
    workspace: Workspace, other: Workspace
) -> None:
    agent = make_agent(workspace, slug="sorter", system_prompt="First.")
    inner = make_score(
        workspace, graph(llm("sort", agent_id=agent.pk, agent_version=1)), slug="inner"
    )
    save_agent(agent, {"system_prompt": "Second."}, author=AUTHOR)
    outer = make_score(
        workspace, graph(step("a"), subscore("b", inner.pk), edge("a -> b")), slug="outer"
    )

    take(other, export_score(outer))

    arrived = Score.objects.in_workspace(other).get(slug="inner").nodes.get()
    assert arrived.agent is not None and arrived.agent_version is not None
    pinned = arrived.agent.versions.get(version=arrived.agent_version)
    assert pinned.content["system_prompt"] == "First."
    assert arrived.agent.system_prompt == "Second."
    assert hashes(other) == hashes(workspace)


def test_a_pinned_orchestra_stays_pinned_where_its_version_is_known(workspace: Workspace) -> None:
    score = make_score(workspace, slug="s")
    orchestra = make_orchestra(score, name="Old", score_version=1)
    save_graph(score, graph(step("only", label="New")), author=AUTHOR)
    document = export_score(score)
    Orchestra.objects.filter(pk=orchestra.pk).update(score_version=None)

    take(workspace, document)

    orchestra.refresh_from_db()
    assert orchestra.score_version == 1
    with pytest.raises(InvalidInput, match=r"orchestras\.Old: .* has no version with the hash"):
        take(make_workspace(), document)


def test_one_thing_that_cannot_be_taken_keeps_all_of_it_out(other: Workspace) -> None:
    agent = {"slug": "a", "name": "A", "system_prompt": "p"}
    node = {"key": "x", "kind": "deterministic", "skill": "no", "operation": "such"}
    bad = {"slug": "s", "name": "S", "graph": {"nodes": [node]}}
    with pytest.raises(InvalidScore, match=r"scores\.s: x: ") as refusal:
        take(other, parse({"maestro": 1, "agents": [agent], "scores": [bad]}))
    assert refusal.value.details["place"] == "scores.s"
    assert not Agent.objects.in_workspace(other).exists()

    lonely = {
        "slug": "s",
        "name": "S",
        "graph": {"nodes": [{"key": "x", "kind": "llm", "agent": "b"}]},
    }
    with pytest.raises(InvalidInput, match="there is no agent b"):
        take(other, parse({"maestro": 1, "scores": [lonely]}))


def test_files_of_what_is_gone_are_named_and_deleted_when_asked(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = make_score(workspace, slug="old")
    call_command("export", tmp_path, workspace=workspace.slug)
    score.delete()
    make_score(workspace, slug="new")
    call_command("export", tmp_path, workspace=workspace.slug)
    assert "not there any more" in capsys.readouterr().out
    assert (tmp_path / "scores/old.yaml").exists()
    call_command("export", tmp_path, "--prune", workspace=workspace.slug)
    assert [path.name for path in tmp_path.glob("scores/*")] == ["new.yaml"]


def test_the_command_names_the_file_at_fault(other: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("maestro: 1\nskores: []")
    with pytest.raises(CommandError, match=r"bad\.yaml: skores:"):
        call_command("import", tmp_path, workspace=other.slug)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import", tmp_path / "none.yaml", workspace=other.slug)


def test_a_path_that_is_not_there_is_no_empty_import(other: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere cannot be read"):
        call_command("import", str(tmp_path / "nowhere"), workspace=other.slug)
