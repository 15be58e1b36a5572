"""`manage.py change_vault_key`: another key for the vault, while Maestro runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maestro.errors import MaestroError
from maestro.keys import vault_key_is_stored
from maestro.management.workspace import AUTHOR
from maestro.workspaces.rekeying import change_vault_key


class Command(BaseCommand):
    """Every value is sealed under the new key; whatever runs goes on reading."""

    help = "Seal every secret under a new key and let the old one go."

    def handle(self, **options: Any) -> None:
        try:
            number = change_vault_key(by=AUTHOR)
        except MaestroError as refusal:
            raise CommandError(refusal.message) from refusal
        sealed = "1 value is" if number == 1 else f"{number:,} values are"
        self.stdout.write(f"{sealed} sealed under the new key.")
        if vault_key_is_stored():
            self.stdout.write(
                "Back up the data folder's maestro_secret_key: older copies of it open nothing kept from now on."
            )
        else:
            self.stdout.write("Leave the old key out of MAESTRO_SECRET_KEY at the next start.")
