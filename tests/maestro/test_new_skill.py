"""A new skill from the scaffold, as somebody makes one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

LOAD = "import django; django.setup(); from agents.skills.registry import find; "
LOAD += "print(find('order_desk', 'look_up').description)"


def run(*command: str, folder: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def test_a_new_skill_passes_its_tests_and_is_found_once_installed(tmp_path: Path) -> None:
    call_command("new_skill", "order_desk", into=tmp_path)
    folder = tmp_path / "maestro-skill-order-desk"

    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", folder=folder)
    assert tests.returncode == 0, tests.stdout + tests.stderr

    announce(tmp_path, "order_desk = order_desk_skill:skill")
    paths = f"{folder}:{tmp_path}:{settings.BASE_DIR}"
    found = run(
        "-c",
        f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'maestro.settings'; {LOAD}",
        folder=folder,
        path=paths,
    )
    assert found.stdout.strip() == "What it does, in one line: people and models read this."


@pytest.mark.parametrize("name", ["Weather", "2day", "a-b", "../x", "http", "a__b", ""])
def test_a_name_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("new_skill", name, into=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "maestro-skill-weather").mkdir()

    with pytest.raises(CommandError, match="already"):
        call_command("new_skill", "weather", into=tmp_path)


def announce(folder: Path, entry: str) -> None:
    """What installing leaves behind."""
    info = folder / "order_desk-0.1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\nName: order_desk\nVersion: 0.1.0\n"
    )
    info.joinpath("entry_points.txt").write_text(f"[maestro.skills]\n{entry}\n")
