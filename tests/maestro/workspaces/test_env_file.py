"""An env file into the vault: what is asked for, never shown."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from maestro.workspaces.models import Secret, Workspace
from maestro.workspaces.vault import read_secret, set_secret, use_secret
from tests.factories import make_workspace

pytestmark = pytest.mark.django_db
FILE = """
# as the deployer keeps it
export APOLLO_API_KEY="canary-apollo"
TAVILY_API_KEY=short
MAESTRO_PORT=8000
GITHUB_TOKEN='canary $HOME hash # kept'
OWN_KEY=canary-own
"""


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def values(workspace: Workspace) -> dict[str, str]:
    return {s.name: read_secret(s) for s in workspace.secrets.all()}


def test_what_skills_ask_for_and_what_is_here_is_taken(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text(FILE)
    set_secret(workspace, "own_key", "canary-before", by="ada")

    call_command("import_secrets", tmp_path / ".env", "--also", "GITHUB_TOKEN")

    assert values(workspace) == {
        "apollo_api_key": "canary-apollo",
        "own_key": "canary-own",
        "github_token": "canary $HOME hash # kept",
    }
    said = capsys.readouterr().out
    assert "created: apollo_api_key" in said and "changed: own_key" in said
    assert "left, under 8 characters: TAVILY_API_KEY" in said
    assert "left, no skill asks for it (--also takes it): MAESTRO_PORT" in said
    assert "canary" not in said
    call_command("import_secrets", tmp_path / ".env")
    assert "same: own_key" in capsys.readouterr().out
    assert Secret.objects.get(name="own_key").versions.count() == 2


def test_a_file_that_is_none_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("just words\n")
    with pytest.raises(CommandError, match="no line like"):
        call_command("import_secrets", tmp_path / "x")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_secrets", tmp_path / "none")


def test_a_use_is_noted_to_the_minute(workspace: Workspace) -> None:
    secret = set_secret(workspace, "apollo_api_key", "canary-apollo", by="ada")
    assert use_secret(secret) == "canary-apollo"
    first = Secret.objects.get().last_used_at
    assert first is not None
    use_secret(Secret.objects.get())
    assert Secret.objects.get().last_used_at == first
