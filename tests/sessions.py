"""The sessions of a test's database besides the one that asks; what the server does by itself is none."""

from django.db import connection

from runs.connections import WORDS_CHANNEL

OTHERS = """
  from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
   and backend_type = 'client backend'"""
# Ended, not only told to end: else one of them may still take a question, and break off over it.
PATIENCE_MS = 60_000
END_OTHERS = f"select count(pg_terminate_backend(pid, {PATIENCE_MS})) {OTHERS}"


def is_heard() -> bool:
    """Whether somebody listens to the news of runs; to what models say they listen last."""
    with connection.cursor() as cursor:
        cursor.execute(f"select 1 {OTHERS} and query = 'LISTEN {WORDS_CHANNEL}'")
        return cursor.fetchone() is not None


def end_other_sessions() -> None:
    """As a restart of the database does."""
    with connection.cursor() as cursor:
        cursor.execute(END_OTHERS)
