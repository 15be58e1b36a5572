"""Keys: made once, kept private, never overwritten."""

import base64
import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from maestro.errors import Misconfigured
from maestro.keys import make_missing_keys, require_keys


@pytest.fixture(autouse=True)
def without_keys(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.SECRET_KEY_GIVEN = ""
    settings.MAESTRO_SECRET_KEY = ""


def test_missing_keys_are_made_for_this_user_only(settings: Settings) -> None:
    made = make_missing_keys()
    assert [path.name for path in made] == ["django_secret_key", "maestro_secret_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert len(base64.b64decode(settings.MAESTRO_SECRET_KEY)) == 32
    require_keys()


def test_keys_that_exist_stay_as_they_are(settings: Settings) -> None:
    make_missing_keys()
    first = settings.SECRET_KEY
    settings.MAESTRO_SECRET_KEY = ""
    assert make_missing_keys() == []
    assert first == settings.SECRET_KEY


def test_without_keys_serving_is_refused() -> None:
    with pytest.raises(Misconfigured, match="DJANGO_SECRET_KEY and MAESTRO_SECRET_KEY not found"):
        require_keys()


@pytest.mark.parametrize("key", ["no base64!", "c2hvcnQ=", "A" * 43 + "=", "the one of Django"])
def test_a_vaults_key_that_is_none_or_can_be_guessed_is_refused(
    settings: Settings, key: str
) -> None:
    make_missing_keys()
    settings.SECRET_KEY = "the one of Django"
    settings.MAESTRO_SECRET_KEY = key
    with pytest.raises(Misconfigured, match="32 random bytes"):
        require_keys()


def test_a_data_folder_that_is_a_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("in the way")
    with pytest.raises(Misconfigured, match="MAESTRO_DATA_DIR"):
        make_missing_keys()
