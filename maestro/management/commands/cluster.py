"""`manage.py cluster`: play runs and keep schedules until SIGTERM."""

from django.core.management.base import BaseCommand

from maestro.keys import require_keys
from runs.cluster.watchdog import Watchdog


class Command(BaseCommand):
    help = "Play runs and keep schedules until it is told to stop (SIGTERM or Ctrl-C)."

    def handle(self, *args: object, **options: object) -> None:
        require_keys()
        Watchdog().run()
