"""`manage.py doctor`: is this installation sound, and if not, what mends it?"""

import shutil
import sys
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from maestro.checks import operations_exist
from maestro.errors import Misconfigured
from maestro.health import cluster_is_beating
from maestro.installation import check_database
from maestro.keys import missing_keys

LEAST_FREE_BYTES = 512 * 1024 * 1024


class Command(BaseCommand):
    """One line per question; exit code 1 when something needs mending."""

    help = "Check this installation and name what to mend."

    def handle(self, **options: object) -> None:
        answers = [(name, _answer(question)) for name, question in QUESTIONS.items()]
        for name, mend in answers:
            self.stdout.write(f"{'mend' if mend else 'ok':5} {name}{': ' + mend if mend else ''}")
        if any(mend for _, mend in answers):
            sys.exit(1)


def _answer(question: Callable[[], str]) -> str:
    try:
        return question()
    except DatabaseError as error:
        return str(error).splitlines()[0]


def _keys() -> str:
    missing = missing_keys()
    return (
        f"{' and '.join(missing)} missing; `manage.py up` makes them, or set them"
        if missing
        else ""
    )


def _database() -> str:
    try:
        check_database()
    except Misconfigured as error:
        return error.message
    return ""


def _tables() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations to apply; run `manage.py migrate`" if plan else ""


def _cluster() -> str:
    return (
        ""
        if cluster_is_beating()
        else "no cluster is running; start `manage.py up` or `manage.py cluster`"
    )


def _space() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return "" if free > LEAST_FREE_BYTES else f"only {free >> 20} MiB free in {settings.DATA_DIR}"


def _operations() -> str:
    return " ".join(warning.msg for warning in operations_exist(databases=["default"]))


QUESTIONS: dict[str, Callable[[], str]] = {
    "keys": _keys,
    "database": _database,
    "tables": _tables,
    "cluster": _cluster,
    "operations": _operations,
    "disk space": _space,
}
