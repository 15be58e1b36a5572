"""A clone remembers which version of its source it was made from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scores", "0002_references_that_refuse")]

    operations = [
        migrations.AddField(
            model_name="score",
            name="source_version",
            field=models.PositiveIntegerField(
                editable=False, help_text="Of the source: the version that was cloned.", null=True
            ),
        ),
    ]
