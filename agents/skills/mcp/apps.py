from django.apps import AppConfig


class McpConfig(AppConfig):
    name = "agents.skills.mcp"
    label = "mcp"
    verbose_name = "MCP servers"
