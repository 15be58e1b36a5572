from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "agents.skills.pipeline"
    label = "pipeline"
