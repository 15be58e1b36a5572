"""Schedules and recovery also under a plain `qcluster`, which has no watchdog to keep by the second."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "maestro keep"


def add(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    schedules = apps.get_model("django_q", "Schedule")
    schedules.objects.get_or_create(
        name=NAME, defaults={"func": "runs.jobs.keep", "schedule_type": "I", "minutes": 1}
    )


def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("runs", "0003_queue_index")]

    operations = [migrations.RunPython(add, remove)]
