"""The skill `notify`: what its operations are declared on, and what their texts have in common."""

from urllib.parse import urljoin

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.storable import Line, Prose
from agents.skills.template import fill

skill = Skill(
    name="notify",
    version="1.1.0",
    description="Tell people: in Maestro, by mail, in a chat, or a program by webhook.",
    icon="notifications",
)
TITLE_LENGTH = 80


def link_to(context: Context) -> str:
    """The run's page, as somebody outside of Maestro opens it."""
    return urljoin(settings.PUBLIC_URL, context.run_url)


class Told(BaseModel):
    """Any other field can be named in the two texts."""

    model_config = ConfigDict(extra="allow")

    title: Line = Field(description="Text with places like {name}; cut at 80 characters.")
    message: Prose = Field("", description="Text with places like {name}.")

    def filled_title(self) -> str:
        title = " ".join(fill(self.title, self.model_extra or {}).split())
        return title[:TITLE_LENGTH] or "(no title)"

    def filled_message(self) -> str:
        return fill(self.message, self.model_extra or {})
