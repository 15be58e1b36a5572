"""`manage.py create_api_key`: a program's way in."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maestro.errors import InvalidInput
from maestro.management.workspace import AUTHOR, add_workspace, find_workspace
from maestro.workspaces.api_keys import SCOPES, make_api_key


class Command(BaseCommand):
    """Prints a new key, this once: only its hash is kept."""

    help = "Make an API key and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what it is for; shown in lists and in what it does")
        parser.add_argument(
            "--scopes", required=True, help=f"with commas between, or `all`: {', '.join(SCOPES)}"
        )
        parser.add_argument("--expires", type=int, metavar="DAYS", help="default: never")
        add_workspace(parser)

    def handle(
        self,
        *,
        name: str,
        scopes: str,
        workspace: str | None,
        expires: int | None,
        **options: object,
    ) -> None:
        wanted = SCOPES if scopes == "all" else [scope.strip() for scope in scopes.split(",")]
        expires_at = timezone.now() + timedelta(days=expires) if expires else None
        try:
            _, token = make_api_key(
                find_workspace(workspace), name, wanted, author=AUTHOR, expires_at=expires_at
            )
        except InvalidInput as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(token)
