"""`manage.py new_skill weather`: a package to fill in, which passes its tests as it is."""

import re
import sys
from pathlib import Path
from string import Template
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agents.skills.registry import skills

SCAFFOLD = Path(__file__).parent.parent / "scaffold"
FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "__init__.py": "{name}_skill/__init__.py",
    "operations.py": "{name}_skill/operations.py",
    "test_skill.py": "tests/test_{name}.py",
}
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Command(BaseCommand):
    help = "Make a package for a skill of your own, with its tests."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="like weather or order_desk")
        parser.add_argument("--into", type=Path, default=Path(), help="the folder to make it in")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        folder: Path = (options["into"] / f"maestro-skill-{name.replace('_', '-')}").resolve()
        _check(name, folder)
        words = {"name": name, "dashed": name.replace("_", "-"), "maestro": str(settings.BASE_DIR)}
        for source, target in FILES.items():
            path = folder / target.format(name=name)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = Template((SCAFFOLD / f"{source}.txt").read_text()).substitute(words)
            path.write_text(text)
        self.stdout.write(
            f"Made {folder}. Next:\n  cd {folder}\n"
            f'  {sys.executable} -m pip install -e ".[test]"\n  {sys.executable} -m pytest\n'
            f"then fill in {name}_skill/operations.py and tests/, and restart Maestro."
        )


def _check(name: str, folder: Path) -> None:
    if NAME.fullmatch(name) is None or len(name) > 40:
        raise CommandError("A skill's name is of small letters and digits, with _ between words.")
    if name in {skill.name for skill in skills()}:
        raise CommandError(f"There is a skill {name} already.")
    if folder.exists():
        raise CommandError(f"{folder} is there already; nothing was changed.")
