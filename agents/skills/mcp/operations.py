"""The skill `mcp`: any tool of a registered Model Context Protocol server, as one that may change
something."""

from agents.skills.mcp.late import late_skill
from agents.skills.operation import Effect

skill = late_skill("mcp", Effect.WRITE, "Tools of MCP servers, as ones that may change something.")
