"""What the database holds by itself: an audition and its agent share a workspace. And the minute's
net under what a run's end rings for."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from maestro.references import composite_key

NAME = "maestro auditions"


def add(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    schedules = apps.get_model("django_q", "Schedule")
    job = {"func": "runs.auditions.jobs.settle_all", "schedule_type": "I", "minutes": 1}
    schedules.objects.get_or_create(name=NAME, defaults=job)


def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("auditions", "0001_initial"), ("runs", "0009_audition_mode")]

    operations = [
        composite_key("auditions", ("workspace_id", "agent_id"), "agents", "CASCADE"),
        migrations.RunPython(add, remove),
    ]
