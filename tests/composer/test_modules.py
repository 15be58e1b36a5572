"""The Composer's pure modules, tested by Node's own runner."""

import subprocess
from pathlib import Path

import pytest

from .bundling import COMPOSER, node

FILES = sorted((COMPOSER / "test").glob("*.test.js"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_modules_do_what_their_tests_say(file: Path) -> None:
    said = subprocess.run(
        [node(), "--test", str(file)], cwd=COMPOSER, capture_output=True, text=True, timeout=250
    )
    assert said.returncode == 0, said.stdout
