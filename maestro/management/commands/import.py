"""`manage.py import`: files of `manage.py export` into a workspace."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from maestro.errors import MaestroError
from maestro.exchange.folder import read_paths
from maestro.exchange.taking import Change, import_document
from maestro.management.workspace import AUTHOR, add_workspace, find_workspace


class Command(BaseCommand):
    """All or nothing; nothing is deleted. New orchestras are switched off and have no secrets."""

    help = "Make or change agents, scores and orchestras as files say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, help="files, or folders of them")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would change")
        add_workspace(parser)

    def handle(
        self, *, paths: list[Path], dry_run: bool, workspace: str | None, **options: object
    ) -> None:
        try:
            imported = import_document(
                find_workspace(workspace), read_paths(paths), author=AUTHOR, dry_run=dry_run
            )
        except MaestroError as refusal:
            raise CommandError(_refused(refusal)) from refusal
        for change in imported.changes:
            self._say(change)
        changed = sum(change.change != "same" for change in imported.changes)
        told = "would change" if dry_run else "changed"
        self.stdout.write(f"{changed} of {len(imported.changes)} {told}")

    def _say(self, change: Change) -> None:
        note = f" ({change.note})" if change.note else ""
        self.stdout.write(f"{change.change}: {change.kind} {change.name}{note}")
        if change.change == "changed":
            self.stdout.write(change.difference)


def _refused(refusal: MaestroError) -> str:
    faults = refusal.details.get("errors")
    more = [f"  {fault.get('message')}" for fault in faults] if isinstance(faults, list) else []
    return "\n".join([refusal.message, *more[1:]])
