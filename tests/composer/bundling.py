"""The Composer's bundle, made as set-up makes it, and its Node."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

COMPOSER = Path(__file__).resolve().parents[2] / "scores" / "composer"


@cache
def bundle() -> None:
    """As `make composer`; quick when nothing changed. Workers of one session may ask at once."""
    made = subprocess.run(
        [sys.executable, "bundle.py"], cwd=COMPOSER, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr


def node() -> str:
    """The Node that bundled it; without one, the test is skipped, and says how to have one."""
    bundle()
    ask = "import bundle; print(bundle.find_node()[0])"
    said = subprocess.run([sys.executable, "-c", ask], cwd=COMPOSER, capture_output=True, text=True)
    found = shutil.which(said.stdout.strip().splitlines()[-1]) if said.stdout.strip() else None
    if found is None:
        pytest.skip("no Node 20 or newer: `make composer` installs one")
    return found
