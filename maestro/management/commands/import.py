"""`manage.py import`: files of `manage.py export` into a workspace."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from maestro.errors import MaestroError
from maestro.exchange.folder import read_paths
from maestro.exchange.taking import import_document
from maestro.exchange.telling import Line, Told, groups_of
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
        for group in groups_of(imported):
            self.stdout.write(self.style.MIGRATE_HEADING(f"{group.kind.capitalize()}s"))
            for told in group.things:
                self._say(told)
        words = "; ".join(group.words for group in groups_of(imported)) or "the files are empty"
        self.stdout.write(f"{'Nothing is changed yet' if dry_run else 'Done'}: {words}.")

    def _say(self, told: Told) -> None:
        note = f" ({told.change.note})" if told.change.note else ""
        self.stdout.write(f"{told.change.name} {told.words}{note}")
        for warning in told.warnings:
            self.stdout.write(self.style.WARNING(f"  warning: {warning}"))
        if told.change.change == "changed":
            for line in told.lines:
                self.stdout.write(self._coloured(line))

    def _coloured(self, line: Line) -> str:
        """In a terminal that shows colours; elsewhere Django's styles do nothing."""
        styles = {
            "added": self.style.SUCCESS,
            "removed": self.style.ERROR,
            "place": self.style.MIGRATE_LABEL,
        }
        return styles[line.sign](line.text) if line.sign in styles else line.text


def _refused(refusal: MaestroError) -> str:
    faults = refusal.details.get("errors")
    more = [f"  {fault.get('message')}" for fault in faults] if isinstance(faults, list) else []
    return "\n".join([refusal.message, *more[1:]])
