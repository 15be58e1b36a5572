"""What fills a slot in a workspace: a secret of its vault, or the environment where that is allowed."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

from maestro.errors import Misconfigured

from .models import Secret, Workspace
from .vault import MIN_LENGTH, use_secret

MODEL_SLOT = "anthropic_api_key"


@dataclass(frozen=True)
class Filling:
    """What fills a slot; without a secret it is the environment."""

    slot: str
    secret: Secret | None

    @property
    def hosts(self) -> list[str]:
        """Where its owner says that it may be sent; empty: nothing is said."""
        return self.secret.hosts if self.secret is not None else []

    @property
    def provider(self) -> str:
        """The workspace's own Messages API, for its own key; empty: the deployer's."""
        return self.secret.workspace.messages_api_url if self.secret is not None else ""

    def value(self) -> str:
        """NotFound or Misconfigured when the vault cannot give it."""
        if self.secret is not None:
            return use_secret(self.secret)
        value: str = settings.ENVIRONMENT_SECRETS[self.slot]
        if len(value) < MIN_LENGTH:
            name = self.slot.upper()
            raise Misconfigured(f"{name} has fewer than {MIN_LENGTH} characters: it is no key.")
        return value


def fill_from_workspace(workspace_id: str, slots: Collection[str]) -> dict[str, Filling]:
    """By slot: the workspace's secret of that name, else the environment's. A slot that nothing
    fills is left out."""
    if not slots:
        return {}
    kept = Secret.objects.filter(workspace=workspace_id, name__in=slots, versions__isnull=False)
    found = {secret.name: secret for secret in kept.select_related("workspace").distinct()}
    filled = {slot: Filling(slot, secret) for slot, secret in found.items()}
    outside = {slot for slot in slots if settings.ENVIRONMENT_SECRETS.get(slot)} - filled.keys()
    if outside:
        lent = outside & lent_to(Workspace.objects.get(pk=workspace_id))
        filled |= {slot: Filling(slot, None) for slot in slots if slot in lent}
    return filled


def lent_to(workspace: Workspace) -> set[str]:
    """Slots that the environment may fill: none where the deployer did not say so, else one
    workspace would spend another's key; not the model's where it would go to the workspace's server."""
    if workspace.settings.get("env_secrets") is not True:
        return set()
    kept = {MODEL_SLOT} if workspace.messages_api_url else set()
    return settings.ENVIRONMENT_SECRETS.keys() - kept
