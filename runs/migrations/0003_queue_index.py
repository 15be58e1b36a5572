"""django-q2 dequeues by (key, lock) but ships no index: 150 times slower at 100,000 rows."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0002_references_that_refuse"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX ormq_by_key_and_lock ON django_q_ormq (key, lock)",
            "DROP INDEX ormq_by_key_and_lock",
        ),
    ]
