"""The skill `email`: what its operations are declared on."""

from agents.skills.manifest import Skill

skill = Skill(
    name="email",
    version="1.1.0",
    description="Send mail over your own mail server; read and label a mailbox over IMAP.",
    icon="mail",
)
