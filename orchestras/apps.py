from django.apps import AppConfig


class OrchestrasConfig(AppConfig):
    name = "orchestras"
