"""`manage.py import_secrets`: an env file into the vault."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agents.skills.registry import skills
from maestro.errors import MaestroError
from maestro.management.workspace import AUTHOR, add_workspace, find_workspace
from maestro.workspaces.env_file import import_env
from maestro.workspaces.vault import MIN_LENGTH

WHY = {
    "short": f"left, under {MIN_LENGTH} characters",
    "left": "left, no skill asks for it (--also takes it)",
}


class Command(BaseCommand):
    """Takes what skills ask for and what the vault has a secret for; values are never printed."""

    help = "Keep the values of an env file in the vault, under their names in small letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--also", nargs="*", default=[], metavar="NAME", help="other variables to take"
        )
        add_workspace(parser)

    def handle(self, *, file: Path, also: list[str], workspace: str | None, **options: Any) -> None:
        asked_for = (slot.name for skill in skills() for slot in skill.secrets)
        wanted = {*settings.ENVIRONMENT_SECRETS, *asked_for, *(name.lower() for name in also)}
        try:
            told = import_env(
                find_workspace(workspace), file.read_text("utf-8"), wanted=wanted, by=AUTHOR
            )
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"{file} cannot be read: {fault}") from None
        except MaestroError as refusal:
            raise CommandError(refusal.message) from refusal
        for word, names in vars(told).items():
            for name in names:
                self.stdout.write(f"{WHY.get(word, word)}: {name}")
