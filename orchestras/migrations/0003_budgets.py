"""What one run of an orchestra may cost."""

from django.db import migrations, models
from django.db.models import Q

UNSET = Q(run_budget_microdollars__isnull=True)


class Migration(migrations.Migration):
    dependencies = [("orchestras", "0002_references_that_refuse")]

    operations = [
        migrations.AddField(
            "orchestra",
            "run_budget_microdollars",
            models.BigIntegerField(
                blank=True, help_text="What one of its runs may cost; empty: no limit.", null=True
            ),
        ),
        migrations.AlterField(
            "orchestra",
            "budget_microdollars",
            models.BigIntegerField(
                blank=True,
                help_text="What all its runs may cost in a month; empty: no limit.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "orchestra",
            models.CheckConstraint(
                condition=UNSET | Q(run_budget_microdollars__gte=0),
                name="orchestra_run_budget_not_negative",
            ),
        ),
    ]
