"""Are the secrets there that the nodes ask for? Warnings: a score may be saved before its vault is filled."""

from collections.abc import Iterator

from maestro.workspaces.filling import lent_to
from maestro.workspaces.models import Workspace
from scores.document import GraphDocument
from scores.models import Score
from scores.slots import unfilled_slots

from .issue import Issue, Words, listing


def check_secrets(
    document: GraphDocument, workspace: Workspace, score: Score | None
) -> Iterator[Issue]:
    """One for each slot, at the first of the nodes that ask for it."""
    for slot, nodes in unfilled_slots(document, workspace.pk, score).items():
        there = f", or set {slot.upper()} in the environment" if slot in lent_to(workspace) else ""
        ask = "asks" if len(nodes) == 1 else "ask"
        message = (
            f"{listing(nodes)} {ask} for the secret {slot}, which is not there: add {slot} to the "
            f"vault{there}. A rehearsal needs none."
        )
        yield Issue("warning", "missing_secret", Words(message), nodes[0])
