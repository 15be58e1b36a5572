"""Foreign keys that Django cannot write: over two columns, and refusing at once.

Django 5.2's own RESTRICT is a deferred NO ACTION in the database, and its keys have one column, so
a row could name another workspace's. These are for migrations.
"""

from django.db.migrations import RunSQL


def composite_key(
    table: str, columns: tuple[str, str], target: str, on_delete: str, key: str = "workspace_id"
) -> RunSQL:
    """A reversible, not deferrable foreign key `table(columns)` to `target(key, id)`.

    `columns` are the shared key and the reference; `on_delete` is SQL: RESTRICT, CASCADE, SET NULL.
    """
    shared, reference = columns
    name = f"{table}_{reference}_within_{key}"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({shared}, {reference}) "
        f"REFERENCES {target} ({key}, id) ON DELETE {on_delete}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
