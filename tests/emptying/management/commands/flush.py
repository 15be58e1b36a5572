"""`flush`, as the tests use it: only what has rows is emptied, and permissions stay."""

from functools import cache
from graphlib import TopologicalSorter

from django.core.management.base import BaseCommand
from django.db import connection, transaction

# Made by migrating; no test changes them.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
REFERENCES = """
select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
 where contype = 'f' and conrelid <> confrelid"""


class Command(BaseCommand):
    help = "Empty the tables of the tests' database."
    stealth_options = (
        "allow_cascade",
        "database",
        "inhibit_post_migrate",
        "interactive",
        "reset_sequences",
    )

    def handle(self, *args: object, **options: object) -> None:
        probes = (f"select '{name}' where exists (select from {name})" for name in _tables())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(" union all ".join(probes))
            filled = {row[0] for row in cursor.fetchall()}
            for name in _tables():
                if name in filled:
                    cursor.execute(f"delete from {name}")


@cache
def _tables() -> tuple[str, ...]:
    """All that may be filled, each before those that it refers to."""
    with connection.cursor() as cursor:
        referring: dict[str, set[str]] = {
            name: set() for name in connection.introspection.table_names(cursor)
        }
        cursor.execute(REFERENCES)
        for table, target in cursor.fetchall():
            referring[target].add(table)
    return tuple(name for name in TopologicalSorter(referring).static_order() if name not in KEPT)
