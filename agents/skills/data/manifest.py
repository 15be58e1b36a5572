"""The skill `data`: shaping what flows between nodes, with no effect on anything."""

from agents.skills.manifest import Skill

skill = Skill(
    name="data",
    version="1.0.0",
    description="Pick, filter, sort, merge and fill in what flows between nodes.",
    icon="data_object",
)
