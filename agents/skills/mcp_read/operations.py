"""The skill `mcp_read`: those tools of MCP servers that a person has confirmed to change nothing."""

from agents.skills.mcp.late import late_skill
from agents.skills.operation import Effect

skill = late_skill(
    "mcp_read", Effect.READ, "Tools of MCP servers that are confirmed to change nothing."
)
