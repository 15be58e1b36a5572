"""Deleting a secret, with a look at who would miss it."""

from maestro.errors import InUse
from maestro.workspaces import vault
from maestro.workspaces.models import Secret

from .named import left_empty


def delete_secret(secret: Secret, *, by: str, confirmed: bool) -> None:
    """Delete it with all its versions. InUse while something is tied to it, and, unless `confirmed`,
    while nodes or agents ask for it by its name and nothing else would fill their slot."""
    if not confirmed and not vault.uses_of(secret) and (used_by := left_empty(secret)):
        names = ", ".join(use["name"] for use in used_by[:5])
        raise InUse(
            f"{names} ask for {secret} by its name and would find nothing; confirm to delete it",
            used_by=used_by,
        )
    vault.delete_secret(secret, by=by)
