"""Which workspace a command works on."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from maestro.workspaces.models import Workspace

AUTHOR = "command line"


def add_workspace(parser: ArgumentParser) -> None:
    parser.add_argument("--workspace", help="its slug; not needed while there is only one")


def find_workspace(slug: str | None) -> Workspace:
    """The one of that slug, or the only one. CommandError lists those that there are."""
    rows = Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    slugs = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"Name the workspace with --workspace. There are: {slugs}")
