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
from maestro.installation import check_database
from maestro.keys import missing_keys
from runs.cluster.examination import EXAMINATIONS, Finding

Question = Callable[[], str | Finding]

LEAST_FREE_BYTES = 512 * 1024 * 1024


class Command(BaseCommand):
    """One line per question; exit code 1 when something needs mending."""

    help = "Check this installation and name what to mend."

    def handle(self, **options: object) -> None:
        questions: dict[str, Question] = {**QUESTIONS, **EXAMINATIONS}
        findings = {name: _answer(question) for name, question in questions.items()}
        for name, finding in findings.items():
            told = "; ".join(filter(None, [finding.seen, finding.mend]))
            verdict = "mend" if finding.mend else "ok"
            self.stdout.write(f"{verdict:5} {name}{': ' + told if told else ''}")
        if any(finding.mend for finding in findings.values()):
            sys.exit(1)


def _answer(question: Question) -> Finding:
    try:
        answer = question()
    except DatabaseError as error:
        return Finding("", str(error).splitlines()[0])
    except Misconfigured as error:
        return Finding("", error.message)
    return answer if isinstance(answer, Finding) else Finding("", answer)


def _keys() -> str:
    missing = missing_keys()
    return (
        f"{' and '.join(missing)} missing; `manage.py up` makes them, or set them"
        if missing
        else ""
    )


def _database() -> str:
    check_database()
    return ""


def _tables() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations to apply; run `manage.py migrate`" if plan else ""


def _space() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return "" if free > LEAST_FREE_BYTES else f"only {free >> 20} MiB free in {settings.DATA_DIR}"


def _operations() -> str:
    return " ".join(warning.msg for warning in operations_exist(databases=["default"]))


QUESTIONS: dict[str, Callable[[], str]] = {
    "keys": _keys,
    "database": _database,
    "tables": _tables,
    "operations": _operations,
    "disk space": _space,
}
