"""Wrong settings are refused at start, in words, without the value."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def check(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "MAESTRO_DATA_DIR": str(tmp_path), **variables}
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MAESTRO_PORT", "99999", "less than or equal to 65535"),
        ("MAESTRO_WORKERS", "many", "valid integer"),
        ("MAESTRO_DEBUG", "perhaps", "valid boolean"),
        ("MAESTRO_DURABILITY", "never", "Must be one of: grouped, each"),
        ("MAESTRO_SECRET_KEY", "c2hvcnQ=", "base64 of 32 bytes"),
        ("MAESTRO_SMTP_URL", "mail.example.com", "smtp://host"),
        ("APOLLO_API_URL", "ftp://example.com", "https://host"),
        ("DATABASE_URL", "sqlite:///here", "must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://host", "names no database"),
        ("MAESTRO_CRASH", "after_intent", "only with MAESTRO_DEBUG=1"),
        ("MAESTRO_CRASH", "write.done:0", "its nth passage"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    tmp_path: Path, name: str, value: str, reason: str
) -> None:
    refused = check(tmp_path, **{name: value})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name}: ") and reason in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_all_wrong_values_are_named_at_once(tmp_path: Path) -> None:
    refused = check(tmp_path, MAESTRO_PORT="0", MAESTRO_WORKERS="0")
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == [
        "MAESTRO_PORT",
        "MAESTRO_WORKERS",
    ]


def test_a_refusal_does_not_repeat_a_secret(tmp_path: Path) -> None:
    refused = check(
        tmp_path, MAESTRO_SECRET_KEY="hunter2", DATABASE_URL="mysql://me:hunter2@host/db"
    )
    assert "hunter2" not in refused.stderr + refused.stdout


def test_check_needs_neither_database_nor_keys(tmp_path: Path) -> None:
    assert check(tmp_path / "none").returncode == 0
    assert not (tmp_path / "none").exists()


def test_an_address_is_taken_apart_for_django(tmp_path: Path) -> None:
    code = (
        "from django.conf import settings; parts = settings.DATABASES['default']\n"
        "print(parts['NAME'], parts['USER'], parts['OPTIONS'])"
    )
    address = "postgresql://ann:p%40ss@db.example.com:6432/live?sslmode=require"
    environment = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "maestro.settings"}
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert shown.stdout == "live ann {'sslmode': 'require'}\n"


def test_every_variable_is_documented() -> None:
    settings = (ROOT / "maestro" / "settings.py").read_text()
    table = (ROOT / "docs" / "environment.md").read_text()
    names = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in table] == []
