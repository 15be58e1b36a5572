"""The sessions of a test's database besides the one that asks; what the server does by itself is none."""

from django.db import connection

OTHERS = """
  from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
   and backend_type = 'client backend'"""
END_OTHERS = f"select count(pg_terminate_backend(pid)) {OTHERS}"


def end_other_sessions() -> None:
    """As a restart of the database does."""
    with connection.cursor() as cursor:
        cursor.execute(END_OTHERS)
