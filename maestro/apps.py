"""The shell as a Django app: its commands and its checks."""

from importlib import import_module

from django.apps import AppConfig


class MaestroConfig(AppConfig):
    name = "maestro"
    verbose_name = "Maestro"

    def ready(self) -> None:
        """Registers the checks; they read models, which are loaded only now."""
        import_module("maestro.checks")
