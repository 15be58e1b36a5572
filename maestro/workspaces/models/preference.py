"""What a person wants of the pages, in every workspace."""

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """No row: everything as it comes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preference"
    )
    single_keys = models.BooleanField(default=True)

    class Meta:
        db_table = "preferences"

    def __str__(self) -> str:
        return f"of {self.user}"
