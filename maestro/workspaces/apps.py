from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "maestro.workspaces"
    label = "workspaces"
