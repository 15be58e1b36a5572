"""The Model Context Protocol servers that a workspace has registered, each with its tools."""

from django.core.exceptions import ValidationError
from django.db import models

from agents.addresses import is_web_address
from agents.custody import Origin
from maestro.fields import id_field
from maestro.workspaces.models import Secret, Workspace, WorkspaceQuerySet

from .spec import ToolSpec


class McpServer(models.Model):
    """One server over streamable HTTP. `tools` are as listed when somebody last looked; what a
    server says later counts only once a person has looked again."""

    id = id_field("mcp")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="mcp_servers")
    name = models.SlugField(
        max_length=30, help_text="Small letters: its tools are called mcp.name.tool."
    )
    url = models.CharField(
        "address",
        max_length=500,
        help_text="Where it speaks MCP over streamable HTTP, often ending in /mcp.",
    )
    secret = models.ForeignKey(
        Secret,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="mcp_servers",
        db_constraint=False,  # the migration makes one over two columns
        help_text="Proves who asks; it goes to this server only.",
    )
    header = models.CharField(
        max_length=80,
        blank=True,
        help_text="The header that carries the secret. Empty: Authorization, as a bearer token.",
    )
    tools = models.JSONField(default=list, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["McpServer"].as_manager()

    class Meta:
        db_table = "mcp_servers"
        verbose_name = "MCP server"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_mcp_server_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.name != self.name.lower():
            raise ValidationError({"name": "Use small letters only."})
        if not is_web_address(self.url):
            message = (
                "Write an address like https://mcp.example.com/mcp, without a name or password."
            )
            raise ValidationError({"url": message})
        if self.secret and self.secret.hosts and self.origin not in self._homes(self.secret):
            message = (
                f"{self.secret} may not be sent to {self.origin.host}: the vault names others."
            )
            raise ValidationError({"secret": message})

    @property
    def origin(self) -> Origin:
        return Origin.of(self.url)

    @property
    def specs(self) -> list[ToolSpec]:
        return [ToolSpec(**tool) for tool in self.tools]

    @staticmethod
    def _homes(secret: Secret) -> set[Origin]:
        return {Origin.of(host) for host in secret.hosts}
