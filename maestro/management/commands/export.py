"""`manage.py export`: a workspace as files that a repository can keep."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from maestro.exchange.export import export_workspace
from maestro.exchange.folder import write_folder
from maestro.management.workspace import add_workspace, find_workspace


class Command(BaseCommand):
    """One file for each agent, and for each score with its orchestras; in stable order, without secrets."""

    help = "Write all agents, scores and orchestras of a workspace into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--prune", action="store_true", help="delete files of what is not there any more"
        )
        add_workspace(parser)

    def handle(
        self, *, folder: Path, prune: bool, workspace: str | None, **options: object
    ) -> None:
        files = export_workspace(find_workspace(workspace))
        left = write_folder(folder, files)
        self.stdout.write(f"{len(files)} files in {folder}")
        for path in left:
            if prune:
                path.unlink()
            self.stdout.write(f"{'deleted' if prune else 'not there any more'}: {path}")
