from django.apps import AppConfig


class AuditionsConfig(AppConfig):
    name = "runs.auditions"
    label = "auditions"
