"""`manage.py create_api_key`: a program's way in."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maestro.errors import InvalidInput
from maestro.workspaces.api_keys import SCOPES, make_api_key
from maestro.workspaces.models import Workspace

AUTHOR = "command line"


class Command(BaseCommand):
    """Prints a new key, this once: only its hash is kept."""

    help = "Make an API key and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what it is for; shown in lists and in what it does")
        parser.add_argument(
            "--scopes", required=True, help=f"with commas between, or `all`: {', '.join(SCOPES)}"
        )
        parser.add_argument("--workspace", help="its slug; not needed while there is only one")
        parser.add_argument("--expires", type=int, metavar="DAYS", help="default: never")

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
                _workspace(workspace), name, wanted, author=AUTHOR, expires_at=expires_at
            )
        except InvalidInput as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(token)


def _workspace(slug: str | None) -> Workspace:
    rows = Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    slugs = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"Name the workspace with --workspace. There are: {slugs}")
